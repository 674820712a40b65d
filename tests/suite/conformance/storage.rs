//! Rows of what stands around Cinder's volumes: <https://docs.openstack.org/api-ref/block-storage/v3/>

use super::Row;
use serde_json::json;

fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "block_storage", path, key)
}

pub fn rows() -> Vec<Row> {
    [copies(), connections(), groups(), types(), quotas()].into_iter().flatten().collect()
}

fn copies() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "data-monday", "description": "Before the upgrade", "status": "available",
                "volume_id": "@blockstorage.Volume/archive", "metadata": {"team": "shop", "kupenstack": "[kupenstack:*"}}),
            change: json!({"name": "data-tuesday", "description": "After it", "metadata": {"team": "b"}}),
            changed: json!({"name": "data-tuesday", "description": "After it",
                "metadata": {"team": "b", "kupenstack": "[kupenstack:*"}}),
            drift: Some(("PUT", "/snapshots/{id}", json!({"snapshot": {"name": "theirs"}}))),
            ..row("blockstorage.BlockStorageSnapshot", "/snapshots/{id}", "snapshot")
        },
        Row {
            created: json!({"name": "data-weekly", "status": "available", "is_incremental": false,
                "volume_id": "@blockstorage.Volume/archive", "metadata": {"team": "shop", "kupenstack": "[kupenstack:*"}}),
            change: json!({"name": "data-monthly", "description": "Every month", "metadata": {"team": "b"}}),
            changed: json!({"name": "data-monthly", "description": "Every month",
                "metadata": {"team": "b", "kupenstack": "[kupenstack:*"}}),
            drift: Some(("PUT", "/backups/{id}", json!({"backup": {"name": "theirs"}}))),
            ..row("blockstorage.VolumeBackup", "/backups/{id}", "backup")
        },
    ]
}

fn connections() -> Vec<Row> {
    vec![
        Row {
            created: json!({"volume_id": "@blockstorage.Volume/metal", "status": "attached", "attach_mode": "ro",
                "instance": null, "connection_info": {"driver_volume_type": "iscsi"}}),
            keys: &["connection-info"],
            rigged: true,
            ..row("blockstorage.BlockStorageAttachment", "/attachments/{id}", "attachment")
        },
        Row {
            created: json!({"volume_id": "@blockstorage.Volume/handover", "name": "handover", "no_snapshots": true,
                "accepted": false}),
            keys: &["auth-key", "id"],
            ..row("blockstorage.VolumeTransfer", "/volume-transfers/{id}", "transfer")
        },
        Row {
            created: json!({"id": "@blockstorage.Volume/handed-on", "status": "available"}),
            stays: true,
            ..row("blockstorage.VolumeTransferAcceptance", "/volumes/{id}", "volume")
        },
    ]
}

fn groups() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-consistent"}),
            created: json!({"name": "conformance-consistent", "is_public": true, "group_specs": {"quality:tier": "flash"},
                "description": "Snapshots of all volumes at one moment [kupenstack:*"}),
            change: json!({"name": "@unique", "description": "Apart"}),
            changed: json!({"name": "@unique", "description": "Apart [kupenstack:*"}),
            drift: Some(("PUT", "/group_types/{id}", json!({"group_type": {"description": "theirs"}}))),
            ..row("blockstorage.VolumeGroupType", "/group_types/{id}", "group_type")
        },
        Row {
            created: json!({"is_public": true, "group_specs": {"tier": "a", "keep": "1"}}),
            change: json!({"isPublic": false, "groupSpecs": {"keep": "2", "new": "b", "tier": null}}),
            changed: json!({"is_public": false, "group_specs": {"keep": "2", "new": "b", "tier": null}}),
            ..row("blockstorage.VolumeGroupType", "/group_types/{id}", "group_type").also(
                "apart",
                "admin",
                &json!({"name": "conformance-apart", "isPublic": true, "groupSpecs": {"tier": "a", "keep": "1"}}),
            )
        },
        Row {
            created: json!({"name": "ledger", "status": "available", "description": "Data and log of the ledger [kupenstack:*",
                "group_type": "@blockstorage.VolumeGroupType/consistent", "volume_types": ["@blockstorage.VolumeType/fast"]}),
            change: json!({"name": "books", "description": "Data and log of the books"}),
            changed: json!({"name": "books", "description": "Data and log of the books [kupenstack:*"}),
            drift: Some(("PUT", "/groups/{id}", json!({"group": {"name": "theirs"}}))),
            ..row("blockstorage.VolumeGroup", "/groups/{id}", "group")
        },
        Row {
            created: json!({"name": "ledger-monday", "status": "available", "description": "Before the upgrade [kupenstack:*",
                "group_id": "@blockstorage.VolumeGroup/ledger"}),
            ..row("blockstorage.VolumeGroupSnapshot", "/group_snapshots/{id}", "group_snapshot")
        },
    ]
}

