//! Neutron networks: <https://docs.openstack.org/api-ref/network/v2/#networks>

use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, Ready, Seen, Statuses, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An isolated layer-2 network.
pub struct Network;

/// What can be wanted of a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the network forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Whether every project can use the network. Needs administrator's rights.
    pub shared: Option<bool>,
    /// Whether routers can use the network as a gateway to the outside. Needs administrator's rights.
    #[schemars(extend("x-os" = {"wire": "router:external"}))]
    pub external: Option<bool>,
    /// Whether the network is the default external network. Needs administrator's rights.
    pub is_default: Option<bool>,
    /// Project that owns the network. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Largest packet in bytes.
    #[schemars(extend("x-os" = {"default": "the cloud's choice"}), range(min = 68, max = 65535))]
    pub mtu: Option<u32>,
    /// Whether ports of the network enforce security groups and anti-spoofing unless they say otherwise.
    pub port_security_enabled: Option<bool>,
    /// DNS domain of the network's ports, with a dot at its end; empty for none.
    pub dns_domain: Option<String>,
    /// Id of the QoS policy that applies to the network's ports; empty for none.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "emptyIsNull": true}))]
    pub qos_policy_id: Option<String>,
    /// Availability zones to prefer for the network's agents.
    #[schemars(extend("x-os" = {"immutable": true, "set": true}), length(max = 100))]
    pub availability_zone_hints: Option<Vec<String>>,
    /// Kind of the physical realisation, such as vlan, vxlan, geneve or flat. Needs administrator's rights.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "provider:network_type"}))]
    pub provider_network_type: Option<String>,
    /// Physical network that carries it. Needs administrator's rights.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "provider:physical_network"}))]
    pub provider_physical_network: Option<String>,
    /// VLAN id, VXLAN network identifier or tunnel key. Only that of a VLAN can be changed, while no port of the network
    /// is bound where that is too late. Needs administrator's rights.
    #[schemars(extend("x-os" = {"wire": "provider:segmentation_id"}))]
    pub provider_segmentation_id: Option<u32>,
    /// Segments that the network is made of, at its creation. Needs administrator's rights.
    #[schemars(extend("x-os" = {"immutable": true, "excludes": ["providerNetworkType", "providerPhysicalNetwork", "providerSegmentationId"]}))]
    pub segments: Option<Vec<ProviderSegment>>,
    /// Whether guests may send VLAN-tagged packets.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub vlan_transparent: Option<bool>,
    /// Whether guests may send packets with two VLAN tags.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub qinq: Option<bool>,
    /// Tags; a list replaces all tags that the network has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// One segment of a network that has several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProviderSegment {
    /// Kind of the physical realisation.
    #[schemars(extend("x-os" = {"wire": "provider:network_type"}))]
    pub provider_network_type: Option<String>,
    /// Physical network that carries it.
    #[schemars(extend("x-os" = {"wire": "provider:physical_network"}))]
    pub provider_physical_network: Option<String>,
    /// VLAN id, VXLAN network identifier or tunnel key.
    #[schemars(extend("x-os" = {"wire": "provider:segmentation_id"}))]
    pub provider_segmentation_id: Option<u32>,
}

/// What only the cloud says of a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkObservation {
    /// Id of the network.
    pub id: String,
    /// ACTIVE, DOWN, BUILD or ERROR.
    pub status: String,
    /// Ids of the network's subnets.
    #[schemars(extend("x-os" = {"wire": "subnets"}))]
    pub subnet_ids: Vec<String>,
    /// Availability zones in which the network has agents.
    pub availability_zones: Vec<String>,
    /// Whether all its segments share one layer-2 domain.
    pub l2_adjacency: bool,
    /// Id of its IPv4 address scope.
    pub ipv4_address_scope: String,
    /// Id of its IPv6 address scope.
    pub ipv6_address_scope: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for Network {
    type Parameters = NetworkParameters;
    type Observation = NetworkObservation;
    const INFO: Info = Info {
        kind: "Network",
        plural: "networks",
        short: "osnet",
        about: "A Network is an isolated layer-2 network of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#networks",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "MTU", field: "mtu" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest::neutron("networks", "network"));

    /// Only of an external network, and in the answer to a create, Neutron says whether it is the default one: no other
    /// can be. Of one that has further segments it tells these alone, the network's own among them; of one that has a
    /// single segment its values alone.
    fn complete_answer(key: &Key<'_, NetworkParameters>, network: &mut Map<String, Value>) {
        if network.get("router:external") == Some(&Value::Bool(false)) {
            network.entry("is_default").or_insert(Value::Bool(false));
        }
        if key.params.segments.is_some() && network.get("segments").is_none_or(Value::is_null) {
            network.extend(only_segment(network).map(|one| ("segments".to_owned(), json!([one]))));
        }
        let segments = network.get("segments").and_then(Value::as_array).into_iter().flatten();
        let own = segments.filter_map(Value::as_object).find(|segment| is_own(key.params, segment)).cloned();
        own.into_iter().flatten().for_each(|(name, value)| {
            network.entry(name).or_insert(value);
        });
    }

    fn ready(params: &NetworkParameters, seen: &Seen<'_, Self>) -> Ready {
        Statuses::of("network", Statuses::usable(params.admin_state_up)).ready(&seen.state.status, "")
    }
}

/// What a network is made on, where administrators ask.
fn only_segment(network: &Map<String, Value>) -> Option<Map<String, Value>> {
    let told = network.iter().filter(|(name, value)| name.starts_with("provider:") && !value.is_null());
    let one: Map<_, _> = told.map(|(name, value)| (name.clone(), value.clone())).collect();
    (!one.is_empty()).then_some(one)
}

/// Is a network as it is wanted made on this segment?
fn is_own(wanted: &NetworkParameters, segment: &Map<String, Value>) -> bool {
    let wanted = [
        ("provider:network_type", json!(wanted.provider_network_type)),
        ("provider:physical_network", json!(wanted.provider_physical_network)),
        ("provider:segmentation_id", json!(wanted.provider_segmentation_id)),
    ];
    wanted.iter().all(|(name, value)| value.is_null() || segment.get(*name) == Some(value))
}

#[cfg(test)]
mod tests;
