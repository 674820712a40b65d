//! VPN services of Neutron: <https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections>

use super::shared;
use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Kind, Ready, Seen, Step,
        awaited::Awaited,
        request::service::NETWORK,
        rest::{
            Rest,
            change::{By, Change},
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A router's end of VPNs.
pub struct VpnService;

/// What can be wanted of a VPN service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VpnServiceParameters {
    /// Id of the router. It needs a gateway to the outside, by which the other sites reach it.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Id of the one subnet that other sites reach, to which the router must have an interface. Leave it out where connections
    /// name endpoint groups.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "immutable": true}))]
    pub subnet_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the service forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Id of the flavor, which says who realises the service.
    #[schemars(extend("x-os" = {"ref": "network.NetworkFlavor", "immutable": true, "default": "the cloud's default"}))]
    pub flavor_id: Option<String>,
    /// Project that owns the VPN service. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a VPN service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VpnServiceObservation {
    /// Id of the VPN service.
    pub id: String,
    /// ACTIVE, DOWN, PENDING_CREATE, PENDING_UPDATE or ERROR. Neutron sets nothing up before there is a connection, so a
    /// service without one stays PENDING_CREATE in many clouds.
    pub status: String,
    /// IPv4 address by which other sites reach it.
    pub external_v4_ip: String,
    /// IPv6 address by which other sites reach it.
    pub external_v6_ip: String,
}

impl Kind for VpnService {
    type Parameters = VpnServiceParameters;
    type Observation = VpnServiceObservation;
    const INFO: Info = Info {
        group: "vpn",
        kind: "VPNService",
        plural: "vpnservices",
        short: "osvpn",
        about: "A VPNService is a router's end of the VPNs of OpenStack Neutron.",
        docs: shared::DOCS,
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ADDRESS", field: "externalV4Ip" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "vpn/vpnservices", ..shared::rest("vpnservices", "vpnservice") });
    const CHANGES: Changes<Self> = &[Change::new(&["name", "description", "adminStateUp"], By::Update)];

    /// The subnet must be one of the router's.
    fn awaits(params: &VpnServiceParameters) -> Vec<Awaited> {
        let subnet = params.subnet_id.as_deref();
        subnet.map(|id| Awaited::having("network.RouterInterface", "subnetId", id)).into_iter().collect()
    }

    fn ready(params: &VpnServiceParameters, seen: &Seen<'_, Self>) -> Ready {
        let usable: &[&str] = match params.admin_state_up {
            Some(false) => &["ACTIVE", "PENDING_CREATE", "DOWN"],
            None | Some(true) => &["ACTIVE", "PENDING_CREATE"],
        };
        shared::statuses("VPN service", usable).ready(&seen.state.status, "")
    }

    fn busy(seen: &Seen<'_, Self>) -> Option<Step> {
        shared::statuses("VPN service", &[]).wait(seen.any)
    }
}
