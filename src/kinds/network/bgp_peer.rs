//! BGP peers of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-dynamic-routing>

use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A router outside that BGP speakers tell.
pub struct BgpPeer;

/// What can be wanted of a BGP peer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeerParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Its address.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "ip"}))]
    pub peer_ip: Option<String>,
    /// Number of its autonomous system.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), range(min = 1, max = 4294967295u32))]
    pub remote_as: Option<u32>,
    /// How the two trust each other: not at all, or by a password (md5).
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["md5", "none"]))]
    pub auth_type: Option<String>,
    /// Secret with the password, where authType is md5. When the Secret changes, so does the password, within the poll interval.
    #[schemars(extend("x-os" = {"secret": "text", "needs": ["authType=md5"]}))]
    pub password_secret_ref: Option<SecretRef>,
    /// Project that owns the peer.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a BGP peer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpPeerObservation {
    /// Id of the peer.
    pub id: String,
}

impl Kind for BgpPeer {
    type Parameters = BgpPeerParameters;
    type Observation = BgpPeerObservation;
    const INFO: Info = Info {
        kind: "BGPPeer",
        plural: "bgppeers",
        short: "osbgpp",
        about: "A BGPPeer is a router outside that BGP speakers of OpenStack Neutron tell the ways in.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#bgp-dynamic-routing",
        columns: &[Column { name: "ADDRESS", field: "peerIp" }, Column { name: "AS", field: "remoteAs" }],
        rights: Rights::System,
        marker: MarkerPlace::None,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "bgp-peers", asks: &["name"], ..Rest::plain("bgp_peers", "bgp_peer") });
}
