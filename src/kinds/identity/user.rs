//! Keystone users: <https://docs.openstack.org/api-ref/identity/v3/#users>

use super::login;
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        ConnectionDetails, Info, Key, Kind, Ready, Rights, Seen,
        cloud::CloudInfo,
        request::{Read, service::IDENTITY},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Somebody who can log in.
pub struct User;

/// What can be wanted of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserParameters {
    /// Name to log in with, unique in its domain.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Address for mail; of no effect in OpenStack.
    pub email: Option<String>,
    /// Id of the domain that the user belongs to.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "default": "the credentials' own"}))]
    pub domain_id: Option<String>,
    /// Id of the project that a login without scope is for, if the user has a role there. Empty for none.
    #[schemars(extend("x-os" = {"ref": "identity.Project"}))]
    pub default_project_id: Option<String>,
    /// Whether the user can log in.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Secret with the password. A user without one can't log in with a password. When the Secret changes, so does the
    /// password, within the poll interval.
    #[schemars(extend("x-os" = {"secret": "text"}))]
    pub password_secret_ref: Option<SecretRef>,
    /// What is special about the user's logins.
    pub options: Option<UserOptions>,
    /// Who the user is for identity providers. A list replaces all that the user has.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100))]
    pub federated: Option<Vec<FederatedIdentity>>,
    /// Free attributes that Keystone keeps with the user, by names that it does not know.
    pub extra: Option<BTreeMap<String, String>>,
}

/// What is special about a user's logins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserOptions {
    /// Whether the password need not be changed at the first login, where the cloud demands it.
    pub ignore_change_password_upon_first_use: Option<bool>,
    /// Whether the password never expires.
    pub ignore_password_expiry: Option<bool>,
    /// Whether failed logins never lock the user out.
    pub ignore_lockout_failure_attempts: Option<bool>,
    /// Whether the user stays enabled without ever logging in.
    pub ignore_user_inactivity: Option<bool>,
    /// Whether the user can't change the password.
    pub lock_password: Option<bool>,
    /// Whether multiFactorAuthRules hold.
    pub multi_factor_auth_enabled: Option<bool>,
    /// Sets of methods, such as [password, totp], of which a login must satisfy one.
    pub multi_factor_auth_rules: Option<Vec<Vec<String>>>,
}

/// Who a user is for an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederatedIdentity {
    /// Id of the identity provider.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityProvider"}))]
    pub idp_id: Option<String>,
    /// Who the user is, by protocol.
    pub protocols: Option<Vec<FederatedProtocol>>,
}

/// Who a user is in a protocol.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederatedProtocol {
    /// Id of the protocol, such as openid.
    pub protocol_id: Option<String>,
    /// Id of the user there.
    pub unique_id: Option<String>,
}

/// What only the cloud says of a user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserObservation {
    /// Id of the user.
    pub id: String,
    /// When the password ends, ISO 8601, UTC.
    pub password_expires_at: String,
}

impl Kind for User {
    type Parameters = UserParameters;
    type Observation = UserObservation;
    const INFO: Info = Info {
        kind: "User",
        plural: "users",
        short: "osuser",
        about: "A User can log in to OpenStack; what it may do there is said by RoleAssignments.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#users",
        columns: &[
            Column { name: "NAME-IN-CLOUD", field: "name" },
            Column { name: "ENABLED", field: "enabled" },
        ],
        connection: &["username", "user_id", "password", "endpoint", "clouds.yaml", "clusterCA"],
        rights: Rights::Domain,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("users", "user").with_extra());

    /// Where domains have drivers of their own, Keystone lists only one domain's users.
    fn reads(key: &Key<'_, UserParameters>) -> Vec<Read> {
        super::shared::reads::<Self>(key, super::shared::domain(key.params.domain_id.as_deref()))
    }

    fn ready(params: &UserParameters, seen: &Seen<'_, Self>) -> Ready {
        super::shared::ready("user", params.enabled, seen.params.enabled)
    }

    fn connection(
        key: &Key<'_, UserParameters>,
        seen: &Seen<'_, Self>,
        cloud: &CloudInfo,
    ) -> ConnectionDetails {
        let id = &seen.state.id;
        let name = seen.params.name.clone().unwrap_or_default();
        let mut details = ConnectionDetails::from([
            ("username".to_owned(), name.into()),
            ("user_id".to_owned(), id.clone().into()),
            ("endpoint".to_owned(), cloud.auth_url.clone().into()),
        ]);
        if let Some(password) = key.any.secrets.get("password") {
            let mut auth = json!({"auth_url": cloud.auth_url, "user_id": id});
            if let (Value::Object(auth), Some(project)) = (&mut auth, &seen.params.default_project_id) {
                auth.insert("project_id".to_owned(), json!(project));
            }
            details.insert("password".to_owned(), password.clone());
            details.extend(login::clouds_yaml(cloud, "password", auth, "password", password));
        }
        details
    }
}
