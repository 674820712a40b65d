//! Cinder volume types: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types>

mod encryption;
mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, Found, Info, Key, Kind, KindError, Rights, plain_parse,
        request::{Answer, service::BLOCK_STORAGE},
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
        },
    },
};
use serde_json::{Map, Value};

/// A class of volumes.
pub struct VolumeType;

impl Kind for VolumeType {
    type Parameters = VolumeTypeParameters;
    type Observation = VolumeTypeObservation;
    const INFO: Info = Info {
        kind: "VolumeType",
        plural: "volumetypes",
        short: "osvt",
        about: "A VolumeType is a class of volumes of OpenStack Cinder.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "PUBLIC", field: "isPublic" }],
        rights: Rights::System,
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "types", brief: EVERYBODYS, ..Rest::plain("volume_types", "volume_type") });
    const LISTING: Listing = Listing::Plain(EVERYBODYS);
    const CHANGES: Changes<Self> = &[
        Change::new(&["extraSpecs"], By::SubKeys("extra_specs")),
        Change::new(&["encryption"], By::Function(encryption::encrypt)),
    ];
    const NOT_IN_CREATE: &[&str] = &["encryption"];

    fn parse(key: &Key<'_, VolumeTypeParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let (answers, told) = encryption::split(answers);
        Ok(encryption::shown(key, plain_parse::<Self>(key, answers)?, told))
    }

    /// The update calls it `is_public`, as the answers do; the create does not.
    fn complete(_: &VolumeTypeParameters, body: &mut Map<String, Value>) {
        if let Some(public) = body.remove("is_public") {
            body.insert("os-volume-type-access:is_public".to_owned(), public);
        }
    }
}

/// Types that are not public are only listed for those who say that they don't care.
const EVERYBODYS: &[(&str, &str)] = &[("is_public", "None")];
