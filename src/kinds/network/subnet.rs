//! Neutron subnets: <https://docs.openstack.org/api-ref/network/v2/#subnets>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, Options,
        awaited::{Awaited, Which},
        request::service::NETWORK,
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A range of addresses on a network.
pub struct Subnet;

/// What can be wanted of a subnet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetParameters {
    /// Id of the network that the subnet belongs to.
    #[schemars(extend("x-os" = {"ref": "network.Network", "required": true, "immutable": true}))]
    pub network_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Address range in CIDR notation, such as 10.20.0.0/24. May be left to a subnet pool.
    #[schemars(extend("x-os" = {"normalise": "cidr", "immutable": true}))]
    pub cidr: Option<String>,
    /// 4 or 6.
    #[schemars(extend("x-os" = {"immutable": true, "default": "that of cidr, and 4 without one"}, "enum" = [4, 6]))]
    pub ip_version: Option<u8>,
    /// Address of the gateway; none if empty.
    #[schemars(extend("x-os" = {"normalise": "ip", "emptyIsNull": true, "default": "the first of the range"}))]
    pub gateway_ip: Option<String>,
    /// Whether DHCP serves the subnet.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enable_dhcp: Option<bool>,
    /// DNS servers for the subnet's hosts, in order of preference.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub dns_nameservers: Option<Vec<String>>,
    /// Ranges that addresses are handed out from.
    #[schemars(extend("x-os" = {"set": true, "default": "all but the gateway"}))]
    pub allocation_pools: Option<Vec<AllocationPool>>,
    /// Routes for the subnet's hosts.
    #[schemars(extend("x-os" = {"set": true}))]
    pub host_routes: Option<Vec<HostRoute>>,
    /// How hosts get IPv6 addresses.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub ipv6_address_mode: Option<Ipv6Mode>,
    /// How the router advertises an IPv6 subnet.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub ipv6_ra_mode: Option<Ipv6Mode>,
    /// Project that owns the subnet. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Id of the segment that the subnet belongs to; can be set once, empty for none.
    #[schemars(extend("x-os" = {"ref": "network.Segment", "emptyIsNull": true}))]
    pub segment_id: Option<String>,
    /// Id of the subnet pool that the range comes from.
    #[schemars(extend("x-os" = {"ref": "network.SubnetPool", "immutable": true}))]
    pub subnetpool_id: Option<String>,
    /// Length of the prefix to take from the subnet pool.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}), range(min = 0, max = 128))]
    pub prefixlen: Option<u8>,
    /// Whether to take the range from the default subnet pool.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}))]
    pub use_default_subnetpool: Option<bool>,
    /// Whether fixed addresses of the subnet are published in DNS.
    pub dns_publish_fixed_ip: Option<bool>,
    /// Owners of ports that may use the subnet, such as network:floatingip; all if empty.
    #[schemars(extend("x-os" = {"set": true}))]
    pub service_types: Option<Vec<String>>,
    /// Tags; a list replaces all tags that the subnet has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// A range of addresses, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AllocationPool {
    /// First address.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub start: String,
    /// Last address.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub end: String,
}

/// A route for hosts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HostRoute {
    /// Where to, in CIDR notation.
    #[schemars(extend("x-os" = {"normalise": "cidr"}))]
    pub destination: String,
    /// Through which address.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub nexthop: String,
}

/// Ways of giving IPv6 addresses to hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ipv6Mode {
    /// From the router's advertisement alone.
    Slaac,
    /// Addresses and options from DHCPv6.
    Dhcpv6Stateful,
    /// Addresses from the router, options from DHCPv6.
    Dhcpv6Stateless,
}

/// What only the cloud says of a subnet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetObservation {
    /// Id of the subnet.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for Subnet {
    type Parameters = SubnetParameters;
    type Observation = SubnetObservation;
    const INFO: Info = Info {
        kind: "Subnet",
        plural: "subnets",
        short: "ossub",
        about: "A Subnet is a range of addresses on a network of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#subnets",
        columns: &[Column { name: "CIDR", field: "cidr" }, Column { name: "GATEWAY", field: "gatewayIp" }],
        requires: &[&["cidr", "subnetpoolId", "useDefaultSubnetpool"]],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest::neutron("subnets", "subnet"));

    fn awaits(params: &SubnetParameters) -> Vec<Awaited> {
        let which = Which::Having("isDefault", json!(true));
        let default = params.use_default_subnetpool.unwrap_or_default();
        default.then_some(Awaited { kind: "network.SubnetPool", which, instead: "" }).into_iter().collect()
    }

    /// The API wants the version even where the range tells it.
    fn complete(params: &SubnetParameters, body: &mut Map<String, Value>) {
        let six = params.cidr.as_deref().is_some_and(|cidr| cidr.contains(':'));
        body.entry("ip_version").or_insert_with(|| json!(if six { 6 } else { 4 }));
    }
}

#[cfg(test)]
mod tests;
