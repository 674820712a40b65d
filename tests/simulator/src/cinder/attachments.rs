//! Attachments of Cinder's own: <https://docs.openstack.org/api-ref/block-storage/v3/#attachments>

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::{Collection, not_found},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use http::Method;
use serde_json::{Value, json};

const STORE: &str = "attachments";

pub(super) const ATTACHMENTS: Collection = Collection {
    fields: || json!({"volume_uuid": "", "instance_uuid": null, "connector": null, "mode": null}),
    required: &["volume_uuid"],
    fixed: &["volume_uuid", "instance_uuid", "mode"],
    refers: &[("volume_uuid", "volumes")],
    brief: &["id", "status", "instance", "volume_id"],
    statuses: (200, 200, 200),
    make,
    change: |cloud, _, old, new| {
        let mut attachment = old.clone();
        connect(cloud, &mut attachment, new.get("connector"));
        Ok(attachment)
    },
    unmake: |cloud, _, attachment| {
        let free = json!({"status": "available", "attachments": []});
        let volume = cloud.store.get_mut("volumes", text(attachment, "volume_id"));
        volume.into_iter().for_each(|volume| volume.extend(object(free.clone())));
        Ok(true)
    },
    show: |_, call, mut attachment| {
        attachment.remove("project_id");
        // Who makes one is told of the moment before it was connected.
        if call.method == Method::POST {
            attachment.insert("status".to_owned(), json!("reserved"));
        }
        attachment
    },
    ..Collection::of(Cinder, STORE, "attachments", "attachment", "Attachment")
};

fn make(cloud: &mut Cloud, _: &Call, sent: Object) -> Outcome<Object> {
    let volume = cloud.one("volumes", text(&sent, "volume_uuid"))?;
    let (id, status) = (text(&volume, "id"), text(&volume, "status"));
    if status != "available" {
        let why = format!(
            "Invalid volume: Volume {id} status must be available or downloading to reserve, but the current status is {status}."
        );
        return Err(Refusal::bad("reservation of a busy volume", why));
    }
    let mode = sent.get("mode").filter(|mode| !mode.is_null()).cloned().unwrap_or(json!("null"));
    let mut attachment = object(json!({"id": text(&sent, "id"), "volume_id": id, "status": "reserved",
        "instance": sent.get("instance_uuid"), "attach_mode": mode, "attached_at": "", "detached_at": "",
        "connection_info": {}, "project_id": text(&volume, "os-vol-tenant-attr:tenant_id")}));
    set(cloud, id, json!({"status": "reserved"}));
    connect(cloud, &mut attachment, sent.get("connector"));
    Ok(attachment)
}

/// What the host has to know.
fn connect(cloud: &mut Cloud, attachment: &mut Object, connector: Option<&Value>) {
    let Some(host) = connector.and_then(|connector| connector.get("host")) else { return };
    let info = json!({"driver_volume_type": "iscsi", "access_mode": "rw", "attachment_id": text(attachment, "id"),
        "enforce_multipath": false});
    let now =
        json!({"status": "attaching", "attached_at": cloud.time(), "connection_info": info, "_host": host});
    set(cloud, text(attachment, "volume_id"), json!({"status": "attaching"}));
    attachment.extend(object(now));
}

fn set(cloud: &mut Cloud, volume: &str, fields: Value) {
    let found = cloud.store.get_mut("volumes", volume);
    found.into_iter().for_each(|volume| volume.extend(object(fields.clone())));
}

/// `os-complete`.
pub(super) fn act(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let mut attachment = cloud.one(STORE, id)?;
    if !ATTACHMENTS.visible(call, &attachment) {
        return Err(not_found(STORE, id));
    }
    if call.body.get("os-complete").is_none() {
        return Err(Refusal::bad("unknown action on an attachment", "There is no such action."));
    }
    let volume = text(&attachment, "volume_id").to_owned();
    let at = json!([{"id": volume, "volume_id": volume, "attachment_id": id, "server_id": attachment.get("instance"),
        "device": "na", "host_name": attachment.get("_host"), "attached_at": text(&attachment, "attached_at")}]);
    set(cloud, &volume, json!({"status": "in-use", "attachments": at}));
    attachment.insert("status".to_owned(), json!("attached"));
    cloud.store.put(STORE, attachment);
    Ok(Done::nothing(204))
}
