//! Who can use a Nova flavor: <https://docs.openstack.org/api-ref/compute/#flavors-access-flavors-os-flavor-access-action>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace, Rights,
        request::{Method, Microversion, Request, service::COMPUTE},
        rest::pair::Pair,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A project's access to a flavor that is not public.
pub struct FlavorAccess;

/// What can be wanted of an access to a flavor. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlavorAccessParameters {
    /// Id of the flavor. It must not be public.
    #[schemars(extend("x-os" = {"ref": "compute.Flavor", "required": true, "immutable": true}))]
    pub flavor_id: Option<String>,
    /// Id of the project that can use it.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true, "wire": "tenant_id"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an access to a flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlavorAccessObservation {
    /// The ids of flavor and project: `<flavor>/<project>`.
    pub id: String,
}

fn act(flavor: &str, action: &str, project: &str) -> Request {
    let body = json!({ action: {"tenant": project} });
    let request = Request::new(&COMPUTE, Method::Post, format!("/flavors/{flavor}/action"), Some(body));
    Request { microversion: FlavorAccess::INFO.microversion, ..request }
}

impl Kind for FlavorAccess {
    type Parameters = FlavorAccessParameters;
    type Observation = FlavorAccessObservation;
    const INFO: Info = Info {
        kind: "FlavorAccess",
        plural: "flavoraccesses",
        short: "osflva",
        about: "A FlavorAccess lets a project use a flavor of OpenStack Nova that is not public.",
        docs: "https://docs.openstack.org/api-ref/compute/#flavors-access-flavors-os-flavor-access-action",
        columns: &[Column { name: "PROJECT", field: "projectId" }],
        // Refuses public flavors.
        microversion: Some(Microversion(2, 7)),
        external_name: "the ids of flavor and project: <flavor>/<project>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const PAIR: Option<Pair> = Some(Pair {
        ids: ["flavor_id", "tenant_id"],
        list: |flavor| format!("/flavors/{flavor}/os-flavor-access"),
        items: "flavor_access",
        item: "tenant_id",
        join: |flavor, project| act(flavor, "addTenantAccess", project),
        part: |flavor, project| act(flavor, "removeTenantAccess", project),
    });
}
