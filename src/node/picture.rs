//! The state of a node, from what the API server and the cloud were asked for.

use super::{
    agents::time,
    labels, providers,
    remedy::{self, Beside, Daemon, Restarts},
    servers,
    servers::Way,
    state::{AgentOf, AgentSeen, NodeState, PodSeen},
    wanted::Wanted,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How long the agents of a node that is gone must have been silent until they are taken for gone too: a kubelet that registers its
/// Node anew must not find its cloud without it.
pub const SILENCE: SignedDuration = SignedDuration::from_mins(10);
/// Most servers that a status tells.
const MOST_SERVERS: usize = 100;
/// Most pods that a status tells.
const MOST_PODS: usize = 50;

/// What was gathered of a node.
pub struct Gathered<'a> {
    /// The time.
    pub now: Timestamp,
    /// What is wanted of it.
    pub wanted: &'a Wanted,
    /// The Node; `None` if Kubernetes has none.
    pub node: Option<&'a Value>,
    /// Pods of the cloud on it that are not ready.
    pub pods: Vec<PodSeen>,
    /// Pods on it that its labels bring.
    pub daemons: Vec<Daemon>,
    /// Services and agents that call it their host.
    pub agents: Vec<AgentSeen>,
    /// Servers on it, as Nova says them.
    pub servers: &'a [Value],
    /// Servers that were being moved away from it, as Nova says it.
    pub migrations: &'a [Value],
    /// Resource providers of it, as Placement says them.
    pub providers: &'a [Value],
    /// Services that do not answer, and why.
    pub silent: Vec<String>,
}

/// Makes the state.
pub fn assemble(gathered: Gathered<'_>) -> NodeState {
    let Gathered { now, wanted, node, mut pods, mut daemons, mut agents, silent, .. } = gathered;
    let kubernetes = node.map(|node| labels::seen(node, wanted));
    let mut all: Vec<_> =
        gathered.servers.iter().map(|server| servers::seen(server, gathered.migrations, now)).collect();
    all.sort_by_key(|server| (server.way() != Way::UnderWay, server.name.clone(), server.id.clone()));
    let server_count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    all.truncate(MOST_SERVERS);
    pods.sort_by(|one, other| one.name.cmp(&other.name));
    pods.truncate(MOST_PODS);
    daemons.sort_by(|one, other| one.name.cmp(&other.name));
    agents
        .sort_by(|one, other| (one.of, &one.binary, &one.host).cmp(&(other.of, &other.binary, &other.host)));
    let disabled = agents.iter().any(|agent| agent.of == AgentOf::Nova && !agent.enabled);
    let works = wanted.works && !disabled && kubernetes.as_ref().is_some_and(|node| node.ready);
    let restarts = node.map(Restarts::of).unwrap_or_default();
    remedy::find(&mut agents, &Beside { now, daemons: &daemons, restarts: &restarts, works });
    daemons.truncate(MOST_PODS);
    let abandoned = kubernetes.is_none() && agents.iter().all(|agent| is_silent(agent, now));
    let mut state = NodeState {
        serves_as: kubernetes.as_ref().map(|node| node.roles.clone()).unwrap_or_default(),
        kubernetes,
        pods,
        daemons: daemons.into_iter().map(|pod| pod.name).collect(),
        agents,
        servers: all,
        server_count,
        moved: servers::moved(gathered.migrations),
        providers: providers::in_order(gathered.providers),
        silent,
        abandoned,
        ..NodeState::default()
    };
    status(&state, wanted).clone_into(&mut state.status);
    state
}

fn is_silent(agent: &AgentSeen, now: Timestamp) -> bool {
    let since = agent.since.as_deref().and_then(time);
    !agent.alive && since.is_none_or(|since| now.duration_since(since) >= SILENCE)
}

fn status(state: &NodeState, wanted: &Wanted) -> &'static str {
    match &state.kubernetes {
        None => "Gone",
        Some(node) if !node.ready => "NotReady",
        Some(_) if wanted.drain && state.server_count > 0 => "Draining",
        Some(_) if wanted.drain => "Drained",
        Some(_) if state.compute().is_some_and(|service| !service.enabled) => "Disabled",
        Some(_) if state.agents.iter().any(|agent| !agent.alive && agent.enabled) => "Degraded",
        Some(_) => "Ready",
    }
}
