//! Endpoints of Keystone's catalog: <https://docs.openstack.org/api-ref/identity/v3/#service-catalog-and-endpoints>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::IDENTITY, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An address of a service.
pub struct CatalogEndpoint;

/// What can be wanted of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogEndpointParameters {
    /// Id of the service that answers there.
    #[schemars(extend("x-os" = {"ref": "identity.CatalogService", "required": true}))]
    pub service_id: Option<String>,
    /// Whom the address is for.
    #[schemars(extend("x-os" = {"required": true}))]
    pub interface: Option<EndpointInterface>,
    /// Address, such as `https://compute.example.org/v2.1`. `$(project_id)s` in it stands for the id of the client's project.
    #[schemars(extend("x-os" = {"required": true}), length(max = 225), regex(pattern = r"^[a-zA-Z0-9+.-]+:.+"))]
    pub url: Option<String>,
    /// Id of the region that the endpoint belongs to.
    #[schemars(extend("x-os" = {"ref": "identity.Region", "default": "none"}))]
    pub region_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Whether the endpoint is in the catalog.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
}

/// Whom an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndpointInterface {
    /// Everybody.
    Public,
    /// The cloud's own services.
    Internal,
    /// Administrators.
    Admin,
}

/// What only the cloud says of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogEndpointObservation {
    /// Id of the endpoint.
    pub id: String,
}

impl Kind for CatalogEndpoint {
    type Parameters = CatalogEndpointParameters;
    type Observation = CatalogEndpointObservation;
    const INFO: Info = Info {
        kind: "CatalogEndpoint",
        plural: "catalogendpoints",
        short: "osep",
        about: "A CatalogEndpoint is an address of a service in OpenStack's service catalog.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#service-catalog-and-endpoints",
        columns: &[Column { name: "INTERFACE", field: "interface" }, Column { name: "URL", field: "url" }],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("endpoints", "endpoint"));
}
