//! Keystone regions: <https://docs.openstack.org/api-ref/identity/v3/#regions>

use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, MarkerPlace, Rights, request::service::IDENTITY, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place that endpoints belong to.
pub struct Region;

/// What can be wanted of a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RegionParameters {
    /// Id of the region, by which clients choose it: RegionOne.
    #[schemars(
        extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's name"}),
        length(min = 1, max = 255),
        regex(pattern = r"^[^/?#%\\]+$")
    )]
    pub region_id: Option<String>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Id of the region above it; empty for none.
    #[schemars(extend("x-os" = {"ref": "identity.Region"}))]
    pub parent_region_id: Option<String>,
}

/// What only the cloud says of a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RegionObservation {
    /// Id of the region.
    pub id: String,
}

impl Kind for Region {
    type Parameters = RegionParameters;
    type Observation = RegionObservation;
    const INFO: Info = Info {
        kind: "Region",
        plural: "regions",
        short: "osreg",
        about: "A Region is a part of an OpenStack cloud with endpoints of its own.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#regions",
        columns: &[Column { name: "PARENT", field: "parentRegionId" }],
        external_name: "the id that regionId chooses",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("regions", "region"));

    /// Without an id Keystone would choose one.
    fn chosen_name(key: &Key<'_, RegionParameters>) -> Option<String> {
        super::shared::chosen(key, key.params.region_id.as_deref())
    }
}
