//! BGP VPNs of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A VPN that a provider of networks has.
pub struct BgpVpn;

/// What can be wanted of a BGP VPN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpVpnParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// What it connects: routes (l3) or Ethernet segments (l2).
    #[schemars(extend("x-os" = {"immutable": true, "default": "l3"}, "enum" = ["l2", "l3"]))]
    pub r#type: Option<String>,
    /// Route targets that are both imported and exported, such as 64512:1.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100), inner(length(min = 3, max = 32)))]
    pub route_targets: Option<Vec<String>>,
    /// Route targets that are imported too.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100), inner(length(min = 3, max = 32)))]
    pub import_targets: Option<Vec<String>>,
    /// Route targets that are exported too.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100), inner(length(min = 3, max = 32)))]
    pub export_targets: Option<Vec<String>>,
    /// Route distinguishers of which one marks what is advertised. The cloud's choice where there are none.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100), inner(length(min = 3, max = 32)))]
    pub route_distinguishers: Option<Vec<String>>,
    /// Id of the VXLAN that carries it.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the cloud's choice"}), range(min = 1, max = 16777215))]
    pub vni: Option<u32>,
    /// How much its routes are preferred (BGP LOCAL_PREF). Of no effect in clouds that do not control routes.
    #[schemars(range(max = 4294967295u32))]
    pub local_pref: Option<u32>,
    /// Project that owns the VPN, and may use it.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a BGP VPN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpVpnObservation {
    /// Id of the VPN.
    pub id: String,
    /// Ids of the networks that it connects.
    #[schemars(extend("x-os" = {"wire": "networks"}))]
    pub network_ids: Vec<String>,
    /// Ids of the routers that it connects.
    #[schemars(extend("x-os" = {"wire": "routers"}))]
    pub router_ids: Vec<String>,
    /// Ids of the ports that it connects.
    #[schemars(extend("x-os" = {"wire": "ports"}))]
    pub port_ids: Vec<String>,
}

impl Kind for BgpVpn {
    type Parameters = BgpVpnParameters;
    type Observation = BgpVpnObservation;
    const INFO: Info = Info {
        group: "bgpvpn",
        kind: "BGPVPN",
        plural: "bgpvpns",
        short: "osbvpn",
        about: "A BGPVPN connects networks and routers of OpenStack Neutron with a VPN that a provider of networks has outside.",
        docs: super::shared::DOCS,
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "TYPE", field: "type" },
            Column { name: "TARGETS", field: "routeTargets" },
        ],
        rights: Rights::System,
        marker: MarkerPlace::None,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "bgpvpn/bgpvpns", asks: &["name"], ..Rest::plain("bgpvpns", "bgpvpn") });
}
