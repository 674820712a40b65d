//! Offers of volumes: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-transfers-volume-transfers-3-55-or-later>

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::Collection,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use http::Method;
use serde_json::{Value, json};

const STORE: &str = "volume-transfers";

pub(super) const TRANSFERS: Collection = Collection {
    fields: || json!({"volume_id": "", "name": null, "no_snapshots": false}),
    told: || json!({"accepted": false, "destination_project_id": null, "links": []}),
    required: &["volume_id"],
    refers: &[("volume_id", "volumes")],
    update: "",
    brief: &["id", "volume_id", "name", "links"],
    statuses: (202, 200, 202),
    make,
    unmake: |cloud, _, transfer| {
        set(cloud, transfer, json!({"status": "available"}));
        Ok(true)
    },
    show: |_, call, mut transfer| {
        transfer.remove("project_id");
        // Who makes one is told the key, and nobody afterwards.
        if call.method != Method::POST {
            transfer.remove("auth_key");
        }
        transfer
    },
    ..Collection::of(Cinder, STORE, "transfers", "transfer", "Transfer")
};

fn make(cloud: &mut Cloud, _: &Call, mut transfer: Object) -> Outcome<Object> {
    let volume = cloud.one("volumes", text(&transfer, "volume_id"))?;
    if text(&volume, "status") != "available" {
        return Err(Refusal::bad("offer of a busy volume", "Invalid volume: status must be available"));
    }
    set(cloud, &transfer, json!({"status": "awaiting-transfer"}));
    let key = cloud.digits();
    let project = volume.get("os-vol-tenant-attr:tenant_id");
    transfer.extend(object(json!({"auth_key": key.get(..16), "created_at": cloud.time(),
        "source_project_id": project, "project_id": project})));
    Ok(transfer)
}

/// Changes the volume of a transfer.
fn set(cloud: &mut Cloud, transfer: &Object, fields: Value) {
    let found = cloud.store.get_mut("volumes", text(transfer, "volume_id"));
    found.into_iter().for_each(|volume| volume.extend(object(fields.clone())));
}

/// The volume, and unless they stay its snapshots, are the caller's from now on.
pub(super) fn accept(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let transfer = cloud.one(STORE, id)?;
    let key = call.body.pointer("/accept/auth_key").and_then(Value::as_str);
    if key != Some(text(&transfer, "auth_key")) {
        let why = format!("Invalid auth key: Attempt to transfer {id} with invalid auth key.");
        return Err(Refusal::bad("wrong key of a transfer", why));
    }
    let (volume, project) = (text(&transfer, "volume_id"), &call.who.project);
    let mine =
        json!({"status": "available", "os-vol-tenant-attr:tenant_id": project, "user_id": call.who.user});
    set(cloud, &transfer, mine);
    let snapshots = cloud.store.having("snapshots", "volume_id", volume);
    let snapshots: Vec<_> = snapshots.map(|snapshot| text(snapshot, "id").to_owned()).collect();
    for snapshot in snapshots.iter().filter(|_| !truth(&transfer, "no_snapshots")) {
        let found = cloud.store.get_mut("snapshots", snapshot);
        let mine = json!({"os-extended-snapshot-attributes:project_id": project});
        found.into_iter().for_each(|snapshot| snapshot.extend(object(mine.clone())));
    }
    cloud.store.remove(STORE, id);
    let told = super::summary(&transfer, TRANSFERS.brief);
    Ok(Done::new(202, json!({ "transfer": told })))
}
