//! What is scheduled to an agent: only what the spec names is looked after, since Neutron schedules more by itself.

use super::fields::NetworkAgentParameters;
use crate::kind::request::{Answer, Read};
use serde_json::{Map, Value, json};

/// What agents of one type are given.
struct Given {
    /// Where it lies below the agent.
    below: &'static str,
    /// Key of the list.
    items: &'static str,
    /// How a request names one.
    one: &'static str,
    /// The field of the spec, by its name on the wire.
    wire: &'static str,
    ids: fn(&NetworkAgentParameters) -> Option<&Vec<String>>,
}

const GIVEN: [Given; 3] = [
    Given {
        below: "dhcp-networks",
        items: "networks",
        one: "network_id",
        wire: "network_ids",
        ids: |params| params.network_ids.as_ref(),
    },
    Given {
        below: "l3-routers",
        items: "routers",
        one: "router_id",
        wire: "router_ids",
        ids: |params| params.router_ids.as_ref(),
    },
    Given {
        below: "bgp-drinstances",
        items: "bgp_speakers",
        one: "bgp_speaker_id",
        wire: "bgp_speaker_ids",
        ids: |params| params.bgp_speaker_ids.as_ref(),
    },
];

/// The lists of which a spec names something, with what it names.
fn wanted(params: &NetworkAgentParameters) -> impl Iterator<Item = (&'static Given, &Vec<String>)> {
    let named = |of: &'static Given| Some((of, (of.ids)(params).filter(|ids| !ids.is_empty())?));
    GIVEN.iter().filter_map(named)
}

/// The lists that are to be read.
pub(super) fn reads(params: &NetworkAgentParameters, id: &str) -> Vec<Read> {
    wanted(params).map(|(of, _)| Read::Get { path: format!("/agents/{id}/{}", of.below) }).collect()
}

/// What the spec names and the agent has, of the answers to these reads: as the spec has it, so that what else there is
/// is no difference.
pub(super) fn shown(params: &NetworkAgentParameters, answers: &[Answer]) -> Map<String, Value> {
    let each = wanted(params).zip(answers).map(|((of, named), answer)| {
        let has = |id: &&String| match answer {
            Answer::Body(body) => {
                let items = body.get(of.items).and_then(Value::as_array);
                items.into_iter().flatten().any(|item| item.get("id").is_some_and(|have| have == id.as_str()))
            }
            Answer::Items(_) | Answer::Compared { .. } | Answer::Gone => false,
        };
        (of.wire.to_owned(), named.iter().filter(has).map(|id| json!(id)).collect())
    });
    each.collect()
}

/// The place below the agent and the body of the request that gives it what it lacks first.
pub(super) fn missing(
    params: &NetworkAgentParameters,
    seen: &NetworkAgentParameters,
) -> Option<(&'static str, Value)> {
    wanted(params).find_map(|(of, named)| {
        let have = (of.ids)(seen).map(Vec::as_slice).unwrap_or_default();
        let lacks = named.iter().find(|id| !have.contains(id))?;
        Some((of.below, json!({ of.one: lacks })))
    })
}