fn types() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-fast"}),
            created: json!({"name": "conformance-fast", "consumer": "front-end", "specs": {"total_iops_sec": "2000"}}),
            change: json!({"consumer": "both", "specs": {"total_iops_sec": null, "read_iops_sec": "500"}}),
            changed: json!({"consumer": "both", "specs": {"total_iops_sec": null, "read_iops_sec": "500"}}),
            drift: Some(("PUT", "/qos-specs/{id}", json!({"qos_specs": {"theirs": "1"}}))),
            ..row("blockstorage.VolumeQoS", "/qos-specs/{id}", "qos_specs")
        },
        Row {
            created: json!([{"association_type": "volume_type", "id": "@blockstorage.VolumeType/metered"}]),
            after: json!([]),
            ..row("blockstorage.VolumeQoSAssociation", "/qos-specs/{0}/associations", "qos_associations")
        },
        Row {
            created: json!([{"volume_type_id": "@blockstorage.VolumeType/private", "project_id": "@identity.Project/shop"}]),
            after: json!([]),
            ..row("blockstorage.VolumeTypeAccess", "/types/{0}/os-volume-type-access", "volume_type_access")
        },
        Row {
            created: json!({"project_id": "@identity.Project/shop", "volume_type_id": "@blockstorage.VolumeType/fast"}),
            change: json!({"volumeTypeId": "@blockstorage.VolumeType/hidden"}),
            changed: json!({"volume_type_id": "@blockstorage.VolumeType/hidden"}),
            drift: Some(("PUT", "/default-types/{id}", json!({"default_type": {"volume_type": "rig"}}))),
            ..row("blockstorage.DefaultVolumeType", "/default-types/{id}", "default_type")
        },
    ]
}

fn quotas() -> Vec<Row> {
    vec![
        Row {
            created: json!({"volumes": 20, "snapshots": 40, "gigabytes": 2000, "per_volume_gigabytes": 500, "backups": 20,
                "backup_gigabytes": 2000, "groups": 5, "volumes___DEFAULT__": 2}),
            change: json!({"volumes": -1, "snapshots": 4, "gigabytes": 200, "perVolumeGigabytes": 50, "backups": 2,
                "backupGigabytes": 20, "groups": 1, "volumeTypeLimits": {"volumes___DEFAULT__": 3, "gigabytes___DEFAULT__": 30}}),
            changed: json!({"volumes": -1, "snapshots": 4, "gigabytes": 200, "per_volume_gigabytes": 50, "backups": 2,
                "backup_gigabytes": 20, "groups": 1, "volumes___DEFAULT__": 3, "gigabytes___DEFAULT__": 30}),
            drift: Some(("PUT", "/os-quota-sets/{id}", json!({"quota_set": {"snapshots": 5}}))),
            stays: true,
            ..row("blockstorage.BlockStorageQuota", "/os-quota-sets/{id}", "quota_set")
        },
        // A class that no project is in.
        Row {
            instead: json!({"className": "conformance"}),
            created: json!({"volumes": 10, "gigabytes": 500}),
            change: json!({"volumes": 11, "snapshots": 4, "gigabytes": 200, "perVolumeGigabytes": 50, "backups": 2,
                "backupGigabytes": 20, "groups": 1, "volumeTypeLimits": {"volumes___DEFAULT__": 3}}),
            changed: json!({"volumes": 11, "snapshots": 4, "gigabytes": 200, "per_volume_gigabytes": 50, "backups": 2,
                "backup_gigabytes": 20, "groups": 1, "volumes___DEFAULT__": 3}),
            drift: Some(("PUT", "/os-quota-class-sets/{id}", json!({"quota_class_set": {"snapshots": 5}}))),
            stays: true,
            ..row("blockstorage.BlockStorageQuotaClass", "/os-quota-class-sets/{id}", "quota_class_set")
        },
    ]
}
