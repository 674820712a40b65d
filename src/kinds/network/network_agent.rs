//! Neutron's agents: <https://docs.openstack.org/api-ref/network/v2/#agents>

mod fields;
mod scheduled;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Read, Request, service::NETWORK},
        rest::listing::Listing,
    },
};
use serde_json::{Map, Value, json};

/// What does Neutron's work on a host.
pub struct NetworkAgent;

impl Kind for NetworkAgent {
    type Parameters = NetworkAgentParameters;
    type Observation = NetworkAgentObservation;
    const INFO: Info = Info {
        kind: "NetworkAgent",
        plural: "networkagents",
        short: "osnagt",
        about: "A NetworkAgent does work of OpenStack Neutron on a host: it can be enabled or disabled, and be given networks, routers or a BGP speaker. It comes with its host, and stays as it is when the managed resource is deleted.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#agents",
        columns: &[
            Column { name: "ENABLED", field: "adminStateUp" },
            Column { name: "ALIVE", field: "alive" },
        ],
        external_name: "the name of the host and the agent's type: <host>/<type>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, NetworkAgentParameters>) -> Option<String> {
        Some(format!("{}/{}", key.params.host.as_deref()?, key.params.agent_type.as_deref()?))
    }

    /// A host has one of a type. An agent that was deleted and reports again has another id.
    fn reads(key: &Key<'_, NetworkAgentParameters>) -> Vec<Read> {
        let list = |(host, r#type): (&str, &str)| Read::List {
            path: "/agents".to_owned(),
            query: [("host", host), ("agent_type", r#type)].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            items: "agents",
            keep: Keep::Like(vec![("host", json!(host)), ("agent_type", json!(r#type))]),
        };
        name(key).and_then(|name| name.split_once('/').map(list)).into_iter().collect()
    }

    /// The agent, and behind it what it has been given.
    fn parse(key: &Key<'_, NetworkAgentParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let (told, given) = match answers {
            [Answer::Items(agents), given @ ..] => (agents.first(), given),
            [Answer::Body(body) | Answer::Compared { body, .. }, given @ ..] => {
                (Some(body.get("agent").ok_or(KindError::Missing("agent"))?), given)
            }
            [Answer::Gone, ..] | [] => (None, &[][..]),
        };
        let Some((external_name, agent)) = name(key).zip(told.cloned()) else { return Ok(Found::Absent) };
        let Value::Object(mut body) = agent else { return Err(KindError::Missing("an object")) };
        let id = body.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?;
        let reads = scheduled::reads(key.params, id);
        if reads.len() > given.len() {
            return Ok(Found::More(reads));
        }
        body.extend(scheduled::shown(key.params, given));
        Ok(Found::One { external_name, body: Value::Object(body) })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, NetworkAgentParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let Some(seen) = seen.filter(|_| goal == Goal::Match) else { return Ok(Step::Done) };
        let NetworkAgentParameters { admin_state_up, description, .. } = key.params;
        let path = format!("/agents/{}", seen.state.id);
        let send = |method, path, body| Step::Send(Request::new(&NETWORK, method, path, Some(body)));
        let texts = [
            ("adminStateUp", "admin_state_up", json!(admin_state_up)),
            ("description", "description", json!(description)),
        ];
        let differs = texts.into_iter().filter(|(field, ..)| diff.fields.iter().any(|name| name == field));
        let changed: Map<_, _> = differs.map(|(_, wire, value)| (wire.to_owned(), value)).collect();
        let update =
            (!changed.is_empty()).then(|| send(Method::Put, path.clone(), json!({"agent": changed})));
        let lacks = scheduled::missing(key.params, &seen.params);
        let give = lacks.map(|(below, body)| send(Method::Post, format!("{path}/{below}"), body));
        // One that is disabled is given nothing.
        let steps = if *admin_state_up == Some(false) { [give, update] } else { [update, give] };
        Ok(steps.into_iter().flatten().next().unwrap_or(Step::Done))
    }

    fn ready(wanted: &NetworkAgentParameters, seen: &Seen<'_, Self>) -> Ready {
        let disabled = seen.params.admin_state_up == Some(false) && wanted.admin_state_up != Some(false);
        match (seen.state.alive, disabled) {
            (false, _) => Ready::Not("the agent reports nothing: it is not alive".to_owned()),
            (true, true) => Ready::Not("the agent is disabled: its adminStateUp is false".to_owned()),
            (true, false) => Ready::Yes,
        }
    }
}

/// The external-name, or else the one that the parameters choose.
fn name(key: &Key<'_, NetworkAgentParameters>) -> Option<String> {
    key.any.meta.external_name.map(str::to_owned).or_else(|| NetworkAgent::chosen_name(key))
}

#[cfg(test)]
mod tests;
