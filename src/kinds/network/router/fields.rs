//! Fields of a router.

use super::super::shared::{DESCRIPTION, FixedIp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of a router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "!(has(self.externalSubnetIds) || has(self.externalSubnetIdRefs) || has(self.externalSubnetIdSelector)) || !has(self.externalGatewayInfo) || !has(self.externalGatewayInfo.externalFixedIps)",
    "message": "externalSubnetIds: leave out externalGatewayInfo.externalFixedIps, which says the addresses themselves"
}]))]
pub struct RouterParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the router forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Gateway to the outside; an empty object for none.
    pub external_gateway_info: Option<ExternalGatewayInfo>,
    /// Ids of subnets that the gateway's address may come from: of the first one that has an address left. Needs
    /// administrator's rights.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "createOnly": true, "immutable": true, "needs": ["externalGatewayInfo"]}), length(min = 1, max = 100))]
    pub external_subnet_ids: Option<Vec<String>>,
    /// Gateways beside that of externalGatewayInfo, which must have a networkId, where Neutron has the extension
    /// external-gateway-multihoming, as with OVN. A list replaces all that the router has beside it.
    #[schemars(extend("x-os" = {"set": true, "wire": "external_gateways", "needs": ["externalGatewayInfo"]}), length(max = 16))]
    pub extra_external_gateways: Option<Vec<ExtraExternalGateway>>,
    /// Whether the router runs on every compute node. A change needs adminStateUp to be set, and takes the router down
    /// for a moment. Needs administrator's rights.
    pub distributed: Option<bool>,
    /// Whether the router has standby instances. A change needs adminStateUp to be set, and takes the router down for a
    /// moment. Needs administrator's rights.
    pub ha: Option<bool>,
    /// Id of the router flavor.
    #[schemars(extend("x-os" = {"ref": "network.NetworkFlavor", "immutable": true, "default": "the cloud's default"}))]
    pub flavor_id: Option<String>,
    /// Availability zones to prefer for the router's agents.
    #[schemars(extend("x-os" = {"immutable": true, "set": true}), length(max = 100))]
    pub availability_zone_hints: Option<Vec<String>>,
    /// Whether NDP proxies can publish inner IPv6 addresses. Needs a gateway with an IPv6 address of an address scope.
    pub enable_ndp_proxy: Option<bool>,
    /// Whether BFD watches the next hops of default routes. Needs administrator's rights.
    pub enable_default_route_bfd: Option<bool>,
    /// Whether default routes of several gateways share the traffic. Needs administrator's rights.
    pub enable_default_route_ecmp: Option<bool>,
    /// Project that owns the router. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the router has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// A router's gateway. A change of one field gives those that are left out the cloud's defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExternalGatewayInfo {
    /// Id of the external network. Needed wherever a gateway is wanted.
    #[schemars(extend("x-os" = {"ref": "network.Network"}))]
    pub network_id: Option<String>,
    /// Whether inner addresses are hidden behind the router's. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": "the cloud's choice"}))]
    pub enable_snat: Option<bool>,
    /// Addresses of the router on the external network. Needs administrator's rights.
    #[schemars(extend("x-os" = {"set": true, "default": "the cloud's choice"}), length(max = 100))]
    pub external_fixed_ips: Option<Vec<FixedIp>>,
    /// Id of the QoS policy that applies to the gateway; empty for none.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "emptyIsNull": true}))]
    pub qos_policy_id: Option<String>,
}

/// A router's gateway beside the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExtraExternalGateway {
    /// Id of the external network. It may be the same as another gateway's.
    #[schemars(extend("x-os" = {"ref": "network.Network"}))]
    pub network_id: Option<String>,
    /// Addresses of the router on the external network. Needs administrator's rights.
    #[schemars(extend("x-os" = {"set": true, "default": "the cloud's choice"}), length(max = 16))]
    pub external_fixed_ips: Option<Vec<FixedIp>>,
}

/// What only the cloud says of a router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterObservation {
    /// Id of the router.
    pub id: String,
    /// ACTIVE, DOWN, ALLOCATING or ERROR.
    pub status: String,
    /// Routes that the router has, whoever made them.
    pub routes: Vec<ObservedRoute>,
    /// Availability zones in which the router has agents.
    pub availability_zones: Vec<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

/// A route that the router has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ObservedRoute {
    /// Where to, in CIDR notation.
    pub destination: String,
    /// Through which address.
    pub nexthop: String,
}
