//! Routers in BGP VPNs of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A router in a BGP VPN.
pub struct BgpvpnRouterAssociation;

/// What can be wanted of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnRouterAssociationParameters {
    /// Id of the BGP VPN. Its project must be the router's.
    #[schemars(extend("x-os" = {"ref": "bgpvpn.BGPVPN", "required": true, "immutable": true}))]
    pub bgpvpn_id: Option<String>,
    /// Id of the router.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Whether the router's further routes are advertised too. Only in clouds that control routes.
    #[schemars(extend("x-os" = {"default": true}))]
    pub advertise_extra_routes: Option<bool>,
    /// Project that owns the association. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnRouterAssociationObservation {
    /// Id of the association.
    pub id: String,
}

impl Kind for BgpvpnRouterAssociation {
    type Parameters = BgpvpnRouterAssociationParameters;
    type Observation = BgpvpnRouterAssociationObservation;
    const INFO: Info = Info {
        group: "bgpvpn",
        kind: "BGPVPNRouterAssociation",
        plural: "bgpvpnrouterassociations",
        short: "osbvrtr",
        about: "A BGPVPNRouterAssociation connects a router of OpenStack Neutron with a BGP VPN.",
        docs: super::shared::DOCS,
        columns: &[Column { name: "VPN", field: "bgpvpnId" }, Column { name: "ROUTER", field: "routerId" }],
        external_name: "the ids of VPN and association: <BGP VPN>/<association>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    /// A VPN has a router once.
    const REST: Option<Rest> = Some(
        Rest {
            unique: Some(&[("router_id", "")]),

            ..Rest::plain("router_associations", "router_association")
        }
        .below("bgpvpn/bgpvpns", "bgpvpn_id"),
    );
}
