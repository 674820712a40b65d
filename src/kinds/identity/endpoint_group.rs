//! Keystone endpoint groups: <https://docs.openstack.org/api-ref/identity/v3-ext/#os-ep-filter-api>

use super::catalog_endpoint::EndpointInterface;
use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, Rights, Seen, request::service::IDENTITY, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Endpoints with something in common.
pub struct EndpointGroup;

/// What can be wanted of an endpoint group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// What all of its endpoints have. What is left out is no matter.
    #[schemars(extend("x-os" = {"required": true}))]
    pub filters: Option<EndpointFilters>,
}

/// What all endpoints of a group have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointFilters {
    /// Id of their service.
    #[schemars(extend("x-os" = {"ref": "identity.CatalogService", "orElse": ["regionId", "interface"]}))]
    pub service_id: Option<String>,
    /// Id of their region.
    #[schemars(extend("x-os" = {"ref": "identity.Region"}))]
    pub region_id: Option<String>,
    /// Whom they are for.
    pub interface: Option<EndpointInterface>,
}

/// What only the cloud says of an endpoint group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointGroupObservation {
    /// Id of the endpoint group.
    pub id: String,
}

impl Kind for EndpointGroup {
    type Parameters = EndpointGroupParameters;
    type Observation = EndpointGroupObservation;
    const INFO: Info = Info {
        kind: "EndpointGroup",
        plural: "endpointgroups",
        short: "osepg",
        about: "An EndpointGroup is all endpoints of OpenStack's service catalog that have something in common; ProjectEndpoints put it into projects' catalogs.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#create-endpoint-group",
        columns: &[Column { name: "NAME-IN-CLOUD", field: "name" }],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "OS-EP-FILTER/endpoint_groups",
        ..Rest::keystone("endpoint_groups", "endpoint_group")
    });

    fn complete(_: &EndpointGroupParameters, body: &mut Map<String, Value>) {
        without_empty(body);
    }

    fn complete_update(
        _: &Key<'_, EndpointGroupParameters>,
        _: &Seen<'_, Self>,
        body: &mut Map<String, Value>,
    ) {
        without_empty(body);
    }

    /// One filter more makes it another group.
    fn drift(key: &Key<'_, EndpointGroupParameters>, seen: &Seen<'_, Self>) -> Vec<String> {
        let mut wanted = key.params.filters.clone();
        if let Some(EndpointFilters { service_id, region_id, .. }) = &mut wanted {
            for id in [service_id, region_id] {
                *id = id.take().filter(|id| !id.is_empty());
            }
        }
        super::shared::unlike("filters", wanted.as_ref(), seen.params.filters.as_ref())
    }
}

/// An empty id is no filter.
fn without_empty(group: &mut Map<String, Value>) {
    if let Some(filters) = group.get_mut("filters").and_then(Value::as_object_mut) {
        filters.retain(|_, value| !value.is_null());
    }
}
