//! What is wanted of a node, as far as whoever looks at it has to know.

use super::role::{ENABLED, PROFILE, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is wanted of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Namespace of the cloud.
    pub namespace: String,
    /// Which managed resource the node belongs to.
    pub marker: String,
    /// Labels that the Node is to have.
    pub labels: BTreeMap<String, String>,
    /// Whether the servers that are on it are to be moved.
    pub drain: bool,
    /// Whether it may go although servers remain, or services do not answer.
    pub force: bool,
    /// Whether it is to be at work: agents that fall silent are restarted.
    pub works: bool,
}

/// The labels of a node with these roles, whose agents have the configuration of this profile.
pub fn labels(roles: &[Role], profile: Option<&str>) -> BTreeMap<String, String> {
    let of_roles = roles.iter().flat_map(|role| role.labels()).map(|label| (*label).to_owned());
    let of_profile = profile.map(|profile| format!("{PROFILE}{profile}"));
    of_roles.chain(of_profile).map(|label| (label, ENABLED.to_owned())).collect()
}
