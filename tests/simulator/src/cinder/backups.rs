//! Backups: <https://docs.openstack.org/api-ref/block-storage/v3/#backups-backups>

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, object, text, truth},
};
use serde_json::{Value, json};

pub(super) const BACKUPS: Collection = Collection {
    fields: || {
        json!({"name": null, "description": null, "volume_id": null, "snapshot_id": null, "incremental": false,
            "force": false, "container": null, "availability_zone": "nova", "metadata": {}})
    },
    told: || {
        json!({"status": "creating", "fail_reason": null, "object_count": 0, "has_dependent_backups": false,
            "updated_at": null})
    },
    required: &["volume_id"],
    fixed: &["volume_id", "snapshot_id", "incremental", "force", "container", "availability_zone"],
    brief: &["id", "name", "links"],
    statuses: (202, 200, 202),
    make,
    unmake: |cloud, _, backup| {
        super::go(cloud, "backups", backup);
        cloud.later(super::WORK, |cloud, id| drop(cloud.store.remove("backups", id)), text(backup, "id"));
        Ok(false)
    },
    show: |_, call, mut backup| {
        if call.method == http::Method::GET {
            let incremental = truth(&backup, "incremental");
            backup.retain(|name, _| !["incremental", "force"].contains(&name.as_str()));
            backup.insert("is_incremental".to_owned(), json!(incremental));
            backup
        } else {
            super::summary(&backup, &["id", "name"])
        }
    },
    ..Collection::of(Cinder, "backups", "backups", "backup", "Backup")
};

fn make(cloud: &mut Cloud, call: &Call, mut backup: Object) -> Outcome<Object> {
    let volume = cloud.one("volumes", text(&backup, "volume_id"))?;
    let status = text(&volume, "status");
    if status != "available" && !(status == "in-use" && truth(&backup, "force")) {
        let why = format!(
            "Invalid volume: Volume to be backed up must be available or in-use, but the current status is \"{status}\"."
        );
        return Err(Refusal::bad("backup of a busy volume", why));
    }
    if truth(&backup, "incremental")
        && cloud.store.having("backups", "volume_id", text(&volume, "id")).next().is_none()
    {
        return Err(Refusal::bad(
            "first backup that is incremental",
            "Invalid backup: No backups available to do an incremental backup.",
        ));
    }
    let facts = json!({"size": volume.get("size"), "user_id": call.who.user, "created_at": cloud.time(),
        "data_timestamp": cloud.time(), "os-backup-project-attr:project_id": call.who.project, "_metadata": volume.get("metadata")});
    backup.extend(object(facts));
    let done = |cloud: &mut Cloud, id: &str| super::come(cloud, "backups", id, json!({"object_count": 1}));
    cloud.later(super::WORK, done, text(&backup, "id"));
    Ok(backup)
}

/// What becomes of a volume that is restored: all its metadata are those of the backup's volume, and say which backup it was.
pub(super) fn restored(backup: &Object) -> Value {
    let kept = backup.get("_metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    json!({"metadata": merged(&kept, object(json!({"src_backup_id": backup.get("id")})))})
}
