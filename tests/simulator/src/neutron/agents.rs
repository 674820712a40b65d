//! Agents, and what they are given: <https://docs.openstack.org/api-ref/network/v2/#agents>
//!
//! Nothing here gives them anything by itself.

use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use http::Method;
use serde_json::{Value, json};

pub(super) const AGENTS: Collection = Collection {
    fields: || json!({"admin_state_up": true, "description": null, "host": "", "agent_type": ""}),
    fixed: &["host", "agent_type"],
    admin: true,
    make: |_, _, _| {
        Err(Refusal::bad("BadRequest", "Bad agents request: Agent creation using API is not supported."))
    },
    ..Collection::of(Neutron, "agents", "agents", "agent", "Agent")
};

/// What agents of a type are given.
struct Given {
    r#type: &'static str,
    binary: &'static str,
    topic: &'static str,
    /// Below the agent.
    below: &'static str,
    items: &'static str,
    collection: &'static str,
    /// How a request names one.
    one: &'static str,
    /// Whether it has to be given, or why it can't be.
    give: fn(&Cloud, &Object, &str) -> Outcome<bool>,
    /// Why one that the agent does not have can't be taken away.
    take: fn(&Cloud, &Object, &str) -> Outcome<()>,
}

const GIVEN: [Given; 3] = [
    Given {
        r#type: "DHCP agent",
        binary: "neutron-dhcp-agent",
        topic: "dhcp_agent",
        below: "dhcp-networks",
        items: "networks",
        collection: "networks",
        one: "network_id",
        give: network,
        take: |_, agent, network| {
            let why = format!("The network {network} is not hosted by the DHCP Agent {}.", text(agent, "id"));
            Err(Refusal::conflict("NetworkNotHostedByDhcpAgent", why))
        },
    },
    Given {
        r#type: "L3 agent",
        binary: "neutron-l3-agent",
        topic: "l3_agent",
        below: "l3-routers",
        items: "routers",
        collection: "routers",
        one: "router_id",
        give: router,
        take: |cloud, _, router| cloud.one("routers", router).map(drop),
    },
    Given {
        r#type: "BGP dynamic routing agent",
        binary: "neutron-bgp-dragent",
        topic: "bgp_dragent",
        below: "bgp-drinstances",
        items: "bgp_speakers",
        collection: "bgp-speakers",
        one: "bgp_speaker_id",
        give: speaker,
        take: |_, agent, speaker| {
            let why = format!("BGP speaker {speaker} is not hosted by the BgpDrAgent {}.", text(agent, "id"));
            Err(Refusal::new(404, "DrAgentNotHostingBgpSpeaker", why))
        },
    },
];

/// A host as people know it, and two that nobody else has anything to do with.
pub(super) fn furnish(cloud: &mut Cloud) {
    for host in ["host-1", "spare", "spare-2"] {
        for Given { r#type, binary, topic, .. } in &GIVEN {
            let agent = json!({"id": cloud.uuid(), "host": host, "agent_type": r#type, "binary": binary, "topic": topic,
                "admin_state_up": true, "description": null, "alive": true, "availability_zone": "nova",
                "created_at": cloud.time(), "started_at": cloud.time(), "heartbeat_timestamp": cloud.time(),
                "configurations": {}, "resources_synced": null, "_given": []});
            cloud.store.put("agents", object(agent));
        }
    }
}

/// `/agents` and what is below.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Outcome {
    match (parts, call.who.admin) {
        ([_, id, below, rest @ ..], admin) => {
            let of = GIVEN.iter().find(|of| of.below == *below).ok_or_else(Refusal::no_path)?;
            if !admin {
                return Err(Refusal::forbidden("what agents are given by a user", below));
            }
            given(cloud, call, of, id, rest)
        }
        ([_], false) if call.method == Method::GET => Ok(Done::new(200, json!({"agents": []}))),
        (_, false) => Err(Refusal::no_path()),
        (_, true) => collection::answer(cloud, call, parts),
    }
}

