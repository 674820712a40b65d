//! What only the cloud says of a server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What only the cloud says of a server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerObservation {
    /// Id of the server.
    pub id: String,
    /// Such as ACTIVE, SHUTOFF, BUILD or ERROR.
    pub status: String,
    /// What Nova is doing with it.
    #[schemars(extend("x-os" = {"wire": "OS-EXT-STS:task_state"}))]
    pub task_state: String,
    /// What Nova says about an error.
    pub fault: String,
    /// The address to reach it at: the access address, or else a floating one, or else a fixed one.
    pub address: String,
    /// All addresses.
    pub addresses: Vec<ServerAddress>,
    /// Id of the flavor that a resize led to, which waits to be confirmed.
    pub resized_to: String,
    /// Volumes that are attached.
    #[schemars(extend("x-os" = {"wire": "os-extended-volumes:volumes_attached"}))]
    pub volumes_attached: Vec<AttachedVolume>,
    /// Name of its host in no readable form, one per project.
    #[schemars(extend("x-os" = {"wire": "hostId"}))]
    pub host_id: String,
    /// Name in the hypervisor; told to administrators.
    #[schemars(extend("x-os" = {"wire": "OS-EXT-SRV-ATTR:instance_name"}))]
    pub instance_name: String,
    /// Name of its host; told to administrators.
    #[schemars(extend("x-os" = {"wire": "OS-EXT-SRV-ATTR:host"}))]
    pub current_host: String,
    /// Name that its hypervisor has of itself; told to administrators.
    #[schemars(extend("x-os" = {"wire": "OS-EXT-SRV-ATTR:hypervisor_hostname"}))]
    pub current_hypervisor: String,
    /// Id of the project that owns it.
    #[schemars(extend("x-os" = {"wire": "tenant_id"}))]
    pub project_id: String,
    /// Id of the user who made it.
    pub user_id: String,
    /// When it was created, RFC 3339.
    pub created: String,
    /// When it was last changed, RFC 3339.
    pub updated: String,
    /// When it was first started, ISO 8601, UTC.
    #[schemars(extend("x-os" = {"wire": "OS-SRV-USG:launched_at"}))]
    pub launched_at: String,
}

/// An address of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerAddress {
    /// Name of the network.
    pub network: String,
    /// The address.
    pub address: String,
    /// 4 or 6.
    pub version: u8,
    /// fixed or floating.
    pub r#type: String,
    /// MAC address of the port.
    pub mac_address: String,
}

/// A volume that is attached to a server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachedVolume {
    /// Id of the volume.
    pub id: String,
    /// Whether it is deleted with the server.
    pub delete_on_termination: bool,
}
