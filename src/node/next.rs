//! The next step of a node, as a pure function of what is known of it.

use super::{
    servers::{ATTEMPTS, Way},
    silence,
    state::{AgentOf, NodeState, Remedy, ServerSeen},
};
use crate::kind::Goal;

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Apply the wanted labels.
    Label,
    /// Take all labels that are ours from the Node.
    Unlabel,
    /// Let go of the Node.
    Release,
    /// Put no more servers on it: id of Nova's service, and why.
    Disable(String, &'static str),
    /// Put servers on it again: id of Nova's service.
    Enable(String),
    /// Put no more volumes on it: program and host of Cinder's service.
    DisableVolumes(String, String),
    /// Have the pod of a silent agent made anew: its program, and the pod.
    Restart(String, String),
    /// An agent stays silent whatever is done: its program, and what a person is told.
    GiveUp(String, String),
    /// Move a server while it runs, by its id.
    MoveLive(String),
    /// Move a server that is off.
    MoveCold(String),
    /// Take a shelved server from its host.
    Offload(String),
    /// Confirm that a server was moved.
    Confirm(String),
    /// Delete Nova's service.
    DeleteService(String),
    /// Delete a resource provider.
    DeleteProvider(String),
    /// Delete an agent of Neutron.
    DeleteAgent(String),
    /// Something is at work: says what for.
    Wait(String),
    /// It can't be done; says why, and what a person can do.
    Refuse(String),
    /// Nothing is left to do.
    Done,
}

/// What is to be done where there is a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Put no more servers on it.
    pub disabled: bool,
    /// Move the servers that are on it.
    pub drain: bool,
    /// Let it go although servers remain, or services do not answer.
    pub force: bool,
    /// How many servers are moved at once.
    pub concurrency: usize,
}

/// Begins every reason for which we disable a service: what others disabled is theirs.
pub const REASON: &str = "kupenstack: ";
/// The reasons.
const DISABLED: &str = "kupenstack: the OpenstackNode says disabled";
const DRAINED: &str = "kupenstack: the OpenstackNode is being drained";
const LEAVING: &str = "kupenstack: the node leaves the cloud";
/// Most servers that a message names.
const NAMED: usize = 5;

/// The next step towards a goal.
pub fn next(goal: Goal, state: &NodeState, policy: &Policy) -> Next {
    match goal {
        Goal::Exist => Next::Done,
        Goal::Match => matched(state, policy),
        Goal::Vanish => vanish(state, policy),
    }
}

fn matched(state: &NodeState, policy: &Policy) -> Next {
    let Some(node) = &state.kubernetes else { return abandoned(state, policy) };
    if !node.differ.is_empty() {
        return Next::Label;
    }
    if let Some(step) = toggled(state, policy) {
        return step;
    }
    drained(state, policy).or_else(|| healed(state)).unwrap_or(Next::Done)
}

/// The next silent agent about which something can be done; else one about which nothing helped.
fn healed(state: &NodeState) -> Option<Next> {
    let of = |remedy: Remedy| state.agents.iter().find(move |agent| agent.remedy == remedy);
    let due =
        of(Remedy::Restart).and_then(|agent| Some(Next::Restart(agent.binary.clone(), agent.pod.clone()?)));
    due.or_else(|| {
        let agent = of(Remedy::GivenUp)?;
        Some(Next::GiveUp(agent.binary.clone(), silence::told(state, agent)))
    })
}

/// Is nothing left of it that could be cleaned up? What can't be asked may know it still.
pub fn is_over(state: &NodeState, policy: &Policy) -> bool {
    state.kubernetes.is_none() && vanish(state, policy) == Next::Done
}

/// A Node that went behind our back is cleaned up like one that leaves, once nothing on it gives signs of life.
fn abandoned(state: &NodeState, policy: &Policy) -> Next {
    if state.abandoned {
        return vanish(state, policy);
    }
    Next::Wait("its agents to be silent for ten minutes: Kubernetes has no such Node any more".to_owned())
}

/// Nova's service as it is wanted; one that others disabled is left to them.
fn toggled(state: &NodeState, policy: &Policy) -> Option<Next> {
    let service = state.compute()?;
    let (id, off) = (service.id.clone()?, policy.disabled || policy.drain);
    let ours = service.reason.as_deref().is_some_and(|reason| reason.starts_with(REASON));
    match (service.enabled, off) {
        (true, true) => Some(Next::Disable(id, if policy.drain { DRAINED } else { DISABLED })),
        (false, false) if ours => Some(Next::Enable(id)),
        (true, false) | (false, _) => None,
    }
}

/// The next server on its way, so many at once; none if none is left.
fn drained(state: &NodeState, policy: &Policy) -> Option<Next> {
    if !policy.drain {
        return None;
    }
    if let Some(server) = state.moved.first() {
        return Some(Next::Confirm(server.clone()));
    }
    if state.servers.is_empty() {
        return None;
    }
    let on_the_way: Vec<&ServerSeen> =
        state.servers.iter().filter(|server| server.way() == Way::UnderWay).collect();
    let next = state.servers.iter().find(|server| server.can_go());
    if let Some(server) = next.filter(|_| on_the_way.len() < policy.concurrency) {
        return Some(depart(server));
    }
    if !on_the_way.is_empty() {
        let what = format!("{} to leave; {} in all", named(&on_the_way), state.server_count);
        return Some(Next::Wait(what));
    }
    if state.servers.iter().any(|server| server.way() == Way::Busy) {
        return Some(Next::Wait("Nova, which is at work on servers of it".to_owned()));
    }
    Some(Next::Refuse(stuck(state)))
}

