//! Kinds of the block storage service, Cinder.

pub mod block_storage_attachment;
pub mod block_storage_quota;
pub mod block_storage_quota_class;
pub mod block_storage_snapshot;
pub mod default_volume_type;
pub mod quota;
pub mod shared;
pub mod volume;
pub mod volume_backup;
pub mod volume_group;
pub mod volume_group_snapshot;
pub mod volume_group_type;
pub mod volume_qos;
pub mod volume_qos_association;
pub mod volume_transfer;
pub mod volume_transfer_acceptance;
pub mod volume_type;
pub mod volume_type_access;

kinds! {
    block_storage_attachment::BlockStorageAttachment,
    block_storage_quota::BlockStorageQuota,
    block_storage_quota_class::BlockStorageQuotaClass,
    block_storage_snapshot::BlockStorageSnapshot,
    default_volume_type::DefaultVolumeType,
    volume::Volume,
    volume_backup::VolumeBackup,
    volume_group::VolumeGroup,
    volume_group_snapshot::VolumeGroupSnapshot,
    volume_group_type::VolumeGroupType,
    volume_qos::VolumeQoS,
    volume_qos_association::VolumeQoSAssociation,
    volume_transfer::VolumeTransfer,
    volume_transfer_acceptance::VolumeTransferAcceptance,
    volume_type::VolumeType,
    volume_type_access::VolumeTypeAccess,
}

#[cfg(test)]
mod tests;
