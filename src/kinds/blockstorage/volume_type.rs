//! Cinder volume types: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types>

mod encryption;

pub use encryption::{ControlLocation, VolumeTypeEncryption};

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
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A class of volumes.
pub struct VolumeType;

/// What can be wanted of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether every project can use the type.
    #[schemars(extend("x-os" = {"default": true}))]
    pub is_public: Option<bool>,
    /// What the scheduler and the driver heed, such as `volume_backend_name`; a map replaces all that the type has.
    /// Cinder refuses most changes while volumes of the type exist.
    pub extra_specs: Option<BTreeMap<String, String>>,
    /// How volumes of the type are encrypted. It is as it is where this is left out. Cinder refuses a change while volumes of the
    /// type exist.
    pub encryption: Option<VolumeTypeEncryption>,
}

/// What only the cloud says of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeObservation {
    /// Id of the volume type.
    pub id: String,
    /// Id of the QoS specs that are associated with it.
    pub qos_specs_id: String,
    /// Id of its encryption, where the spec is about that.
    pub encryption_id: String,
}

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
