//! Cinder default types of projects: <https://docs.openstack.org/api-ref/block-storage/v3/#default-volume-types-default-types>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen,
        request::{Microversion, service::BLOCK_STORAGE},
        rest::{Creation, Rest, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The volume type that a project's volumes have unless they say another.
pub struct DefaultVolumeType;

/// What can be wanted of a project's default volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultVolumeTypeParameters {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Id of the volume type.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "required": true}))]
    pub volume_type_id: Option<String>,
}

/// What only the cloud says of a project's default volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultVolumeTypeObservation {
    /// Id of the project.
    pub id: String,
}

impl Kind for DefaultVolumeType {
    type Parameters = DefaultVolumeTypeParameters;
    type Observation = DefaultVolumeTypeObservation;
    const INFO: Info = Info {
        kind: "DefaultVolumeType",
        plural: "defaultvolumetypes",
        short: "osdvt",
        about: "A DefaultVolumeType is the type that a project's volumes of OpenStack Cinder have unless they say another.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#default-volume-types-default-types",
        columns: &[Column { name: "TYPE", field: "volumeTypeId" }],
        // Brought them.
        microversion: Some(Microversion(3, 62)),
        external_name: "the id of the project",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    /// Its external-name is all that it could be told by.
    const OPTIONS: Options = Options { imports: false, looks_first: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest {
        path: "default-types",
        creation: Creation::Put,
        ..Rest::plain("default_types", "default_type")
    });
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["project_id"];

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        key.params.project_id.clone()
    }

    fn complete(_: &Self::Parameters, body: &mut Map<String, Value>) {
        renamed(body);
    }

    fn complete_update(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>, body: &mut Map<String, Value>) {
        renamed(body);
    }

    fn complete_answer(_: &Key<'_, Self::Parameters>, body: &mut Map<String, Value>) {
        let project = json!(body.get("project_id"));
        body.insert("id".to_owned(), project);
    }
}

/// Cinder takes a name as well, and always tells the id.
fn renamed(body: &mut Map<String, Value>) {
    let id = body.remove("volume_type_id");
    body.extend(id.map(|id| ("volume_type".to_owned(), id)));
}
