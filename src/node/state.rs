//! What is known of a node: the observation of its managed resource.

use crate::{
    api::schema,
    kind::{KindError, rest::wire, shape::Shape},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What Kubernetes and OpenStack say of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeState {
    /// Ready, Disabled, Draining, Drained, Degraded (an agent gives no sign), NotReady (its kubelet says so) or Gone (Kubernetes has
    /// no such Node).
    pub status: String,
    /// The roles that the Node has by its labels, whoever set them: `control,compute`.
    pub serves_as: String,
    /// Name of the profile whose configuration its agents have.
    pub profile: Option<String>,
    /// What Kubernetes says; absent where it has no such Node.
    pub kubernetes: Option<NodeSeen>,
    /// Pods of the cloud on it that are not ready, fifty at most.
    pub pods: Vec<PodSeen>,
    /// Names of pods on it that its labels bring, fifty at most: they leave when its labels do.
    pub daemons: Vec<String>,
    /// Services of Nova and Cinder, and agents of Neutron, that call it their host.
    pub agents: Vec<AgentSeen>,
    /// Servers on it, a hundred at most, those that are being moved first.
    pub servers: Vec<ServerSeen>,
    /// How many servers are on it.
    pub server_count: i64,
    /// Ids of servers that were moved away, whose move is still to be confirmed.
    pub moved: Vec<String>,
    /// Placement's resource providers of it which Nova has left behind, those first on which no other depends.
    pub providers: Vec<String>,
    /// Services of OpenStack that do not answer, and why.
    pub silent: Vec<String>,
    /// Whether Kubernetes has no such Node, and all of its agents have been silent for ten minutes.
    pub abandoned: bool,
}

/// What Kubernetes says of a Node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSeen {
    /// Whether its kubelet says that it is ready.
    pub ready: bool,
    /// What it says if not.
    pub message: Option<String>,
    /// Roles by its labels.
    #[serde(skip)]
    pub roles: String,
    /// Keys of the labels that were applied for this resource. Labels that others set are theirs.
    pub labels: Vec<String>,
    /// Keys of those that are not as they should be.
    pub differ: Vec<String>,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSeen {
    /// Its name.
    pub name: String,
    /// Why it is not ready.
    pub message: String,
}

/// Whose an agent is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum AgentOf {
    /// A service of Nova.
    #[default]
    Nova,
    /// An agent of Neutron.
    Neutron,
    /// A service of Cinder.
    Cinder,
}

/// A service or agent of OpenStack on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentSeen {
    /// Whose it is.
    pub of: AgentOf,
    /// Its id; services of Cinder have none.
    pub id: Option<String>,
    /// Its program: `nova-compute`.
    pub binary: String,
    /// What it calls its host.
    pub host: String,
    /// Whether it gives signs of life.
    pub alive: bool,
    /// When it gave the last one, if it gives none any more.
    pub since: Option<String>,
    /// Whether it gets new work.
    pub enabled: bool,
    /// Why not, in the words of whoever disabled it.
    pub reason: Option<String>,
    /// Name of its pod on the node, if a DaemonSet has made one.
    pub pod: Option<String>,
    /// Whether all others of its kind are silent as well, two at least, so that the cause is something which all of them need.
    pub outage: bool,
    /// How often its pod was made anew within a day, because it gave no sign of life.
    pub restarts: i64,
    /// When that was done last.
    pub restarted: Option<String>,
    /// What is done about its silence.
    pub remedy: Remedy,
}

/// What is done about an agent that gives no sign of life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Remedy {
    /// Nothing: it lives, its node is disabled or not reached, no pod of it runs yet, or the cause is not its own.
    #[default]
    None,
    /// Its pod is made anew: it was silent for three minutes, and its pod runs.
    Restart,
    /// Its pod was made anew, and has time to answer.
    Later,
    /// Making its pod anew three times did not help.
    GivenUp,
}

/// A server on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerSeen {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its status, in Nova's words.
    pub status: String,
    /// What Nova does with it at the moment.
    pub task: Option<String>,
    /// How often moving it has failed within the last hour.
    pub failures: i64,
}

impl NodeState {
    /// The state as an API would say it, for [`wire::decode`] to read.
    ///
    /// # Errors
    /// Never in practice: the state is plain data.
    pub fn to_wire(&self) -> Result<Map<String, Value>, KindError> {
        let place = "the state of a node";
        let failed = |source| KindError::Value { place, source };
        let shape = Shape::of(&schema::of::<Self>()).map_err(failed)?;
        let Value::Object(fields) = serde_json::to_value(self).map_err(failed)? else {
            return Err(KindError::Missing("the state of a node"));
        };
        Ok(wire::encode(&shape, &fields))
    }

    /// Nova's compute service.
    pub fn compute(&self) -> Option<&AgentSeen> {
        self.agents.iter().find(|agent| agent.of == AgentOf::Nova)
    }
}
