//! What is done about an agent that gives no sign of life although its pod runs: Kubernetes sees a process and is content. Its pod is
//! made anew, with growing pauses; when that did not help, a person is needed.

use super::{
    agents::{is_pod_of, time},
    state::{AgentSeen, Remedy},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// So long an agent must have been silent, and its pod have run, until the pod is made anew. After each time the pause is twice as
/// long as before.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(3);
/// How often that is done within [`REMEMBERED`].
pub const ATTEMPTS: i64 = 3;
/// What was done longer ago does not count.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// If this many others of its kind give no sign of life, and none does, the cause is what all of them need.
const OUTAGE: usize = 2;
/// Annotation of a Node: how often pods of its agents were made anew. It outlives the program.
pub const ANNOTATION: &str = "cluster.kupenstack.io/restarts";
/// Field manager of that annotation: labels are applied by another, which would take it away.
pub const MANAGER: &str = "kupenstack-restarts";

/// A pod of a DaemonSet on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daemon {
    /// Its name.
    pub name: String,
    /// When the newest of its containers was started, if all of them run.
    pub runs_since: Option<String>,
    /// Whether it is being deleted.
    pub leaves: bool,
}

/// How often pods were made anew, by the programs of their agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Restarts(BTreeMap<String, Restarted>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Restarted {
    count: i64,
    last: String,
}

impl Restarts {
    /// What a Node tells; nothing where nobody could read it.
    pub fn of(node: &Value) -> Self {
        let text = node.get("metadata").and_then(|it| it.get("annotations")?.get(ANNOTATION)?.as_str());
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Is there nothing to remember?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often it was done for an agent, and when last, as far as that counts.
    fn counted(&self, agent: &str, now: Timestamp) -> Option<(i64, Timestamp)> {
        let Restarted { count, last } = self.0.get(agent)?;
        let last = time(last)?;
        (now.duration_since(last) < REMEMBERED).then_some((*count, last))
    }

    /// With another time, now; without those that do not count any more.
    #[must_use]
    pub fn with(&self, agent: &str, now: Timestamp) -> Self {
        let mut all = self.clone();
        all.0.retain(|agent, _| self.counted(agent, now).is_some());
        let one = all.0.entry(agent.to_owned()).or_default();
        let last = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
        *one = Restarted { count: one.count.saturating_add(1), last };
        all
    }

    /// What is applied to the Node of this name and UID.
    pub fn applied(&self, name: &str, uid: &str) -> Value {
        let text = (!self.is_empty()).then(|| (ANNOTATION, json!(self).to_string()));
        let annotations: BTreeMap<_, _> = text.into_iter().collect();
        json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "uid": uid, "annotations": annotations}})
    }
}

/// What is known beside the agents of a node.
pub struct Beside<'a> {
    /// The time.
    pub now: Timestamp,
    /// Pods of DaemonSets on it.
    pub daemons: &'a [Daemon],
    /// How often they were made anew.
    pub restarts: &'a Restarts,
    /// Whether the node is at work: Kubernetes reaches it, and nobody has disabled it.
    pub works: bool,
}

/// Tells of each agent of a node which pod it has, how often that was made anew, and what is done about its silence.
pub fn find(agents: &mut [AgentSeen], beside: &Beside<'_>) {
    // Who was renamed has left an entry behind that is silent for ever.
    let alive: Vec<String> = agents.iter().filter(|it| it.alive).map(|it| it.binary.clone()).collect();
    for agent in agents {
        let stays = |pod: &&Daemon| !pod.leaves && is_pod_of(&pod.name, &agent.binary);
        let mut pods = beside.daemons.iter().filter(stays);
        let first = pods.clone().next();
        let pod = pods.find(|pod| pod.runs_since.is_some()).or(first);
        agent.pod = pod.map(|pod| pod.name.clone());
        let counted = beside.restarts.counted(&agent.binary, beside.now);
        agent.restarts = counted.map_or(0, |(count, _)| count);
        agent.restarted = counted.map(|(_, last)| last.to_string());
        let idle = agent.alive || !agent.enabled || agent.outage || !beside.works;
        let runs_since = pod.and_then(|pod| time(pod.runs_since.as_deref()?));
        agent.remedy = match runs_since {
            Some(runs_since) if !idle && !alive.contains(&agent.binary) => {
                remedy(agent, runs_since, counted, beside.now)
            }
            // Where no pod runs, Kubernetes is at it.
            Some(_) | None => Remedy::None,
        };
    }
}

fn remedy(
    agent: &AgentSeen,
    runs_since: Timestamp,
    counted: Option<(i64, Timestamp)>,
    now: Timestamp,
) -> Remedy {
    let age = |since: Timestamp| now.duration_since(since);
    let silent = agent.since.as_deref().and_then(time);
    let early = age(runs_since) < PATIENCE || silent.is_some_and(|since| age(since) < PATIENCE);
    match counted {
        None | Some((0, _)) if early => Remedy::None,
        None | Some((0, _)) => Remedy::Restart,
        Some(_) if early => Remedy::Later,
        Some((count, _)) if count >= ATTEMPTS => Remedy::GivenUp,
        Some((count, last)) if age(last) < pause(count) => Remedy::Later,
        Some(_) => Remedy::Restart,
    }
}

/// How long after this many times it is not done again.
fn pause(count: i64) -> SignedDuration {
    (0..count).fold(PATIENCE, |pause, _| pause.saturating_add(pause))
}

/// Are all others of its kind silent as well? `others` are those that are to work, on other hosts.
pub fn is_outage(others: &[AgentSeen]) -> bool {
    let mut enabled = others.iter().filter(|agent| agent.enabled);
    enabled.clone().count() >= OUTAGE && enabled.all(|agent| !agent.alive)
}
