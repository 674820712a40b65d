//! Neutron service profiles: <https://docs.openstack.org/api-ref/network/v2/#networking-flavors-framework-v2-0-current-flavor-service-profile>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who realises what has a flavor, and how.
pub struct NetworkServiceProfile;

/// What can be wanted of a service profile. It can't be changed while a flavor has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkServiceProfileParameters {
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Driver that the cloud has configured, by its path in Python.
    #[schemars(length(max = 1024))]
    pub driver: Option<String>,
    /// What the driver is told, in a form of its own.
    #[schemars(length(max = 4096))]
    pub metainfo: Option<String>,
    /// Whether flavors use the profile.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
}

/// What only the cloud says of a service profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkServiceProfileObservation {
    /// Id of the service profile.
    pub id: String,
}

impl Kind for NetworkServiceProfile {
    type Parameters = NetworkServiceProfileParameters;
    type Observation = NetworkServiceProfileObservation;
    const INFO: Info = Info {
        kind: "NetworkServiceProfile",
        plural: "networkserviceprofiles",
        short: "osnetsp",
        about: "A NetworkServiceProfile says who realises what has a flavor of OpenStack Neutron, and how.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#networking-flavors-framework-v2-0-current-flavor-service-profile",
        columns: &[Column { name: "DRIVER", field: "driver" }, Column { name: "ENABLED", field: "enabled" }],
        rights: Rights::System,
        requires: &[&["driver", "metainfo"]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { tags: false, ..Rest::neutron("service_profiles", "service_profile") });
}