fn depart(server: &ServerSeen) -> Next {
    let id = server.id.clone();
    match server.way() {
        Way::Live => Next::MoveLive(id),
        Way::Cold => Next::MoveCold(id),
        Way::Offload => Next::Offload(id),
        Way::UnderWay | Way::Busy | Way::None => Next::Wait(format!("server {}", server.name)),
    }
}

/// What can't be moved, and why.
fn stuck(state: &NodeState) -> String {
    let why = |server: &ServerSeen| match server.failures >= ATTEMPTS {
        true => format!("{} (moving it failed {} times within the hour)", server.name, server.failures),
        false => format!("{} ({})", server.name, server.status),
    };
    let named: Vec<_> = state.servers.iter().take(NAMED).map(why).collect();
    format!(
        "servers that can't be moved: {}{}: move or delete them",
        named.join(", "),
        further(state.server_count, named.len())
    )
}

fn named(servers: &[&ServerSeen]) -> String {
    let names: Vec<_> = servers.iter().take(NAMED).map(|server| server.name.as_str()).collect();
    let all = i64::try_from(servers.len()).unwrap_or(i64::MAX);
    format!("{}{}", names.join(", "), further(all, names.len()))
}

fn further(all: i64, named: usize) -> String {
    let more = all.saturating_sub(i64::try_from(named).unwrap_or(i64::MAX));
    if more > 0 { format!(" and {more} more") } else { String::new() }
}

fn vanish(state: &NodeState, policy: &Policy) -> Next {
    match state.silent.first() {
        // What it knows of the node would stay for ever.
        Some(why) if !policy.force => Next::Wait(format!(
            "a service that has to forget the node, unless maintenance.force is set: {why}"
        )),
        Some(_) | None => left(state, policy),
    }
}

/// Takes a node out of the cloud, in this order: no new servers, none left, no labels and so no agents, and only then what the
/// agents would make anew.
fn left(state: &NodeState, policy: &Policy) -> Next {
    if let Some(service) = state.compute().filter(|service| service.enabled)
        && let Some(id) = &service.id
    {
        return Next::Disable(id.clone(), LEAVING);
    }
    servers_left(state, policy)
        .or_else(|| unlabelled(state, policy))
        .or_else(|| forgotten(state))
        .unwrap_or(if state.kubernetes.is_some() { Next::Release } else { Next::Done })
}

fn servers_left(state: &NodeState, policy: &Policy) -> Option<Next> {
    match drained(state, policy) {
        Some(Next::Refuse(why)) if !policy.force => {
            Some(Next::Refuse(format!("{why}, or set maintenance.force to let the node go without them")))
        }
        Some(Next::Refuse(_)) => None,
        Some(step) => Some(step),
        None if state.servers.is_empty() || policy.force => None,
        None => {
            let all: Vec<_> = state.servers.iter().collect();
            let names = named(&all.iter().copied().take(NAMED).collect::<Vec<_>>());
            let more = further(state.server_count, all.len().min(NAMED));
            Some(Next::Refuse(format!(
                "servers are on it: {names}{more}: set maintenance.mode to Drain to move them, or maintenance.force to let the node go without them"
            )))
        }
    }
}

fn unlabelled(state: &NodeState, policy: &Policy) -> Option<Next> {
    let node = state.kubernetes.as_ref()?;
    if !node.labels.is_empty() {
        return Some(Next::Unlabel);
    }
    // An agent that still runs would register itself anew.
    let stays = state.daemons.first().filter(|_| !policy.force);
    stays.map(|pod| {
        Next::Wait(format!("its agents' pods to leave: {pod}{}", further(count(&state.daemons), 1)))
    })
}

fn count<T>(all: &[T]) -> i64 {
    i64::try_from(all.len()).unwrap_or(i64::MAX)
}

/// What OpenStack knows of it. Nova keeps a service that has servers, and Cinder every one.
fn forgotten(state: &NodeState) -> Option<Next> {
    let of = |of: AgentOf| state.agents.iter().filter(move |agent| agent.of == of);
    let service = of(AgentOf::Nova).find_map(|service| service.id.clone());
    if let Some(id) = service.filter(|_| state.servers.is_empty()) {
        return Some(Next::DeleteService(id));
    }
    if let Some(provider) = state.providers.first() {
        return Some(Next::DeleteProvider(provider.clone()));
    }
    if let Some(id) = of(AgentOf::Neutron).find_map(|agent| agent.id.clone()) {
        return Some(Next::DeleteAgent(id));
    }
    let volumes = of(AgentOf::Cinder).find(|service| service.enabled)?;
    Some(Next::DisableVolumes(volumes.binary.clone(), volumes.host.clone()))
}
