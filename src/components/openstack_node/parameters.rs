//! What can be wanted of a node.

use crate::node::role::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenstackNodeParameters {
    /// What it is there for. OpenStack-Helm's labels for that are set on the Node, and taken off again; labels that others set are
    /// left alone.
    #[schemars(extend("x-os" = {"required": true, "set": true}), length(min = 1, max = 3))]
    pub roles: Option<Vec<Role>>,
    /// Whether Nova puts no more servers on it. Those that are on it stay, and agents that fall silent are not restarted.
    pub disabled: Option<bool>,
    /// How its servers leave it.
    pub maintenance: Option<Maintenance>,
    /// The profile whose configuration its agents have, by the label openstack-profile-NAME of the Node.
    pub openstack_cloud_configuration_profile_ref: Option<ProfileReference>,
    /// Secret with the login of an administrator of the cloud, as the connection secret of a Keystone has it under `clouds.yaml`. As
    /// long as there is no such Secret the Node has its labels, and nothing is said to OpenStack.
    #[schemars(extend("x-os" = {"ref": "component.Keystone", "yields": "connectionSecret", "secret": "document", "optional": true}))]
    pub identity_connection: Option<String>,
}

/// How servers leave a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Maintenance {
    /// Drain moves all servers elsewhere: those that run while they run, others while they are off.
    pub mode: Option<MaintenanceMode>,
    /// How many are moved at once; 1 unless set.
    #[schemars(range(min = 1, max = 20))]
    pub concurrency: Option<i32>,
    /// Whether a node that is deleted may go although servers are on it, or a service of OpenStack can't be told, which then knows
    /// it still. Nova keeps the service of a node with servers.
    pub force: Option<bool>,
}

/// How servers leave a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MaintenanceMode {
    /// They stay.
    #[default]
    None,
    /// They are moved elsewhere.
    Drain,
}

/// A profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileReference {
    /// Its name.
    #[schemars(length(min = 1, max = 45), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: Option<String>,
    /// Its namespace, the node's own unless set.
    pub namespace: Option<String>,
}
