//! Whether a node can be used, what is wrong with it, and what of it is not as wanted.

use super::{
    next::{Next, Policy, next},
    silence,
    state::NodeState,
};
use crate::{
    api::condition::Condition,
    kind::{Goal, Ready},
};

/// Type of the condition that tells of agents.
pub const AGENTS_ALIVE: &str = "AgentsAlive";

/// Can it be used? Not as long as its kubelet, or an agent that is to work, is silent.
pub fn ready(state: &NodeState) -> Ready {
    let Some(node) = &state.kubernetes else {
        return Ready::Not("Kubernetes has no such Node".to_owned());
    };
    if !node.ready {
        return Ready::Not(format!("the Node is not ready: {}", node.message.clone().unwrap_or_default()));
    }
    match silence::first(state) {
        Some(agent) => Ready::Not(silence::told(state, agent)),
        None if !node.labels.is_empty() => Ready::Yes,
        None => Ready::Not("the Node has no labels yet".to_owned()),
    }
}

/// The conditions of a node beside those of every managed resource.
pub fn conditions(state: &NodeState) -> Vec<Condition> {
    let alive = match (silence::first(state), state.silent.first()) {
        (Some(agent), _) => {
            Condition::own(AGENTS_ALIVE, false, "AgentSilent", Some(silence::told(state, agent)))
        }
        (None, Some(why)) => Condition::own(AGENTS_ALIVE, false, "ServiceSilent", Some(why.clone())),
        (None, None) if state.agents.is_empty() => return vec![],
        (None, None) => Condition::own(AGENTS_ALIVE, true, "Alive", None),
    };
    vec![alive]
}

/// What is not as wanted, by names that people understand.
pub fn drift(state: &NodeState, policy: &Policy) -> Vec<String> {
    let name = match next(Goal::Match, state, policy) {
        Next::Done => return vec![],
        Next::Label => {
            let differ = state.kubernetes.iter().flat_map(|node| &node.differ);
            return differ.map(|key| format!("labels[{key}]")).collect();
        }
        Next::Restart(agent, _) | Next::GiveUp(agent, _) => return vec![format!("agents[{agent}]")],
        _ if state.kubernetes.is_none() => "node",
        Next::Disable(..) | Next::Enable(_) => "disabled",
        _ => "maintenance.mode",
    };
    vec![name.to_owned()]
}
