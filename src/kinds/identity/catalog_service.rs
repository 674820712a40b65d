//! Services of Keystone's catalog: <https://docs.openstack.org/api-ref/identity/v3/#service-catalog-and-endpoints>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::IDENTITY, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service that clients can find.
pub struct CatalogService;

/// What can be wanted of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogServiceParameters {
    /// What clients look for, such as compute, network or object-store.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 255))]
    pub r#type: Option<String>,
    /// Name in OpenStack, such as nova.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Whether the service and its endpoints are in the catalog.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
}

/// What only the cloud says of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogServiceObservation {
    /// Id of the service.
    pub id: String,
}

impl Kind for CatalogService {
    type Parameters = CatalogServiceParameters;
    type Observation = CatalogServiceObservation;
    const INFO: Info = Info {
        kind: "CatalogService",
        plural: "catalogservices",
        short: "ossvc",
        about: "A CatalogService is an entry of OpenStack's service catalog, to which CatalogEndpoints give addresses; deleting it deletes them.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#service-catalog-and-endpoints",
        columns: &[Column { name: "TYPE", field: "type" }, Column { name: "ENABLED", field: "enabled" }],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("services", "service"));
}
