//! Nova server groups: <https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace,
        request::{Microversion, service::COMPUTE},
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Servers that are to be kept together or apart.
pub struct ServerGroup;

/// What can be wanted of a server group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// How the scheduler places the group's servers.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub policy: Option<ServerGroupPolicy>,
    /// How the policy is meant.
    #[schemars(extend("x-os" = {"immutable": true, "needs": ["policy=anti-affinity"]}))]
    pub rules: Option<ServerGroupRules>,
}

/// How servers of a group are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServerGroupPolicy {
    /// All on one host.
    Affinity,
    /// Each on a host of its own.
    AntiAffinity,
    /// On one host as far as possible.
    SoftAffinity,
    /// On different hosts as far as possible.
    SoftAntiAffinity,
}

/// How a policy is meant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerGroupRules {
    /// How many servers of the group may share a host.
    #[schemars(extend("x-os" = {"default": 1}), range(min = 1))]
    pub max_server_per_host: Option<u32>,
}

/// What only the cloud says of a server group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerGroupObservation {
    /// Id of the server group.
    pub id: String,
    /// Ids of the servers in the group.
    pub members: Vec<String>,
    /// Id of the project that owns it.
    pub project_id: String,
    /// Id of the user who made it.
    pub user_id: String,
}

impl Kind for ServerGroup {
    type Parameters = ServerGroupParameters;
    type Observation = ServerGroupObservation;
    const INFO: Info = Info {
        kind: "ServerGroup",
        plural: "servergroups",
        short: "ossrvg",
        about: "A ServerGroup tells OpenStack Nova which servers to keep together or apart.",
        docs: "https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups",
        columns: &[Column { name: "POLICY", field: "policy" }],
        // One policy and its rules.
        microversion: Some(Microversion(2, 64)),
        marker: MarkerPlace::None,
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "os-server-groups",
        update: Update::None,
        ..Rest::plain("server_groups", "server_group")
    });
}
