//! Endpoint groups of Neutron's VPNs: <https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections>

use super::shared;
use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What one end of a VPN connects.
pub struct VpnEndpointGroup;

/// What can be wanted of an endpoint group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VpnEndpointGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// What the endpoints are. IPsec connects the subnets of this end (subnet) with the address ranges of the other (cidr).
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["cidr", "network", "router", "subnet", "vlan"]))]
    pub r#type: Option<String>,
    /// The endpoints: address ranges in CIDR notation, ids, or tags of VLANs, as the type says.
    #[schemars(extend("x-os" = {"set": true, "immutable": true, "excludes": ["subnetIds"]}), length(min = 1, max = 1000))]
    pub endpoints: Option<Vec<String>>,
    /// Ids of the subnets, where the type is subnet.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "set": true, "immutable": true, "excludes": ["endpoints"]}), length(min = 1, max = 1000))]
    pub subnet_ids: Option<Vec<String>>,
    /// Project that owns the endpoint group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an endpoint group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VpnEndpointGroupObservation {
    /// Id of the endpoint group.
    pub id: String,
}

impl Kind for VpnEndpointGroup {
    type Parameters = VpnEndpointGroupParameters;
    type Observation = VpnEndpointGroupObservation;
    const INFO: Info = Info {
        group: "vpn",
        kind: "VPNEndpointGroup",
        plural: "vpnendpointgroups",
        short: "osvpneg",
        about: "A VPNEndpointGroup is what one end of a VPN of OpenStack Neutron connects: subnets of a router, or address ranges of another site.",
        docs: shared::DOCS,
        columns: &[Column { name: "TYPE", field: "type" }, Column { name: "ENDPOINTS", field: "endpoints" }],
        requires: &[&["endpoints", "subnetIds"]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "vpn/endpoint-groups", ..shared::rest("endpoint_groups", "endpoint_group") });

    fn complete(_: &VpnEndpointGroupParameters, body: &mut Map<String, Value>) {
        if let Some(subnets) = body.remove("subnet_ids") {
            body.insert("endpoints".to_owned(), subnets);
        }
    }

    /// Subnets are told as any endpoints.
    fn complete_answer(_: &Key<'_, VpnEndpointGroupParameters>, group: &mut Map<String, Value>) {
        if group.get("type") == Some(&json!("subnet")) {
            let subnets = group.get("endpoints").cloned();
            group.extend(subnets.map(|subnets| ("subnet_ids".to_owned(), subnets)));
        }
    }
}
