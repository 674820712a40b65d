//! Cinder group types: <https://docs.openstack.org/api-ref/block-storage/v3/#group-types-group-types>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Kind, Rights,
        request::{Microversion, service::BLOCK_STORAGE},
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A class of groups of volumes.
pub struct VolumeGroupType;

/// What can be wanted of a group type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupTypeParameters {
    /// Name in OpenStack, unique among the cloud's group types.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether every project can use the type.
    #[schemars(extend("x-os" = {"default": true}))]
    pub is_public: Option<bool>,
    /// What the scheduler and the driver heed, such as `consistent_group_snapshot_enabled`; a map replaces all that the
    /// type has. Changes also hold for groups that exist.
    pub group_specs: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a group type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupTypeObservation {
    /// Id of the group type.
    pub id: String,
}

impl Kind for VolumeGroupType {
    type Parameters = VolumeGroupTypeParameters;
    type Observation = VolumeGroupTypeObservation;
    const INFO: Info = Info {
        kind: "VolumeGroupType",
        plural: "volumegrouptypes",
        short: "osvgt",
        about: "A VolumeGroupType is a class of groups of volumes of OpenStack Cinder.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#group-types-group-types",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "PUBLIC", field: "isPublic" }],
        // Brought them.
        microversion: Some(Microversion(3, 11)),
        rights: Rights::System,
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "group_types", brief: EVERYBODYS, ..Rest::plain("group_types", "group_type") });
    const LISTING: Listing = Listing::Plain(EVERYBODYS);
    const CHANGES: Changes<Self> = &[Change::new(&["groupSpecs"], By::SubKeys("group_specs"))];
}

/// Types that are not public are only listed for those who say that they don't care.
const EVERYBODYS: &[(&str, &str)] = &[("is_public", "None")];
