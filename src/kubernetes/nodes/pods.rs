//! Pods of a cloud on one node. Pure.

use crate::{
    node::{remedy::Daemon, state::PodSeen},
    release::view::{Container, Pod},
};

/// Those that are not ready, and why; and those that the node's labels bring.
pub fn on(node: &str, pods: &[Pod]) -> (Vec<PodSeen>, Vec<Daemon>) {
    let here: Vec<&Pod> = pods.iter().filter(|pod| pod.node.as_deref() == Some(node)).collect();
    let daemons = here.iter().filter(|pod| pod.owner.as_ref().is_some_and(|(kind, _)| kind == "DaemonSet"));
    let daemon = |pod: &&Pod| {
        let (name, runs_since, leaves) = (pod.name.clone(), pod.runs_since.clone(), pod.deleting);
        Daemon { name, runs_since, leaves }
    };
    let daemons = daemons.map(daemon).collect();
    let unready = here.iter().filter(|pod| !pod.ready && !pod.deleting && pod.phase != "Succeeded");
    let seen = |pod: &&Pod| PodSeen { name: pod.name.clone(), message: why(pod) };
    (unready.map(seen).collect(), daemons)
}

fn why(pod: &Pod) -> String {
    let waits = |container: &Container| {
        let (reason, message) = container.waiting.as_ref()?;
        // What is being started has nothing to say.
        let said = if message.is_empty() { String::new() } else { format!(": {message}") };
        (!["PodInitializing", "ContainerCreating"].contains(&reason.as_str()))
            .then(|| format!("{reason}{said}"))
    };
    let ended = |container: &Container| {
        let ended = container.ended.as_ref().filter(|ended| ended.code != 0)?;
        Some(format!("{} ended with {}: {}", container.name, ended.code, ended.reason))
    };
    let first = pod.all().find_map(waits).or_else(|| pod.all().find_map(ended));
    first
        .or_else(|| pod.unschedulable.clone())
        .unwrap_or_else(|| "its containers are not ready yet".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_of_the_node_are_told_if_they_are_not_ready_and_daemons_in_any_case() {
        let pod = |name: &str, node: &str, ready: bool, owner: &str| Pod {
            name: name.to_owned(),
            node: Some(node.to_owned()),
            owner: Some((owner.to_owned(), "x".to_owned())),
            phase: "Running".to_owned(),
            ready,
            ..Pod::default()
        };
        let waiting = Some(("CrashLoopBackOff".to_owned(), "back-off".to_owned()));
        let broken = Pod {
            containers: vec![Container { waiting, ..Container::default() }],
            ..pod("broken", "n1", false, "ReplicaSet")
        };
        let done = Pod { phase: "Succeeded".to_owned(), ..pod("done", "n1", false, "Job") };
        let runs_since = Some("2026-11-29T03:00:00Z".to_owned());
        let agent =
            Pod { runs_since: runs_since.clone(), deleting: true, ..pod("agent", "n1", true, "DaemonSet") };
        let all = [agent, broken, done, pod("other", "n2", false, "DaemonSet")];
        let (unready, daemons) = on("n1", &all);
        let message = "CrashLoopBackOff: back-off".to_owned();
        assert_eq!(unready, [PodSeen { name: "broken".to_owned(), message }]);
        assert_eq!(daemons, [Daemon { name: "agent".to_owned(), runs_since, leaves: true }]);
    }
}
