//! IKE policies of Neutron's VPNs: <https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections>

use super::shared::{self, AUTH, ENCRYPTION, Lifetime, PFS};
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How two sites agree on keys.
pub struct IkePolicy;

/// What can be wanted of an IKE policy. Neutron changes none that a connection uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IkePolicyParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// How the two sites prove that a message is theirs.
    #[schemars(extend("x-os" = {"default": "sha1"}, "enum" = AUTH))]
    pub auth_algorithm: Option<String>,
    /// How messages are encrypted.
    #[schemars(extend("x-os" = {"default": "aes-128"}, "enum" = ENCRYPTION))]
    pub encryption_algorithm: Option<String>,
    /// How the two sites begin: main is slower and hides who they are.
    #[schemars(extend("x-os" = {"default": "main"}, "enum" = ["aggressive", "main"]))]
    pub phase1_negotiation_mode: Option<String>,
    /// Version of IKE.
    #[schemars(extend("x-os" = {"default": "v1"}, "enum" = ["v1", "v2"]))]
    pub ike_version: Option<String>,
    /// How long what was agreed is good for.
    pub lifetime: Option<Lifetime>,
    /// Diffie-Hellman group of perfect forward secrecy.
    #[schemars(extend("x-os" = {"default": "group5"}, "enum" = PFS))]
    pub pfs: Option<String>,
    /// Project that owns the policy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an IKE policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IkePolicyObservation {
    /// Id of the policy.
    pub id: String,
}

impl Kind for IkePolicy {
    type Parameters = IkePolicyParameters;
    type Observation = IkePolicyObservation;
    const INFO: Info = Info {
        group: "vpn",
        kind: "IKEPolicy",
        plural: "ikepolicies",
        short: "osike",
        about: "An IKEPolicy says how two sites of an IPsec VPN of OpenStack Neutron agree on keys.",
        docs: shared::DOCS,
        columns: &[
            Column { name: "VERSION", field: "ikeVersion" },
            Column { name: "ENCRYPTION", field: "encryptionAlgorithm" },
            Column { name: "AUTH", field: "authAlgorithm" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "vpn/ikepolicies", ..shared::rest("ikepolicies", "ikepolicy") });
}
