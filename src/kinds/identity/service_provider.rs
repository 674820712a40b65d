//! Service providers of Keystone's federation:
//! <https://docs.openstack.org/api-ref/identity/v3-ext/#service-providers>

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

/// Another cloud that takes this one's users.
pub struct ServiceProvider;

/// What can be wanted of a service provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceProviderParameters {
    /// Id of the service provider, by which clients choose it.
    #[schemars(
        extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's name"}),
        length(min = 1, max = 64),
        regex(pattern = r"^[^/?#%\\]+$")
    )]
    pub service_provider_id: Option<String>,
    /// Address of the other Keystone where users get a token for what this one says of them.
    #[schemars(extend("x-os" = {"required": true}), length(max = 225), regex(pattern = r"^[a-zA-Z0-9+.-]+:.+"))]
    pub auth_url: Option<String>,
    /// Address of the other Keystone that takes what this one says of them.
    #[schemars(extend("x-os" = {"required": true}), length(max = 225), regex(pattern = r"^[a-zA-Z0-9+.-]+:.+"))]
    pub sp_url: Option<String>,
    /// Description for people.
    pub description: Option<String>,
    /// Whether users can use it.
    #[schemars(extend("x-os" = {"default": false}))]
    pub enabled: Option<bool>,
    /// What the relay state of a SAML assertion begins with.
    #[schemars(extend("x-os" = {"default": "what Keystone's configuration says, ss:mem: as a rule"}), length(max = 256))]
    pub relay_state_prefix: Option<String>,
}

/// What only the cloud says of a service provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceProviderObservation {
    /// Id of the service provider.
    pub id: String,
}

impl Kind for ServiceProvider {
    type Parameters = ServiceProviderParameters;
    type Observation = ServiceProviderObservation;
    const INFO: Info = Info {
        kind: "ServiceProvider",
        plural: "serviceproviders",
        short: "ossprv",
        about: "A ServiceProvider is another OpenStack cloud whose Keystone lets users of this one in.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#create-service-provider",
        columns: &[Column { name: "ENABLED", field: "enabled" }, Column { name: "URL", field: "spUrl" }],
        external_name: "the id that serviceProviderId chooses",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "OS-FEDERATION/service_providers",
        creation: Creation::Put,
        ..Rest::keystone("service_providers", "service_provider")
    });
    /// The address says it.
    const NOT_IN_CREATE: &[&str] = &["id"];

    fn chosen_name(key: &Key<'_, ServiceProviderParameters>) -> Option<String> {
        super::shared::chosen(key, key.params.service_provider_id.as_deref())
    }

    fn recognises(key: &Key<'_, ServiceProviderParameters>, seen: &Seen<'_, Self>) -> bool {
        super::shared::as_created::<Self>(key, seen)
    }
}
