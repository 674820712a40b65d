//! Keystone limits: <https://docs.openstack.org/api-ref/identity/v3/#unified-limits>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Kind, MarkerPlace, Rights, Step,
        awaited::Awaited,
        request::service::IDENTITY,
        rest::{
            Creation, Rest,
            change::{By, Change},
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of something one project may have.
pub struct Limit;

/// What can be wanted of a limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitParameters {
    /// Id of the service that limits it. There must be a RegisteredLimit of the same service, region and resource.
    #[schemars(extend("x-os" = {"ref": "identity.CatalogService", "required": true, "immutable": true}))]
    pub service_id: Option<String>,
    /// Id of the region that the limit is for.
    #[schemars(extend("x-os" = {"ref": "identity.Region", "immutable": true, "default": "none"}))]
    pub region_id: Option<String>,
    /// What is limited, as the service calls it, such as class:VCPU.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 255))]
    pub resource_name: Option<String>,
    /// Id of the project that the limit is for.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "excludes": ["domainId"]}))]
    pub project_id: Option<String>,
    /// Id of the domain that the limit is for.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "excludes": ["projectId"]}))]
    pub domain_id: Option<String>,
    /// How much of it the project may have; -1 for as much as there is. Keystone takes 0 only when the limit is created.
    #[schemars(extend("x-os" = {"required": true}), range(min = -1))]
    pub resource_limit: Option<i32>,
    /// Description for people. Keystone lets it be changed, and not be removed.
    pub description: Option<String>,
}

/// What only the cloud says of a limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitObservation {
    /// Id of the limit.
    pub id: String,
}

impl Kind for Limit {
    type Parameters = LimitParameters;
    type Observation = LimitObservation;
    const INFO: Info = Info {
        kind: "Limit",
        plural: "limits",
        short: "oslim",
        about: "A Limit says how much of a service's resources one project or domain of OpenStack may have, where that is not what the RegisteredLimit says.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-limits",
        columns: &[
            Column { name: "RESOURCE", field: "resourceName" },
            Column { name: "LIMIT", field: "resourceLimit" },
        ],
        rights: Rights::System,
        // Whoever is logged in for a project is told of no other project's limits: a marker would not be found.
        marker: MarkerPlace::None,
        requires: &[&["projectId", "domainId"]],
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> =
        Some(Rest { creation: Creation::PostList, ..Rest::keystone("limits", "limit") });
    /// Keystone takes what is false in Python for what was not said.
    const CHANGES: Changes<Self> = &[
        Change::new(&["resourceLimit"], By::Update)
            .unless(|key, _| ignored(key.params.resource_limit == Some(0), "resourceLimit to 0")),
        Change::new(&["description"], By::Update).unless(|key, _| {
            ignored(key.params.description.as_deref() == Some(""), "description to nothing")
        }),
    ];

    fn awaits(params: &LimitParameters) -> Vec<Awaited> {
        let service = params.service_id.as_deref();
        service.map(|id| Awaited::having("identity.RegisteredLimit", "serviceId", id)).into_iter().collect()
    }
}

fn ignored(so: bool, what: &str) -> Option<Step> {
    so.then(|| {
        Step::Refuse(format!("Keystone ignores a change of {what}: delete this resource and create it anew"))
    })
}
