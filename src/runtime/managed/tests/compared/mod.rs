//! Kinds that are judged by a comparison: installed by one request and a long one, with health and conditions of their own.

mod looks;
mod status;
mod steps;

use crate::{
    api::condition::Condition,
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights,
        Seen, Step,
        any::{AnyKind, Erased},
        cloud::CloudInfo,
        diff::Diff,
        flow::Flow,
        request::{Answer, Method, Read, Request, service::Service},
        rest::listing::Listing,
        sealed::{Desired, Sealed},
    },
    runtime::{base::keys::ObjectKey, testing::scripted::Harness},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::LazyLock;

const SHOP: Service =
    Service { group: "shop", domain: "toys.example.org", types: &[], major: 0, project: "Shop" };

/// Something that is installed.
struct Game;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct GameParameters {
    /// Which one.
    version: Option<String>,
    /// How many may play.
    players: Option<i64>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct GameObservation {
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

    fn connection(_: &Key<'_, GameParameters>, seen: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        seen.any.sealed.0.clone()
    }
}

static GAMES: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| vec![Box::new(Erased::<Game>::new())]);

const COMPARE: &str = "COMPARE /games/chess";
const DETAILS: &str = "/api/v1/namespaces/a/secrets/details";

/// A game that nobody has looked at, wanted in version 1.
fn wanted() -> (Harness, ObjectKey) {
    let harness = Harness::new(GAMES.as_slice());
    let key = harness.key("shop.Game", "chess");
    let spec = json!({"forProvider": {"version": "1"}, "writeConnectionSecretToRef": {"name": "details"}});
    harness.put(&key, json!({}), spec);
    *harness.cloud.sealed.lock() = Sealed([("password".to_owned(), "hunter2".into())].into());
    (harness, key)
}

/// A game that is installed, and was looked at.
async fn installed() -> (Harness, ObjectKey) {
    let (harness, key) = wanted();
    harness.change(&key, |object| {
        object["metadata"]["annotations"] = json!({(crate::api::meta::EXTERNAL_NAME): "chess"});
        object["metadata"]["finalizers"] = json!([crate::api::meta::FINALIZER]);
    });
    harness.cloud.answers(COMPARE, game(json!({})));
    harness.pass(&key).await;
    harness.cloud.asked();
    harness.cloud.same.store(true, std::sync::atomic::Ordering::SeqCst);
    (harness, key)
}

fn game(more: Value) -> Value {
    let mut game = json!({"version": "1", "score": 0});
    game.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    game
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
