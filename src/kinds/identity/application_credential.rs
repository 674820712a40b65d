//! Keystone application credentials: <https://docs.openstack.org/api-ref/identity/v3/#application-credentials>

use super::{login, shared};
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, Seen, Step,
        awaited::Awaited,
        cloud::CloudInfo,
        diff::Diff,
        plain_reads, plain_step,
        request::{Answer, Read, service::IDENTITY},
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A login of a user's own for a program.
pub struct ApplicationCredential;

/// What can be wanted of an application credential. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationCredentialParameters {
    /// Name, unique among the user's.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub description: Option<String>,
    /// Id of the user whose it is. Keystone lets nobody else make one.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "default": "the credentials' own"}))]
    pub user_id: Option<String>,
    /// Roles that it has in the project of the credentials. Keystone adds the roles that these imply.
    #[schemars(extend("x-os" = {"immutable": true, "createOnly": true, "set": true, "default": "all that the user has there"}), length(max = 100))]
    pub roles: Option<Vec<CredentialRole>>,
    /// Requests that it may be used for. Services heed them only where the cloud is set up so.
    #[schemars(extend("x-os" = {"immutable": true, "set": true, "default": "all"}), length(max = 100))]
    pub access_rules: Option<Vec<CredentialAccess>>,
    /// Whether it can make further application credentials and trusts, which is dangerous.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub unrestricted: Option<bool>,
    /// When it ends, in UTC, such as 2027-01-01T00:00:00Z.
    #[schemars(
        extend("x-os" = {"immutable": true, "normalise": "time", "default": "never"}),
        regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$")
    )]
    pub expires_at: Option<String>,
    /// Secret with the secret to log in with. Left out, the provider makes one and publishes it in the connection secret.
    #[schemars(extend("x-os" = {"secret": "text", "immutable": true, "mint": "token"}))]
    pub secret_secret_ref: Option<SecretRef>,
}

/// A role, by id or by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialRole {
    /// Id of the role.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityRole", "wire": "id", "excludes": ["name"], "orElse": ["name"]}))]
    pub role_id: Option<String>,
    /// Name of the role, if only one role is called so.
    pub name: Option<String>,
}

/// Requests that are allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialAccess {
    /// Id of a rule that the user has already.
    #[schemars(extend("x-os" = {"ref": "identity.AccessRule", "wire": "id", "excludes": ["service", "method", "path"]}))]
    pub rule_id: Option<String>,
    /// Type of the service, such as compute.
    pub service: Option<String>,
    /// Method of the requests.
    pub method: Option<HttpMethod>,
    /// Path of the requests, such as /v2.1/servers; `*` stands for a part, `**` for several, `{name}` for one that is named.
    #[schemars(length(max = 128))]
    pub path: Option<String>,
}

/// Methods of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum HttpMethod {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// What only the cloud says of an application credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationCredentialObservation {
    /// Id of the application credential.
    pub id: String,
    /// Id of the project that it is for.
    pub project_id: String,
}

impl Kind for ApplicationCredential {
    type Parameters = ApplicationCredentialParameters;
    type Observation = ApplicationCredentialObservation;
    const INFO: Info = Info {
        kind: "ApplicationCredential",
        plural: "applicationcredentials",
        short: "osac",
        about: "An ApplicationCredential is a login of OpenStack for a program: that of the provider's own user, in its project, without its password.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#application-credentials",
        columns: &[Column { name: "EXPIRES", field: "expiresAt" }],
        connection: &["id", "secret", "endpoint", "clouds.yaml", "cloud.conf", "clusterCA"],
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest {
        update: Update::None,
        ..Rest::keystone("application_credentials", "application_credential")
    });

    /// It has the roles that its user has when it is made.
    fn awaits(params: &ApplicationCredentialParameters) -> Vec<Awaited> {
        let user = params.user_id.as_deref();
        user.map(|user| Awaited::having("identity.RoleAssignment", "userId", user)).into_iter().collect()
    }

    /// The address says it.
    const NOT_IN_CREATE: &[&str] = &["user_id"];

    fn reads(key: &Key<'_, ApplicationCredentialParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        for read in &mut reads {
            let (Read::Get { path }
            | Read::List { path, .. }
            | Read::OtherService { path, .. }
            | Read::OthersList { path, .. }
            | Read::Compare { path, .. }) = read;
            *path = below(key, path);
        }
        reads
    }

    /// The list has all that there is to say.
    fn parse(key: &Key<'_, ApplicationCredentialParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        shared::listed::<Self>("application_credential", key, answers)
    }

    /// Only the address names the user. Keystone keeps nothing where nothing was said, and takes it for false.
    fn complete_answer(key: &Key<'_, ApplicationCredentialParameters>, credential: &mut Map<String, Value>) {
        credential.insert("user_id".to_owned(), json!(user(key)));
        credential.entry("unrestricted").and_modify(|told| *told = json!(told.as_bool().unwrap_or_default()));
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ApplicationCredentialParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        if let Step::Send(request) = &mut step {
            request.path = below(key, &request.path);
        }
        Ok(step)
    }

    fn connection(
        key: &Key<'_, ApplicationCredentialParameters>,
        seen: &Seen<'_, Self>,
        cloud: &CloudInfo,
    ) -> ConnectionDetails {
        let id = &seen.state.id;
        let mut details = ConnectionDetails::from([
            ("id".to_owned(), id.clone().into()),
            ("endpoint".to_owned(), cloud.auth_url.clone().into()),
        ]);
        if let Some(secret) = key.any.secrets.get("secret") {
            let auth = json!({"auth_url": cloud.auth_url, "application_credential_id": id});
            let (kind, name) = ("v3applicationcredential", "application_credential_secret");
            details.insert("secret".to_owned(), secret.clone());
            details.extend(login::clouds_yaml(cloud, kind, auth, name, secret));
            details.extend(login::cloud_conf(cloud, id, secret));
        }
        details
    }
}

fn user<'a>(key: &Key<'a, ApplicationCredentialParameters>) -> &'a str {
    shared::user(key, key.params.user_id.as_deref())
}

/// It lies below its user.
fn below(key: &Key<'_, ApplicationCredentialParameters>, path: &str) -> String {
    format!("/users/{}{path}", user(key))
}
