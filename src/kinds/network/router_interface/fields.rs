//! Fields of a router interface.

use super::super::router_route_set::SetRoute;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of a router interface: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterInterfaceParameters {
    /// Id of the router.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Id of the subnet to attach it to, by the subnet's gateway address.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "immutable": true, "excludes": ["portId"]}))]
    pub subnet_id: Option<String>,
    /// Id of the port to attach it by, for another address than the gateway's. Neutron deletes the port together with
    /// the interface.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "excludes": ["subnetId"]}))]
    pub port_id: Option<String>,
    /// Whether routes of the router that lead through the interface go with it when this resource is deleted. Neutron refuses to
    /// remove an interface that routes need.
    #[schemars(extend("x-os" = {"createOnly": true}))]
    pub force_delete: Option<bool>,
}

/// What only the cloud says of a router interface.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterInterfaceObservation {
    /// Id of the port.
    pub id: String,
    /// ACTIVE, DOWN, BUILD or ERROR.
    pub status: String,
    /// Id of the network.
    pub network_id: String,
    /// MAC address of the port.
    pub mac_address: String,
    /// Addresses of the router on the network.
    pub ip_addresses: Vec<String>,
    /// When its port was created, RFC 3339.
    pub created_at: String,
    /// When its port was last changed, RFC 3339.
    pub updated_at: String,
    /// Routes of the router that lead through it, where forceDelete is set.
    pub routes: Vec<SetRoute>,
}
