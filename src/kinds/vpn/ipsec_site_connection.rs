//! IPsec connections of Neutron's VPNs: <https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections>

use super::shared;
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        Changes, Info, Key, Kind, Ready, Seen, Statuses, Step,
        request::service::NETWORK,
        rest::{
            Rest,
            change::{By, Change},
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// A connection to another site.
pub struct IpsecSiteConnection;

/// What can be wanted of a connection. Its ends are endpoint groups, or the VPN service's subnet and peerCidrs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IpsecSiteConnectionParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the VPN service, which is this end.
    #[schemars(extend("x-os" = {"ref": "vpn.VPNService", "required": true, "immutable": true}))]
    pub vpnservice_id: Option<String>,
    /// Id of the IKE policy.
    #[schemars(extend("x-os" = {"ref": "vpn.IKEPolicy", "required": true, "immutable": true}))]
    pub ikepolicy_id: Option<String>,
    /// Id of the IPsec policy.
    #[schemars(extend("x-os" = {"ref": "vpn.IPsecPolicy", "required": true, "immutable": true}))]
    pub ipsecpolicy_id: Option<String>,
    /// Address of the other site's gateway. Neutron looks a name up when it is given, and keeps the address.
    #[schemars(extend("x-os" = {"required": true, "normalise": "ip"}), length(min = 1, max = 255))]
    pub peer_address: Option<String>,
    /// Who the other site's gateway says it is: most often its address; else a name, a mail address or a key id.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 255))]
    pub peer_id: Option<String>,
    /// Who this end says it is.
    #[schemars(extend("x-os" = {"default": "its address"}), length(max = 255))]
    pub local_id: Option<String>,
    /// Address ranges behind the other site's gateway, in CIDR notation, where the VPN service has a subnet.
    #[schemars(extend("x-os" = {"set": true, "normalise": "cidr", "excludes": ["localEpGroupId", "peerEpGroupId"]}), length(max = 1000))]
    pub peer_cidrs: Option<Vec<String>>,
    /// Id of the endpoint group of this end, of the type subnet, where the VPN service has no subnet.
    #[schemars(extend("x-os" = {"ref": "vpn.VPNEndpointGroup", "excludes": ["peerCidrs"]}))]
    pub local_ep_group_id: Option<String>,
    /// Id of the endpoint group of the other end, of the type cidr, where the VPN service has no subnet.
    #[schemars(extend("x-os" = {"ref": "vpn.VPNEndpointGroup", "excludes": ["peerCidrs"]}))]
    pub peer_ep_group_id: Option<String>,
    /// Secret with the pre-shared key, which the other site has too. When the Secret changes, so does the key, within the poll
    /// interval.
    #[schemars(extend("x-os" = {"secret": "text", "required": true}))]
    pub psk_secret_ref: Option<SecretRef>,
    /// Who begins: either end, or only the other one (response-only).
    #[schemars(extend("x-os" = {"default": "bi-directional"}, "enum" = ["bi-directional", "response-only"]))]
    pub initiator: Option<String>,
    /// Largest packet in bytes: at least 68 with IPv4, 1280 with IPv6.
    #[schemars(extend("x-os" = {"default": 1500}), range(min = 68, max = 65535))]
    pub mtu: Option<u32>,
    /// How it is noticed that the other end is gone.
    pub dpd: Option<DeadPeerDetection>,
    /// Whether the connection forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Project that owns the connection. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// How it is noticed that the other end is gone. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DeadPeerDetection {
    /// What is done then.
    #[schemars(extend("x-os" = {"default": "hold"}, "enum" = ["clear", "disabled", "hold", "restart", "restart-by-peer"]))]
    pub action: Option<String>,
    /// Seconds between two questions.
    #[schemars(extend("x-os" = {"default": 30}), range(min = 1))]
    pub interval: Option<u32>,
    /// Seconds without an answer after which the other end is gone; more than interval.
    #[schemars(extend("x-os" = {"default": 120}), range(min = 2))]
    pub timeout: Option<u32>,
}

/// What only the cloud says of a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IpsecSiteConnectionObservation {
    /// Id of the connection.
    pub id: String,
    /// ACTIVE while the other site answers; else DOWN, PENDING_CREATE, PENDING_UPDATE or ERROR.
    pub status: String,
    /// How the two ends trust each other: psk.
    pub auth_mode: String,
    /// How routes come: static.
    pub route_mode: String,
}

impl Kind for IpsecSiteConnection {
    type Parameters = IpsecSiteConnectionParameters;
    type Observation = IpsecSiteConnectionObservation;
    const INFO: Info = Info {
        group: "vpn",
        kind: "IPsecSiteConnection",
        plural: "ipsecsiteconnections",
        short: "osipsc",
        about: "An IPsecSiteConnection connects a VPN service of OpenStack Neutron with another site, by IPsec. It is Ready while the other site answers.",
        docs: shared::DOCS,
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "PEER", field: "peerAddress" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "vpn/ipsec-site-connections",
        ..shared::rest("ipsec_site_connections", "ipsec_site_connection")
    });
    const CHANGES: Changes<Self> = &[Change::new(
        &[
            "name",
            "description",
            "peerAddress",
            "peerId",
            "localId",
            "peerCidrs",
            "localEpGroupId",
            "peerEpGroupId",
            "pskSecretRef",
            "initiator",
            "mtu",
            "dpd",
            "adminStateUp",
        ],
        By::Update,
    )];

    /// A name is told as the address that it had: it is shown as it is wanted.
    fn complete_answer(key: &Key<'_, IpsecSiteConnectionParameters>, connection: &mut Map<String, Value>) {
        if let Some(name) = key.params.peer_address.as_ref().filter(|told| told.parse::<IpAddr>().is_err()) {
            connection.insert("peer_address".to_owned(), json!(name));
        }
    }

    fn ready(params: &IpsecSiteConnectionParameters, seen: &Seen<'_, Self>) -> Ready {
        let usable = Statuses::usable(params.admin_state_up);
        shared::statuses("IPsec site connection", usable).ready(&seen.state.status, "")
    }

    fn busy(seen: &Seen<'_, Self>) -> Option<Step> {
        shared::statuses("IPsec site connection", &[]).wait(seen.any)
    }
}
