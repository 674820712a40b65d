//! Cinder snapshots: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, MarkerPlace, Seen, Statuses, Step,
        request::{Microversion, service::BLOCK_STORAGE},
        rest::{
            Rest,
            change::{By, Change},
            fault::Fault,
            listing::Listing,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A volume as it was at a moment.
pub struct BlockStorageSnapshot;

/// What can be wanted of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageSnapshotParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Id of the volume.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "required": true, "immutable": true}))]
    pub volume_id: Option<String>,
    /// Whether to take it also while a server uses the volume, whose data may then be in between two states.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "default": false}))]
    pub force: Option<bool>,
    /// Free keys and values; a map replaces all that the snapshot has, but for the provider's marker.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageSnapshotObservation {
    /// Id of the snapshot.
    pub id: String,
    /// Such as available, creating or error.
    pub status: String,
    /// What Cinder says about an error.
    pub fault: String,
    /// Size of the volume in GiB, when it was taken.
    pub size: u32,
    /// How much of it is done.
    #[schemars(extend("x-os" = {"wire": "os-extended-snapshot-attributes:progress"}))]
    pub progress: String,
    /// Id of the group's snapshot that it is a part of.
    pub group_snapshot_id: String,
    /// Id of the user who made it.
    pub user_id: String,
    /// Id of the project that owns it.
    #[schemars(extend("x-os" = {"wire": "os-extended-snapshot-attributes:project_id"}))]
    pub project_id: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
    /// When it was last changed, ISO 8601, UTC.
    pub updated_at: String,
}

impl Kind for BlockStorageSnapshot {
    type Parameters = BlockStorageSnapshotParameters;
    type Observation = BlockStorageSnapshotObservation;
    const INFO: Info = Info {
        kind: "BlockStorageSnapshot",
        plural: "blockstoragesnapshots",
        short: "osblks",
        about: "A BlockStorageSnapshot is a volume of OpenStack Cinder as it was at a moment.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "GIB", field: "size" }],
        // Tells who made it; earlier, 3.14 the group's snapshot.
        microversion: Some(Microversion(3, 41)),
        marker: MarkerPlace::Metadata,
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> = Some(Rest::plain("snapshots", "snapshot"));
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> =
        Some(super::shared::statuses("snapshot", &["available", "backing-up", "restoring"]));
    /// Cinder's messages.
    const FAULT: Option<Fault> = Some(super::shared::MESSAGES);
    const CHANGES: Changes<Self> = &[Change::new(&["metadata"], By::SubResource("metadata"))];

    fn before_delete(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        super::shared::deleting("snapshot", &seen.state.status)
    }
}
