//! Cinder volume types: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types>

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Step,
        any::Observed,
        diff::Diff,
        plain_step,
        request::{Method, service::BLOCK_STORAGE},
        rest::{Rest, listing::Listing},
    },
    kinds::extra_specs::{self, ExtraSpecs},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A class of volumes.
pub struct VolumeType;

/// What can be wanted of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeParameters {
    /// Name in OpenStack. The managed resource's name at creation, and not managed after, unless set.
    #[schemars(length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether every project can use the type. True unless set.
    pub is_public: Option<bool>,
    /// What the scheduler and the driver heed, such as `volume_backend_name`; a map replaces all that the type has.
    /// Cinder refuses most changes while volumes of the type exist.
    pub extra_specs: Option<ExtraSpecs>,
}

/// What only the cloud says of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeObservation {
    /// Id of the volume type.
    pub id: String,
    /// Id of the QoS specs that are associated with it.
    pub qos_specs_id: String,
}

impl Kind for VolumeType {
    type Parameters = VolumeTypeParameters;
    type Observation = VolumeTypeObservation;
    const INFO: Info = Info {
        service: &BLOCK_STORAGE,
        kind: "VolumeType",
        plural: "volumetypes",
        about: "A VolumeType is a class of volumes of OpenStack Cinder. Needs administrator's rights.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "PUBLIC", field: "isPublic" }],
        microversion: None,
        marker: MarkerPlace::Description,
        requires: &[],
    };
    /// Types that are not public are only listed for those who say that they don't care.
    const REST: Rest = Rest {
        path: "types",
        items: "volume_types",
        singular: "volume_type",
        update: Some(Method::Put),
        tags: false,
        brief: &[("is_public", "None")],
    };
    const LISTING: Listing = Listing::Plain(Self::REST.brief);

    /// The update calls it `is_public`, as the answers do; the create does not.
    fn complete(_: &VolumeTypeParameters, body: &mut Map<String, Value>) {
        if let Some(public) = body.remove("is_public") {
            body.insert("os-volume-type-access:is_public".to_owned(), public);
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, VolumeTypeParameters>,
        seen: Option<&Seen<Self>>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let (plain, specs) = diff.split(&["extraSpecs"]);
        if let (Goal::Match, Some(seen), true, Some(wanted)) =
            (goal, seen, plain.is_empty() && !specs.is_empty(), &key.params.extra_specs)
        {
            let path = format!("/types/{}/extra_specs", key.any.meta.external_name.unwrap_or_default());
            let have = seen.params.extra_specs.clone().unwrap_or_default();
            return Ok(extra_specs::step(&Self::INFO, &path, wanted, &have));
        }
        Ok(plain_step::<Self>(goal, key, observed, &plain))
    }

    /// A volume type has no status: it is there or not.
    fn ready(_: &VolumeTypeParameters, _: &Seen<Self>) -> Ready {
        Ready::Yes
    }
}
