//! Snapshots: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots>

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use serde_json::json;

pub(super) const SNAPSHOTS: Collection = Collection {
    fields: || json!({"name": null, "description": null, "volume_id": null, "force": false, "metadata": {}}),
    told: || {
        json!({"status": "creating", "group_snapshot_id": null, "updated_at": null,
            "os-extended-snapshot-attributes:progress": "0%"})
    },
    required: &["volume_id"],
    fixed: &["volume_id", "force", "metadata"],
    brief: &[
        "id",
        "name",
        "description",
        "volume_id",
        "status",
        "size",
        "metadata",
        "created_at",
        "updated_at",
    ],
    statuses: (202, 200, 202),
    make,
    unmake: |cloud, _, snapshot| {
        super::go(cloud, "snapshots", snapshot);
        cloud.later(super::WORK, |cloud, id| drop(cloud.store.remove("snapshots", id)), text(snapshot, "id"));
        Ok(false)
    },
    show: |_, _, mut snapshot| {
        snapshot.remove("force");
        snapshot
    },
    ..Collection::of(Cinder, "snapshots", "snapshots", "snapshot", "Snapshot")
};

fn make(cloud: &mut Cloud, call: &Call, mut snapshot: Object) -> Outcome<Object> {
    let volume = cloud.one("volumes", text(&snapshot, "volume_id"))?;
    let status = text(&volume, "status");
    if status != "available" && !(status == "in-use" && truth(&snapshot, "force")) {
        let why = format!(
            "Invalid volume: Volume {} status must be available, but current status is: {status}.",
            text(&volume, "id")
        );
        return Err(Refusal::bad("snapshot of a busy volume", why));
    }
    let facts = json!({"size": volume.get("size"), "user_id": call.who.user, "created_at": cloud.time(),
        "os-extended-snapshot-attributes:project_id": call.who.project});
    snapshot.extend(object(facts));
    let done = |cloud: &mut Cloud, id: &str| {
        super::come(cloud, "snapshots", id, json!({"os-extended-snapshot-attributes:progress": "100%"}));
    };
    cloud.later(super::WORK, done, text(&snapshot, "id"));
    Ok(snapshot)
}

/// All its metadata at once.
pub(super) fn metadata(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let snapshot = cloud.one("snapshots", id)?;
    let sent = call.object("metadata").filter(|_| call.method == http::Method::PUT);
    let sent =
        sent.ok_or_else(|| Refusal::bad("no snapshot metadata", "'metadata' is a required property"))?;
    cloud.store.put("snapshots", merged(&snapshot, object(json!({ "metadata": sent }))));
    Ok(Done::new(200, json!({ "metadata": sent })))
}
