//! Identity providers of Keystone's federation:
//! <https://docs.openstack.org/api-ref/identity/v3-ext/#identity-providers>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Rights, Seen,
        request::service::IDENTITY,
        rest::{Creation, Rest},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody else who says who users are.
pub struct IdentityProvider;

/// What can be wanted of an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityProviderParameters {
    /// Id of the identity provider, which is a part of the address to log in at.
    #[schemars(
        extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's name"}),
        length(min = 1, max = 64),
        regex(pattern = r"^[^/?#%\\]+$")
    )]
    pub identity_provider_id: Option<String>,
    /// Id of the domain that its users belong to.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "default": "one that Keystone makes, and keeps when the identity provider is deleted"}))]
    pub domain_id: Option<String>,
    /// Description for people.
    pub description: Option<String>,
    /// Whether its users can log in.
    #[schemars(extend("x-os" = {"default": false}))]
    pub enabled: Option<bool>,
    /// Names by which it calls itself, such as the issuer of OpenID Connect. No two identity providers have one in common.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100), inner(length(min = 1, max = 255)))]
    pub remote_ids: Option<Vec<String>>,
    /// How long its users stay in groups that a mapping put them into, in minutes.
    #[schemars(extend("x-os" = {"default": "what Keystone's configuration says"}), range(min = 0))]
    pub authorization_ttl: Option<i32>,
}

/// What only the cloud says of an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityProviderObservation {
    /// Id of the identity provider.
    pub id: String,
}

impl Kind for IdentityProvider {
    type Parameters = IdentityProviderParameters;
    type Observation = IdentityProviderObservation;
    const INFO: Info = Info {
        kind: "IdentityProvider",
        plural: "identityproviders",
        short: "osidp",
        about: "An IdentityProvider is a service outside of OpenStack that knows users, who log in there; FederationProtocols say how.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#register-an-identity-provider",
        columns: &[Column { name: "ENABLED", field: "enabled" }],
        external_name: "the id that identityProviderId chooses",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "OS-FEDERATION/identity_providers",
        creation: Creation::Put,
        ..Rest::keystone("identity_providers", "identity_provider")
    });
    /// The address says it.
    const NOT_IN_CREATE: &[&str] = &["id"];

    fn chosen_name(key: &Key<'_, IdentityProviderParameters>) -> Option<String> {
        super::shared::chosen(key, key.params.identity_provider_id.as_deref())
    }

    fn recognises(key: &Key<'_, IdentityProviderParameters>, seen: &Seen<'_, Self>) -> bool {
        super::shared::as_created::<Self>(key, seen)
    }
}
