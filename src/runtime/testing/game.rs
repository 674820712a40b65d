//! A kind that is judged by a comparison, and installed by one request and a long one; with health and conditions of its own.

use crate::{
    api::condition::Condition,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights, Seen, Step,
        diff::Diff,
        flow::Flow,
        request::{Answer, Method, Read, Request, service::Service},
        rest::listing::Listing,
        sealed::Desired,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

const SHOP: Service =
    Service { group: "shop", domain: "toys.example.org", types: &[], major: 0, project: "Shop" };

/// Something that is installed.
pub struct Game;

/// What can be wanted of it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GameParameters {
    /// Which one.
    version: Option<String>,
    /// How many may play.
    players: Option<i64>,
}

/// What is told of it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GameObservation {
    /// What is left to install, or "all gone".
    missing: String,
    /// What differs from what is wanted.
    differ: Vec<String>,
    /// What is under way.
    busy: String,
    /// Why it can't be played.
    broken: String,
    /// What is wrong with its rules; "unknown" for nothing to say.
    rules: String,
    /// Something that changes often.
    score: i64,
}

fn request(key: &Key<'_, GameParameters>, method: Method, below: &str) -> Request {
    let body = (method != Method::Delete).then(|| json!({"version": key.params.version}));
    Request::new(&SHOP, method, format!("/games/{}{below}", key.any.meta.name), body)
}

impl Kind for Game {
    type Parameters = GameParameters;
    type Observation = GameObservation;
    const INFO: Info = Info {
        service: &SHOP,
        group: SHOP.group,
        kind: "Game",
        plural: "games",
        short: "osgame",
        about: "A Game is for playing.",
        docs: "https://toys.example.org",
        columns: &[],
        microversion: None,
        external_name: "its name",
        connection: &["password"],
        rights: Rights::Project,
        marker: MarkerPlace::NaturalKey,
        requires: &[],
    };
    const OPTIONS: Options =
        Options { calm: true, conditions: &["Fair", "Ready"], local_names: true, ..Options::USUAL };
    const LISTING: Listing = Listing::None;

    fn reads(key: &Key<'_, GameParameters>) -> Vec<Read> {
        let with = Desired {
            body: json!({"version": key.params.version, "players": key.params.players}),
            sealed: "{}".into(),
        };
        vec![Read::Compare { path: format!("/games/{}", key.any.meta.name), with: Box::new(with) }]
    }

    fn parse(key: &Key<'_, GameParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let external_name = key.any.meta.name.to_owned();
        Ok(match answers {
            [Answer::Compared { body, .. } | Answer::Body(body)] => {
                Found::One { external_name, body: body.clone() }
            }
            _ => Found::Absent,
        })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, GameParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let state = seen.map(|seen| &seen.state);
        Ok(match (goal, state) {
            (Goal::Exist, None) => Step::Send(request(key, Method::Post, "")),
            (Goal::Exist | Goal::Match, Some(state)) if !state.busy.is_empty() => {
                Step::Wait(state.busy.clone())
            }
            (Goal::Exist, Some(state)) if !state.missing.is_empty() => Step::Flow(Box::new(Flow::new(
                request(key, Method::Post, "/parts"),
                format!("installing {}", state.missing),
            ))),
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::Send(request(key, Method::Put, "")),
            (Goal::Vanish, Some(state)) if state.missing != "all gone" => {
                Step::Flow(Box::new(Flow::new(request(key, Method::Delete, "/parts"), "removing")))
            }
            (Goal::Vanish, Some(_)) => Step::Send(request(key, Method::Delete, "")),
            (Goal::Exist | Goal::Match, Some(_)) | (Goal::Match | Goal::Vanish, None) => Step::Done,
        })
    }

    fn ready(_: &GameParameters, seen: &Seen<'_, Self>) -> Ready {
        if seen.state.broken.is_empty() { Ready::Yes } else { Ready::Not(seen.state.broken.clone()) }
    }

    fn drift(_: &Key<'_, GameParameters>, seen: &Seen<'_, Self>) -> Vec<String> {
        seen.state.differ.clone()
    }

    fn conditions(_: &GameParameters, seen: &Seen<'_, Self>) -> Vec<Condition> {
        match seen.state.rules.as_str() {
            "unknown" => vec![],
            "" => vec![Condition::own("Fair", true, "RulesKept", None)],
            // Types that a kind may not have, or does not say that it has.
            "Ready" | "Alien" => vec![Condition::own(&seen.state.rules, true, "Yes", None)],
            broken => vec![Condition::own("Fair", false, "RulesBroken", Some(broken.to_owned()))],
        }
    }
}
