//! Cinder snapshots of groups: <https://docs.openstack.org/api-ref/block-storage/v3/#group-snapshots-group-snapshots>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, Seen, Statuses, Step,
        awaited::Awaited,
        request::{Microversion, service::BLOCK_STORAGE},
        rest::{Rest, Update, fault::Fault, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A group of volumes as they were at a moment.
pub struct VolumeGroupSnapshot;

/// What can be wanted of a group's snapshot. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupSnapshotParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(extend("x-os" = {"immutable": true}), length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the group. It must have volumes. The managed resources of this namespace that are to be in it are waited for;
    /// what comes later is not in the snapshot.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeGroup", "untilReady": true, "required": true, "immutable": true}))]
    pub group_id: Option<String>,
}

/// What only the cloud says of a group's snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupSnapshotObservation {
    /// Id of the group's snapshot.
    pub id: String,
    /// Such as available, creating or error.
    pub status: String,
    /// What Cinder says about an error.
    pub fault: String,
    /// Id of the group's type.
    pub group_type_id: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
}

impl Kind for VolumeGroupSnapshot {
    type Parameters = VolumeGroupSnapshotParameters;
    type Observation = VolumeGroupSnapshotObservation;
    const INFO: Info = Info {
        kind: "VolumeGroupSnapshot",
        plural: "volumegroupsnapshots",
        short: "osvgs",
        about: "A VolumeGroupSnapshot is a group of volumes of OpenStack Cinder as they were at a moment.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#group-snapshots-group-snapshots",
        columns: &[Column { name: "STATUS", field: "status" }],
        // Lists page by page; earlier, 3.14 brought them.
        microversion: Some(Microversion(3, 29)),
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> =
        Some(Rest { update: Update::None, ..Rest::plain("group_snapshots", "group_snapshot") });
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> = Some(super::shared::statuses("group's snapshot", &["available"]));
    /// Cinder's messages.
    const FAULT: Option<Fault> = Some(super::shared::MESSAGES);

    /// What is applied together belongs together: the snapshot of a part of the group would look as if it were whole.
    fn awaits(params: &Self::Parameters) -> Vec<Awaited> {
        super::shared::volumes_of(params.group_id.as_deref())
    }

    fn before_delete(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        super::shared::deleting("group's snapshot", &seen.state.status)
    }
}
