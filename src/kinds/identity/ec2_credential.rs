//! Keystone EC2 credentials: <https://docs.openstack.org/api-ref/identity/v3/#credentials>
//!
//! They are credentials of the type ec2. Made as such, and not below their user, both keys can be chosen: so one whose answer was
//! lost is found again, and its secret key is known before it is sent.

use super::shared;
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Step,
        cloud::CloudInfo,
        diff::Diff,
        plain_step,
        request::{Answer, Keep, Read, service::IDENTITY},
        rest::Rest,
    },
};
use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Keys for programs that speak to OpenStack as to AWS.
pub struct EC2Credential;

/// What can be wanted of an EC2 credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EC2CredentialParameters {
    /// Id of the user who is logged in with it.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "default": "the credentials' own"}))]
    pub user_id: Option<String>,
    /// Id of the project that it is for.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Access key, which is no secret.
    #[schemars(
        extend("x-os" = {"immutable": true, "default": "the managed resource's UID, without dashes"}),
        length(min = 1, max = 255)
    )]
    pub access: Option<String>,
    /// Secret with the secret key. Left out, the provider makes one and publishes it in the connection secret. When the Secret
    /// changes, so does the secret key, within the poll interval.
    #[schemars(extend("x-os" = {"secret": "text", "within": "blob", "mint": "token"}))]
    pub secret_secret_ref: Option<SecretRef>,
}

/// What only the cloud says of an EC2 credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EC2CredentialObservation {
    /// The access key.
    pub id: String,
    /// Id of the credential, by which Keystone's API of credentials knows it.
    pub credential_id: String,
    /// Id of the trust that it was made with.
    pub trust_id: String,
    /// Id of the application credential that it was made with.
    #[schemars(extend("x-os" = {"wire": "app_cred_id"}))]
    pub application_credential_id: String,
    /// Id of the OAuth access token that it was made with.
    pub access_token_id: String,
}

impl Kind for EC2Credential {
    type Parameters = EC2CredentialParameters;
    type Observation = EC2CredentialObservation;
    const INFO: Info = Info {
        kind: "EC2Credential",
        plural: "ec2credentials",
        short: "osec2",
        about: "An EC2Credential is a pair of keys for programs that use an OpenStack cloud as if it were AWS, such as clients of S3.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-credential",
        columns: &[Column { name: "ACCESS-KEY", field: "access" }],
        external_name: "the access key",
        connection: &["access-key", "endpoint", "secret", "secret-key"],
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("credentials", "credential"));
    /// It lies in the blob.
    const NOT_IN_CREATE: &[&str] = &["access"];

    fn chosen_name(key: &Key<'_, EC2CredentialParameters>) -> Option<String> {
        let own = || key.any.meta.marker.uid.replace('-', "");
        let chosen = key.any.meta.external_name.or(key.params.access.as_deref());
        Some(chosen.map_or_else(own, str::to_owned))
    }

    fn reads(key: &Key<'_, EC2CredentialParameters>) -> Vec<Read> {
        shared::credentials(Keep::Equals("id", id(key)), key.params.user_id.as_deref())
    }

    fn parse(key: &Key<'_, EC2CredentialParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        shared::listed::<Self>("credential", key, answers)
    }

    /// Both keys are in a text; the secret one stays there.
    fn complete_answer(_: &Key<'_, EC2CredentialParameters>, credential: &mut Map<String, Value>) {
        let blob = credential.remove("blob");
        let keys = blob.and_then(|blob| serde_json::from_str::<Map<String, Value>>(blob.as_str()?).ok());
        let keys = keys.unwrap_or_default();
        let (id, access) = (credential.remove("id"), keys.get("access").cloned());
        credential.extend(id.map(|id| ("credential_id".to_owned(), id)));
        credential.extend(access.map(|access| ("id".to_owned(), access)));
        let told = keys.into_iter().filter(|(name, _)| name != "secret" && name != "id");
        credential.extend(told.collect::<Map<_, _>>());
    }

    fn step(
        goal: Goal,
        key: &Key<'_, EC2CredentialParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        if let Step::Send(request) = &mut step {
            match (goal, request.body.as_mut().and_then(|body| body.get_mut("credential")?.as_object_mut())) {
                (Goal::Exist, Some(credential)) => complete(key, credential),
                _ => request.path = format!("/credentials/{}", id(key)),
            }
        }
        Ok(step)
    }

    /// Keystone refuses a blob in which what it was made with is another.
    fn complete_update(
        key: &Key<'_, EC2CredentialParameters>,
        seen: &Seen<'_, Self>,
        credential: &mut Map<String, Value>,
    ) {
        let with = [
            ("trust_id", &seen.state.trust_id),
            ("app_cred_id", &seen.state.application_credential_id),
            ("access_token_id", &seen.state.access_token_id),
        ];
        let with =
            with.into_iter().filter(|(_, id)| !id.is_empty()).map(|(name, id)| (name.to_owned(), json!(id)));
        let blob: Map<_, _> =
            [("access".to_owned(), json!(Self::chosen_name(key)))].into_iter().chain(with).collect();
        credential.insert("blob".to_owned(), json!(Value::Object(blob).to_string()));
    }

    fn recognises(key: &Key<'_, EC2CredentialParameters>, seen: &Seen<'_, Self>) -> bool {
        let project = key.params.project_id.as_deref().or(key.any.cloud.project_id.as_deref());
        seen.params.user_id.as_deref() == Some(user(key)) && seen.params.project_id.as_deref() == project
    }

    fn connection(
        key: &Key<'_, EC2CredentialParameters>,
        seen: &Seen<'_, Self>,
        cloud: &CloudInfo,
    ) -> ConnectionDetails {
        let mut details = ConnectionDetails::from([
            ("access-key".to_owned(), seen.state.id.clone().into()),
            ("endpoint".to_owned(), cloud.auth_url.clone().into()),
        ]);
        if let Some(secret) = key.any.secrets.get("secret") {
            details.extend(["secret", "secret-key"].map(|name| (name.to_owned(), secret.clone())));
        }
        details
    }
}

/// Keystone makes the id of it.
fn id(key: &Key<'_, EC2CredentialParameters>) -> String {
    HEXLOWER.encode(&Sha256::digest(EC2Credential::chosen_name(key).unwrap_or_default()))
}

fn user<'a>(key: &Key<'a, EC2CredentialParameters>) -> &'a str {
    shared::user(key, key.params.user_id.as_deref())
}

/// What the parameters leave to us.
fn complete(key: &Key<'_, EC2CredentialParameters>, credential: &mut Map<String, Value>) {
    let blob = json!({"access": EC2Credential::chosen_name(key)}).to_string();
    credential.extend([
        ("type".to_owned(), json!("ec2")),
        ("blob".to_owned(), json!(blob)),
        ("user_id".to_owned(), json!(user(key))),
    ]);
    credential.entry("project_id").or_insert_with(|| json!(key.any.cloud.project_id));
}

#[cfg(test)]
mod tests;
