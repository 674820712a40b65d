//! Fields of a volume.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be wanted of a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Size in GiB. Can grow, also while a server uses the volume, but never shrink.
    #[schemars(extend("x-os" = {"default": "that of its source"}), range(min = 1))]
    pub size: Option<u32>,
    /// Name or id of the volume type. A change retypes the volume, see migrationPolicy.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "default": "the cloud's default"}))]
    pub volume_type: Option<String>,
    /// Whether a change of the type may move the volume's data to another back end.
    #[schemars(extend("x-os" = {"createOnly": true, "default": "never"}))]
    pub migration_policy: Option<MigrationPolicy>,
    /// Availability zone.
    #[schemars(extend("x-os" = {"immutable": true, "byProvider": true, "default": "the cloud's choice"}))]
    pub availability_zone: Option<String>,
    /// Id of the image to fill the volume from.
    #[schemars(extend("x-os" = {"ref": "image.Image", "untilReady": true, "createOnly": true, "immutable": true, "wire": "imageRef", "byProvider": true, "excludes": ["snapshotId", "sourceVolumeId", "backupId"], "needs": ["size"]}))]
    pub image_id: Option<String>,
    /// Id of the snapshot to fill the volume from.
    #[schemars(extend("x-os" = {"ref": "blockstorage.BlockStorageSnapshot", "untilReady": true, "immutable": true, "excludes": ["imageId", "sourceVolumeId", "backupId"]}))]
    pub snapshot_id: Option<String>,
    /// Id of the volume to clone.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "immutable": true, "wire": "source_volid", "excludes": ["imageId", "snapshotId", "backupId"]}))]
    pub source_volume_id: Option<String>,
    /// Id of the backup to restore.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeBackup", "untilReady": true, "createOnly": true, "immutable": true, "byProvider": true, "since": "3.47", "excludes": ["imageId", "snapshotId", "sourceVolumeId"]}))]
    pub backup_id: Option<String>,
    /// Id of the group of volumes, or consistency group, that the volume belongs to.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeGroup", "untilReady": true, "immutable": true, "byProvider": true}))]
    pub group_id: Option<String>,
    /// Free keys and values; a map replaces all that the volume has, but for the provider's marker.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whether a server can boot from it.
    #[schemars(extend("x-os" = {"default": "true for a volume made from an image"}))]
    pub bootable: Option<bool>,
    /// Whether servers can only read it. Can't be changed while one uses it.
    pub readonly: Option<bool>,
    /// Properties that a server takes from the volume as it would from an image, such as hw_disk_bus. A map replaces all that the
    /// volume has, also those of the image that it was made from, but for what tells that image: its id, name, checksum, formats,
    /// size and minima.
    pub image_metadata: Option<BTreeMap<String, String>>,
    /// Where to place the volume.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}))]
    pub scheduler_hints: Option<VolumeSchedulerHints>,
    /// Whether the volume's snapshots are deleted with it, whoever made them. A volume that has some is not deleted otherwise.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub cascade_delete: Option<bool>,
    /// Whether the volume is deleted whatever its status is. Needs administrator's rights. One that a server uses is waited for all
    /// the same.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub force_delete: Option<bool>,
}

/// Whether a retype may move data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationPolicy {
    /// The type changes only if the data can stay where they are.
    Never,
    /// Data move where they must.
    OnDemand,
}

/// Where to place a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeSchedulerHints {
    /// Ids of volumes to share the back end with.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume"}))]
    pub same_host: Option<Vec<String>>,
    /// Ids of volumes to keep away from.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume"}))]
    pub different_host: Option<Vec<String>>,
    /// Id of the server whose host to be on.
    #[schemars(extend("x-os" = {"ref": "compute.Server"}))]
    pub local_to_instance: Option<String>,
    /// Condition on back ends, in the JSON filter's language.
    pub query: Option<String>,
    /// Hints of the cloud's own.
    pub additional_properties: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeObservation {
    /// Id of the volume.
    pub id: String,
    /// Such as available, in-use, creating or error.
    pub status: String,
    /// What Cinder says about an error.
    pub fault: String,
    /// Id of the volume's type.
    pub volume_type_id: String,
    /// Servers that use it.
    pub attachments: Vec<VolumeAttachment>,
    /// Whether its data are encrypted.
    pub encrypted: bool,
    /// Whether several servers can use it at once: a matter of its type.
    pub multiattach: bool,
    /// Properties of the image that it was made from, and those of its own.
    pub volume_image_metadata: BTreeMap<String, String>,
    /// State of replication.
    pub replication_status: String,
    /// Id of the user who made it.
    pub user_id: String,
    /// Id of the project that owns it.
    #[schemars(extend("x-os" = {"wire": "os-vol-tenant-attr:tenant_id"}))]
    pub project_id: String,
    /// Back end that holds it; told to administrators.
    #[schemars(extend("x-os" = {"wire": "os-vol-host-attr:host"}))]
    pub host: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
    /// When it was last changed, ISO 8601, UTC.
    pub updated_at: String,
}

/// A server's use of a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeAttachment {
    /// Id of the attachment.
    pub attachment_id: String,
    /// Id of the server.
    pub server_id: String,
    /// Device name in the server.
    pub device: String,
    /// When it was attached, ISO 8601, UTC.
    pub attached_at: String,
}
