//! Networks in BGP VPNs of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace,
        request::service::NETWORK,
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network in a BGP VPN.
pub struct BgpvpnNetworkAssociation;

/// What can be wanted of an association: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnNetworkAssociationParameters {
    /// Id of the BGP VPN. Its project must be the network's.
    #[schemars(extend("x-os" = {"ref": "bgpvpn.BGPVPN", "required": true, "immutable": true}))]
    pub bgpvpn_id: Option<String>,
    /// Id of the network.
    #[schemars(extend("x-os" = {"ref": "network.Network", "required": true, "immutable": true}))]
    pub network_id: Option<String>,
    /// Project that owns the association. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnNetworkAssociationObservation {
    /// Id of the association.
    pub id: String,
}

impl Kind for BgpvpnNetworkAssociation {
    type Parameters = BgpvpnNetworkAssociationParameters;
    type Observation = BgpvpnNetworkAssociationObservation;
    const INFO: Info = Info {
        group: "bgpvpn",
        kind: "BGPVPNNetworkAssociation",
        plural: "bgpvpnnetworkassociations",
        short: "osbvnet",
        about: "A BGPVPNNetworkAssociation connects a network of OpenStack Neutron with a BGP VPN.",
        docs: super::shared::DOCS,
        columns: &[Column { name: "VPN", field: "bgpvpnId" }, Column { name: "NETWORK", field: "networkId" }],
        external_name: "the ids of VPN and association: <BGP VPN>/<association>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    /// A VPN has a network once.
    const REST: Option<Rest> = Some(
        Rest {
            unique: Some(&[("network_id", "")]),
            update: Update::None,
            ..Rest::plain("network_associations", "network_association")
        }
        .below("bgpvpn/bgpvpns", "bgpvpn_id"),
    );
}
