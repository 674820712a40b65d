//! Cinder backups: <https://docs.openstack.org/api-ref/block-storage/v3/#backups-backups>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Seen, Statuses, Step,
        request::{Microversion, service::BLOCK_STORAGE},
        rest::{Rest, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A copy of a volume's data elsewhere.
pub struct VolumeBackup;

/// What can be wanted of a backup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeBackupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Id of the volume.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "required": true, "immutable": true}))]
    pub volume_id: Option<String>,
    /// Id of the volume's snapshot to back up instead of the volume as it is.
    #[schemars(extend("x-os" = {"ref": "blockstorage.BlockStorageSnapshot", "untilReady": true, "immutable": true}))]
    pub snapshot_id: Option<String>,
    /// Whether it holds only what changed since the volume's last backup, without which it is of no use.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "is_incremental", "default": false}))]
    pub incremental: Option<bool>,
    /// Whether to take it also while a server uses the volume.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "default": false}))]
    pub force: Option<bool>,
    /// Container that the backup's objects are put into, where the cloud's backups lie in such.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the cloud's choice"}), length(max = 255))]
    pub container: Option<String>,
    /// Availability zone of the backup service.
    #[schemars(extend("x-os" = {"immutable": true, "since": "3.51", "default": "the cloud's choice"}), length(max = 255))]
    pub availability_zone: Option<String>,
    /// Free keys and values; a map replaces all that the backup has, but for the provider's marker.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a backup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeBackupObservation {
    /// Id of the backup.
    pub id: String,
    /// Such as available, creating, restoring or error.
    pub status: String,
    /// Why it failed.
    #[schemars(extend("x-os" = {"wire": "fail_reason"}))]
    pub fault: String,
    /// Size of the volume in GiB.
    pub size: u32,
    /// Number of objects that it lies in.
    pub object_count: u64,
    /// Whether later backups need it, so that it can't be deleted.
    pub has_dependent_backups: bool,
    /// What moment the data are of, ISO 8601, UTC.
    pub data_timestamp: String,
    /// Id of the project that owns it; told to administrators.
    #[schemars(extend("x-os" = {"wire": "os-backup-project-attr:project_id"}))]
    pub project_id: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
    /// When it was last changed, ISO 8601, UTC.
    pub updated_at: String,
}

impl Kind for VolumeBackup {
    type Parameters = VolumeBackupParameters;
    type Observation = VolumeBackupObservation;
    const INFO: Info = Info {
        kind: "VolumeBackup",
        plural: "volumebackups",
        short: "osvbkp",
        about: "A VolumeBackup is a copy of the data of a volume of OpenStack Cinder, kept elsewhere. A Volume with its backupId is restored from it.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#backups-backups",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "GIB", field: "size" }],
        // Brought metadata.
        microversion: Some(Microversion(3, 43)),
        marker: MarkerPlace::Metadata,
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> = Some(Rest::plain("backups", "backup"));
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> = Some(super::shared::statuses("backup", &["available", "restoring"]));

    fn complete(_: &VolumeBackupParameters, backup: &mut Map<String, Value>) {
        let incremental = backup.remove("is_incremental");
        backup.extend(incremental.map(|value| ("incremental".to_owned(), json!(value))));
    }

    fn before_delete(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        super::shared::deleting("backup", &seen.state.status)
    }
}