fn given(cloud: &mut Cloud, call: &Call, of: &Given, id: &str, rest: &[&str]) -> Outcome {
    let mut agent = cloud.store.get("agents", id).cloned();
    let known = |agent: Option<Object>| agent.ok_or_else(|| collection::not_found("agents", id));
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let all = had(&known(agent)?);
            let all = all.iter().filter_map(|id| cloud.store.get(of.collection, id.as_str()?));
            let plain = |one: &Object| json!({"id": one.get("id"), "name": one.get("name")});
            Ok(Done::new(200, json!({of.items: all.map(plain).collect::<Vec<_>>()})))
        }
        (&Method::POST, []) => {
            let one = call.body.get(of.one).and_then(Value::as_str).unwrap_or_default();
            // A speaker is looked for last.
            if of.collection != "bgp-speakers" {
                cloud.one(of.collection, one)?;
            }
            let mut agent = known(agent.take())?;
            if (of.give)(cloud, &agent, one)? {
                let all = had(&agent).into_iter().chain([json!(one)]).collect();
                agent.insert("_given".to_owned(), Value::Array(all));
                cloud.store.put("agents", agent);
            }
            Ok(Done::new(201, Value::Null))
        }
        (&Method::DELETE, [one]) => {
            let mut agent = known(agent.take())?;
            let mut all = had(&agent);
            if !all.iter().any(|have| have == one) {
                (of.take)(cloud, &agent, one)?;
            }
            all.retain(|have| have != one);
            agent.insert("_given".to_owned(), Value::Array(all));
            cloud.store.put("agents", agent);
            Ok(Done::nothing(204))
        }
        _ => Err(Refusal::no_path()),
    }
}

/// What the agent has, were it there or not.
fn had(agent: &Object) -> Vec<Value> {
    agent.get("_given").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn has(agent: &Object, one: &str) -> bool {
    had(agent).iter().any(|have| have == one)
}

/// Of another type, or disabled.
fn unfit(agent: &Object, r#type: &str) -> bool {
    text(agent, "agent_type") != r#type || !truth(agent, "admin_state_up")
}

fn network(_: &Cloud, agent: &Object, network: &str) -> Outcome<bool> {
    let id = text(agent, "id");
    if unfit(agent, "DHCP agent") {
        let why = format!("Agent {id} is not a valid DHCP Agent or has been disabled.");
        return Err(Refusal::new(404, "InvalidDHCPAgent", why));
    }
    if has(agent, network) {
        let why = format!("The network {network} has been already hosted by the DHCP Agent {id}.");
        return Err(Refusal::conflict("NetworkHostedByDHCPAgent", why));
    }
    Ok(true)
}

/// A router has one agent.
fn router(cloud: &Cloud, agent: &Object, router: &str) -> Outcome<bool> {
    let id = text(agent, "id");
    if unfit(agent, "L3 agent") {
        let why = format!("Agent {id} is not a L3 Agent or has been disabled");
        return Err(Refusal::new(404, "InvalidL3Agent", why));
    }
    if let Some(other) = cloud.store.all("agents").find(|other| has(other, router) && text(other, "id") != id)
    {
        let why =
            format!("The router {router} has been already hosted by the L3 Agent {}.", text(other, "id"));
        return Err(Refusal::conflict("RouterHostedByL3Agent", why));
    }
    Ok(!has(agent, router))
}

/// An agent has one speaker.
fn speaker(cloud: &Cloud, agent: &Object, speaker: &str) -> Outcome<bool> {
    let id = text(agent, "id");
    if unfit(agent, "BGP dynamic routing agent") {
        let why = format!("BgpDrAgent {id} is invalid or has been disabled.");
        return Err(Refusal::new(404, "DrAgentInvalid", why));
    }
    let there = |one: &Value| one.as_str().is_some_and(|id| cloud.store.get("bgp-speakers", id).is_some());
    if had(agent).iter().any(there) {
        let why = format!("BgpDrAgent {id} is already associated to a BGP speaker.");
        return Err(Refusal::conflict("DrAgentAssociationError", why));
    }
    if cloud.store.get("bgp-speakers", speaker).is_none() {
        // The database refuses it, for which Neutron has no status.
        let why = "Request Failed: internal server error while processing your request.";
        return Err(Refusal::new(500, "HTTPInternalServerError: an agent of no speaker", why));
    }
    Ok(true)
}
