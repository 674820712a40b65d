//! The words for an agent that gives no sign of life.

use super::state::{AgentOf, AgentSeen, NodeState, Remedy};

/// An agent that should work and gives no sign of life.
pub fn first(state: &NodeState) -> Option<&AgentSeen> {
    state.agents.iter().find(|agent| !agent.alive && agent.enabled)
}

/// Which agent, where, since when, why as far as its pod or the others tell, and what was done about it.
pub fn told(state: &NodeState, agent: &AgentSeen) -> String {
    let since = agent.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
    let (pod, done) = (pod(state, agent), done(agent));
    format!("{} on {} gives no sign of life{since}{pod}{done}", agent.binary, agent.host)
}

fn pod(state: &NodeState, agent: &AgentSeen) -> String {
    let own = |name: &str| match &agent.pod {
        Some(pod) => pod == name,
        None => name.starts_with(&agent.binary),
    };
    match (state.pods.iter().find(|pod| own(&pod.name)), &agent.pod) {
        (Some(pod), _) => format!("; pod {}: {}", pod.name, pod.message),
        (None, Some(pod)) => format!("; its pod {pod} runs"),
        // Cinder's are no DaemonSet's.
        (None, None) if agent.of == AgentOf::Cinder => String::new(),
        (None, None) => "; it has no pod there".to_owned(),
    }
}

fn done(agent: &AgentSeen) -> String {
    let last = agent.restarted.as_deref().unwrap_or_default();
    let often = match agent.restarts {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    match agent.remedy {
        _ if agent.outage => {
            "; all others of its kind are silent too: look at the messaging and the database".to_owned()
        }
        Remedy::Restart => "; its pod is made anew".to_owned(),
        Remedy::GivenUp => format!(
            "; its pod was made anew {often}, the last time at {last}, and that did not help: a person has to look at it"
        ),
        Remedy::None | Remedy::Later if agent.restarts > 0 => {
            format!("; its pod was made anew {often}, the last time at {last}")
        }
        Remedy::None | Remedy::Later => String::new(),
    }
}
