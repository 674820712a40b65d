//! Keystone registered limits: <https://docs.openstack.org/api-ref/identity/v3/#unified-limits>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, Options, Rights,
        request::service::IDENTITY,
        rest::{Creation, Rest},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of something everybody may have.
pub struct RegisteredLimit;

/// What can be wanted of a registered limit. While Limits differ from it, Keystone lets nothing of it be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisteredLimitParameters {
    /// Id of the service that limits it.
    #[schemars(extend("x-os" = {"ref": "identity.CatalogService", "required": true}))]
    pub service_id: Option<String>,
    /// Id of the region that the limit is for. Empty for none.
    #[schemars(extend("x-os" = {"ref": "identity.Region", "default": "none, for all regions without one of their own"}))]
    pub region_id: Option<String>,
    /// What is limited, as the service calls it, such as class:VCPU.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 255))]
    pub resource_name: Option<String>,
    /// How much of it a project may have, where no Limit says otherwise; -1 for as much as there is.
    #[schemars(extend("x-os" = {"required": true}), range(min = -1))]
    pub default_limit: Option<i32>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
}

/// What only the cloud says of a registered limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisteredLimitObservation {
    /// Id of the registered limit.
    pub id: String,
}

impl Kind for RegisteredLimit {
    type Parameters = RegisteredLimitParameters;
    type Observation = RegisteredLimitObservation;
    const INFO: Info = Info {
        kind: "RegisteredLimit",
        plural: "registeredlimits",
        short: "osrlim",
        about: "A RegisteredLimit says how much of a service's resources each project of OpenStack may have; Limits say otherwise for single ones.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-registered-limits",
        columns: &[
            Column { name: "RESOURCE", field: "resourceName" },
            Column { name: "DEFAULT", field: "defaultLimit" },
        ],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest {
        creation: Creation::PostList,
        ..Rest::keystone("registered_limits", "registered_limit")
    });
}
