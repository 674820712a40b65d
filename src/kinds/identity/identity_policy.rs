//! Keystone policies: <https://docs.openstack.org/api-ref/identity/v3/#policies>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::IDENTITY, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rules that Keystone keeps for other services.
pub struct IdentityPolicy;

/// What can be wanted of a policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityPolicyParameters {
    /// The rules themselves, as text.
    #[schemars(extend("x-os" = {"required": true}))]
    pub blob: Option<String>,
    /// Media type of the rules, such as application/json.
    #[schemars(extend("x-os" = {"required": true}), length(max = 255))]
    pub r#type: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
}

/// What only the cloud says of a policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityPolicyObservation {
    /// Id of the policy.
    pub id: String,
}

impl Kind for IdentityPolicy {
    type Parameters = IdentityPolicyParameters;
    type Observation = IdentityPolicyObservation;
    const INFO: Info = Info {
        kind: "IdentityPolicy",
        plural: "identitypolicies",
        short: "osidpol",
        about: "An IdentityPolicy is a document with rules that OpenStack Keystone keeps and hands out. Keystone itself does not heed it, and calls this API deprecated.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-policy",
        columns: &[Column { name: "TYPE", field: "type" }],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("policies", "policy"));
}
