//! Keystone credentials: <https://docs.openstack.org/api-ref/identity/v3/#credentials>

use super::shared;
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        Found, Info, Key, Kind, KindError,
        request::{Answer, Keep, Read, service::IDENTITY},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A secret that Keystone keeps for a user.
pub struct Credential;

/// What can be wanted of a credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialParameters {
    /// What it is for: totp for the seed of one-time passcodes, cert for a certificate, or a word that programs of yours know.
    /// For ec2 there is the kind EC2Credential.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 255))]
    pub r#type: Option<String>,
    /// Id of the user whose it is.
    #[schemars(extend("x-os" = {"ref": "identity.User", "required": true, "immutable": true, "byProvider": true}))]
    pub user_id: Option<String>,
    /// Id of the project that it is for. Empty for none. Where the provider logs in with an application credential this must be
    /// its project: others are hidden from it, and count as gone.
    #[schemars(extend("x-os" = {"ref": "identity.Project"}))]
    pub project_id: Option<String>,
    /// Secret with the credential itself; of totp the seed in base32. When the Secret changes, so does the credential, within
    /// the poll interval.
    #[schemars(extend("x-os" = {"secret": "text", "required": true}))]
    pub blob_secret_ref: Option<SecretRef>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
}

/// What only the cloud says of a credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialObservation {
    /// Id of the credential.
    pub id: String,
}

impl Kind for Credential {
    type Parameters = CredentialParameters;
    type Observation = CredentialObservation;
    const INFO: Info = Info {
        kind: "Credential",
        plural: "credentials",
        short: "oscred",
        about: "A Credential is a secret that OpenStack Keystone keeps encrypted for a user, such as the seed of one-time passcodes.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-credential",
        columns: &[Column { name: "TYPE", field: "type" }],
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("credentials", "credential"));

    fn reads(key: &Key<'_, CredentialParameters>) -> Vec<Read> {
        let meta = key.any.meta;
        let marked = || Keep::Marked(meta.marker.clone());
        let keep = meta.external_name.map_or_else(marked, |id| Keep::Equals("id", id.to_owned()));
        shared::credentials(keep, key.params.user_id.as_deref())
    }

    fn parse(key: &Key<'_, CredentialParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        shared::listed::<Self>("credential", key, answers)
    }
}
