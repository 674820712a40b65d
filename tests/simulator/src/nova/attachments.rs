//! Volumes at servers: <https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments>

use super::nova;
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

/// Seconds until a volume is off its server.
const DETACH: i64 = 1;

pub(super) const ATTACHMENTS: Collection = Collection {
    fields: || json!({"volumeId": "", "device": null, "tag": null, "delete_on_termination": false}),
    required: &["volumeId"],
    statuses: (200, 202, 202),
    make: |cloud, call, attachment| {
        let server = call.within.first().map(|(_, id)| id.clone()).unwrap_or_default();
        let busy = cloud.one("servers", &server)?;
        if text(&busy, "status") == "BUILD" {
            return Err(Refusal::conflict(
                "attachment to a server being built",
                format!("Cannot 'attach_volume' instance {server} while it is in vm_state building"),
            ));
        }
        let ends = attachment.get("delete_on_termination") == Some(&json!(true));
        let mut whole = attach(cloud, &server, text(&attachment, "volumeId"), !ends)?;
        whole.insert("tag".to_owned(), attachment.get("tag").cloned().unwrap_or_default());
        Ok(whole)
    },
    change: |_, _, old, new| Ok(collection::merged(old, new)),
    unmake: |cloud, _, attachment| {
        let volume = text(attachment, "volumeId");
        if let Some(volume) = cloud.store.get_mut("volumes", volume) {
            volume.insert("status".to_owned(), json!("detaching"));
        }
        cloud.later(DETACH, detached, volume);
        Ok(false)
    },
    ..nova("os-volume_attachments", "volumeAttachments", "volumeAttachment", "volume_id")
};

/// They are named by their volume, below their server.
pub(super) fn answer(cloud: &mut Cloud, call: &mut Call, server: &str, rest: &[&str]) -> Outcome {
    cloud.one("servers", server)?;
    call.within = vec![("serverId", server.to_owned())];
    let parts: Vec<_> = [&["os-volume_attachments"], rest].concat();
    collection::answer(cloud, call, &parts)
}

/// Puts an available volume at a server.
pub(super) fn attach(cloud: &mut Cloud, server: &str, volume: &str, stays: bool) -> Outcome<Object> {
    let found = cloud.store.get("volumes", volume);
    let found = found.ok_or_else(|| {
        Refusal::new(404, "attachment of no volume", format!("Volume {volume} could not be found."))
    })?;
    if text(found, "status") != "available" {
        let why = format!(
            "Invalid volume: volume {volume} status must be 'available'. Currently in '{}'",
            text(found, "status")
        );
        return Err(Refusal::bad("attachment of a volume in use", why));
    }
    let attachment = cloud.uuid();
    let at = json!([{"id": volume, "volume_id": volume, "attachment_id": attachment, "server_id": server, "device": "/dev/vda",
        "host_name": "host-1", "attached_at": cloud.time()}]);
    if let Some(volume) = cloud.store.get_mut("volumes", volume) {
        volume.extend(object(json!({"status": "in-use", "attachments": at})));
    }
    let fields = json!({"id": volume, "volumeId": volume, "serverId": server, "attachment_id": attachment, "bdm_uuid": attachment,
        "device": "/dev/vda", "tag": null, "delete_on_termination": !stays});
    cloud.store.put("os-volume_attachments", object(fields.clone()));
    Ok(object(fields))
}

fn detached(cloud: &mut Cloud, volume: &str) {
    cloud.store.remove("os-volume_attachments", volume);
    if let Some(volume) = cloud.store.get_mut("volumes", volume) {
        volume.extend(object(json!({"status": "available", "attachments": []})));
    }
}

/// A server that goes lets its volumes go, or takes them along.
pub(super) fn release(cloud: &mut Cloud, server: &str) {
    let all = cloud.store.having("os-volume_attachments", "serverId", server);
    let all: Vec<_> = all
        .map(|one| {
            (text(one, "volumeId").to_owned(), one.get("delete_on_termination") == Some(&Value::Bool(true)))
        })
        .collect();
    for (volume, ends) in all {
        detached(cloud, &volume);
        if ends {
            cloud.store.remove("volumes", &volume);
        }
    }
}
