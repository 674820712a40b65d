//! IPsec policies of Neutron's VPNs: <https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections>

use super::shared::{self, AUTH, ENCRYPTION, Lifetime, PFS};
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How packets between two sites are protected.
pub struct IpsecPolicy;

/// What can be wanted of an IPsec policy. Neutron changes none that a connection uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IpsecPolicyParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Protocol that protects packets: ESP encrypts them, AH only proves where they come from.
    #[schemars(extend("x-os" = {"default": "esp"}, "enum" = ["ah", "ah-esp", "esp"]))]
    pub transform_protocol: Option<String>,
    /// How the two sites prove that a packet is theirs.
    #[schemars(extend("x-os" = {"default": "sha1"}, "enum" = AUTH))]
    pub auth_algorithm: Option<String>,
    /// How packets are encrypted.
    #[schemars(extend("x-os" = {"default": "aes-128"}, "enum" = ENCRYPTION))]
    pub encryption_algorithm: Option<String>,
    /// Whether whole packets travel within others (tunnel), or only what is in them is protected (transport).
    #[schemars(extend("x-os" = {"default": "tunnel"}, "enum" = ["transport", "tunnel"]))]
    pub encapsulation_mode: Option<String>,
    /// How long what was agreed is good for.
    pub lifetime: Option<Lifetime>,
    /// Diffie-Hellman group of perfect forward secrecy.
    #[schemars(extend("x-os" = {"default": "group5"}, "enum" = PFS))]
    pub pfs: Option<String>,
    /// Project that owns the policy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an IPsec policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IpsecPolicyObservation {
    /// Id of the policy.
    pub id: String,
}

impl Kind for IpsecPolicy {
    type Parameters = IpsecPolicyParameters;
    type Observation = IpsecPolicyObservation;
    const INFO: Info = Info {
        group: "vpn",
        kind: "IPsecPolicy",
        plural: "ipsecpolicies",
        short: "osipsp",
        about: "An IPsecPolicy says how packets between two sites of a VPN of OpenStack Neutron are protected.",
        docs: shared::DOCS,
        columns: &[
            Column { name: "PROTOCOL", field: "transformProtocol" },
            Column { name: "ENCRYPTION", field: "encryptionAlgorithm" },
            Column { name: "AUTH", field: "authAlgorithm" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "vpn/ipsecpolicies", ..shared::rest("ipsecpolicies", "ipsecpolicy") });
}
