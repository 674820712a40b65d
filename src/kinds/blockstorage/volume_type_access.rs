//! Who can use a Cinder volume type:
//! <https://docs.openstack.org/api-ref/block-storage/v3/#volume-type-access-types-action-types-os-volume-type-access>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace, Rights,
        request::{Method, Request, service::BLOCK_STORAGE},
        rest::pair::Pair,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A project's access to a volume type that is not public.
pub struct VolumeTypeAccess;

/// What can be wanted of an access to a volume type. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeAccessParameters {
    /// Id of the volume type. It must not be public.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "required": true, "immutable": true}))]
    pub volume_type_id: Option<String>,
    /// Id of the project that can use it.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an access to a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeAccessObservation {
    /// The ids of volume type and project: `<type>/<project>`.
    pub id: String,
}

fn act(kind: &str, action: &str, project: &str) -> Request {
    let body = json!({ action: {"project": project} });
    Request::new(&BLOCK_STORAGE, Method::Post, format!("/types/{kind}/action"), Some(body))
}

impl Kind for VolumeTypeAccess {
    type Parameters = VolumeTypeAccessParameters;
    type Observation = VolumeTypeAccessObservation;
    const INFO: Info = Info {
        kind: "VolumeTypeAccess",
        plural: "volumetypeaccesses",
        short: "osvta",
        about: "A VolumeTypeAccess lets a project use a volume type of OpenStack Cinder that is not public.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volume-type-access-types-action-types-os-volume-type-access",
        columns: &[Column { name: "PROJECT", field: "projectId" }],
        external_name: "the ids of volume type and project: <type>/<project>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const PAIR: Option<Pair> = Some(Pair {
        ids: ["volume_type_id", "project_id"],
        list: |kind| format!("/types/{kind}/os-volume-type-access"),
        items: "volume_type_access",
        item: "project_id",
        join: |kind, project| act(kind, "addProjectAccess", project),
        part: |kind, project| act(kind, "removeProjectAccess", project),
    });
}
