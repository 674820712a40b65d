//! What is known of a cloud before it is composed.

use super::{
    chain::FoundProfile,
    composed_resource::ComposedResource,
    refusal::Refusal,
    spec::{CloudSpec, NodeEntry},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Composed resources that were observed, by the names that this module gave them.
pub type ComposedResources = BTreeMap<String, ComposedResource>;

/// What is known of a cloud.
pub struct CloudInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// Namespace that it is installed in.
    pub namespace: &'a str,
    /// What people wrote.
    pub spec: &'a CloudSpec,
    /// The profiles that it names, in its order; an error for one that can't be used.
    pub profiles: Vec<Result<FoundProfile, Refusal>>,
    /// Its nodes, and the profiles that they have.
    pub nodes: NodesInput,
    /// What was composed before.
    pub resources: &'a ComposedResources,
    /// Components as the cloud's status told them last. Losing it loses nothing but a word.
    pub told: Map<String, Value>,
    /// Digest of the plan that somebody approved of.
    pub approved: Option<&'a str>,
}

/// Label of Nodes that run Kubernetes itself.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// A Node as it was looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Does it run Kubernetes itself?
    pub control_plane: bool,
}

/// All that a cloud's nodes come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodesInput {
    /// The nodes, roles said.
    pub entries: Vec<NodeEntry>,
    /// Profiles of nodes by the names that the nodes have for them; an error for one that can't be used.
    pub profiles: BTreeMap<String, Result<FoundProfile, Refusal>>,
}

impl NodeFacts {
    /// Of a Node.
    pub fn of(node: &Value) -> Option<Self> {
        let metadata = node.get("metadata")?;
        let control_plane = metadata.get("labels").is_some_and(|labels| labels.get(CONTROL_PLANE).is_some());
        Some(Self { name: metadata.get("name")?.as_str()?.to_owned(), control_plane })
    }
}
