//! Cinder: <https://docs.openstack.org/api-ref/block-storage/v3/>

mod access;
mod attachments;
mod backups;
mod encryption;
mod groups;
mod qos;
mod snapshots;
mod transfers;

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::{Collection, merged},
    nova::Specs,
    quotas::Quotas,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

/// Seconds that a volume's changes take.
const WORK: i64 = 1;

pub(crate) static COLLECTIONS: &[Collection] = &[
    Collection {
        fields: || {
            json!({"name": null, "description": null, "size": null, "volume_type": null, "availability_zone": "nova",
                "imageRef": null, "snapshot_id": null, "source_volid": null, "backup_id": null, "group_id": null,
                "consistencygroup_id": null, "metadata": {}, "multiattach": false})
        },
        told: || {
            json!({"status": "creating", "bootable": "false", "encrypted": false, "attachments": [],
                "replication_status": null, "migration_status": null, "links": []})
        },
        fixed: &["size", "volume_type", "availability_zone", "imageRef", "snapshot_id", "source_volid"],
        brief: &["id", "name", "links"],
        statuses: (202, 200, 202),
        make: make_volume,
        unmake: unmake_volume,
        show: show_volume,
        ..Collection::of(Cinder, "volumes", "volumes", "volume", "Volume")
    },
    Collection {
        fields: || json!({"name": "", "description": null, "os-volume-type-access:is_public": true, "is_public": true, "extra_specs": {}}),
        told: || json!({"qos_specs_id": null}),
        required: &["name"],
        unique: &["name"],
        statuses: (200, 200, 202),
        admin: true,
        make: |_, _, mut kind| {
            let public = kind.get("os-volume-type-access:is_public").cloned().unwrap_or_default();
            kind.insert("is_public".to_owned(), public);
            Ok(kind)
        },
        change: |_, _, old, new| {
            let mut kind = merged(old, new);
            let public = kind.get("is_public").cloned().unwrap_or_default();
            kind.insert("os-volume-type-access:is_public".to_owned(), public);
            Ok(kind)
        },
        unmake: |cloud, _, kind| match cloud
            .store
            .having("volumes", "volume_type_id", text(kind, "id"))
            .next()
        {
            Some(_) => Err(Refusal::bad("volume type in use", "Target volume type is still in use.")),
            None => {
                cloud.store.clear("os-volume-type-access", "volume_type_id", text(kind, "id"));
                cloud.store.clear(encryption::STORE, "volume_type_id", text(kind, "id"));
                Ok(true)
            }
        },
        ..Collection::of(Cinder, "types", "volume_types", "volume_type", "Volume type")
    },
    snapshots::SNAPSHOTS,
    backups::BACKUPS,
    groups::TYPES,
    groups::GROUPS,
    groups::SNAPSHOTS,
    attachments::ATTACHMENTS,
    transfers::TRANSFERS,
    Collection { update: "", ..Collection::of(Cinder, "messages", "messages", "message", "Message") },
];

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    match call.parts().as_slice() {
        ["types", kind, "extra_specs", rest @ ..] => {
            let specs = Specs { collection: "types", field: "extra_specs", made: 200, deleted: 202 };
            Some(specs.answer(cloud, call, kind, rest))
        }
        ["group_types", kind, "group_specs", rest @ ..] => {
            let specs = Specs { collection: "group_types", field: "group_specs", made: 202, deleted: 202 };
            Some(specs.answer(cloud, call, kind, rest))
        }
        ["types", kind, below @ ("action" | "os-volume-type-access")] => {
            Some(access::access(cloud, call, kind, below))
        }
        ["types", kind, "encryption", rest @ ..] => Some(encryption::answer(cloud, call, kind, rest)),
        ["default-types", project] => Some(access::default(cloud, call, project)),
        ["qos-specs", rest @ ..] => Some(qos::answer(cloud, call, rest)),
        ["os-quota-sets", project] => Some(QUOTAS.answer(cloud, call, project)),
        ["os-quota-class-sets", class] => Some(CLASSES.answer(cloud, call, class)),
        ["snapshots", snapshot, "metadata"] => Some(snapshots::metadata(cloud, call, snapshot)),
        ["groups", "action"] => Some(groups::copy(cloud, call)),
        ["groups", group] if call.body.pointer("/group/remove_volumes").is_some() => {
            Some(groups::remove(cloud, call, group))
        }
        ["groups", group, "action"] => Some(groups::delete(cloud, call, group)),
        ["attachments", attachment, "action"] => Some(attachments::act(cloud, call, attachment)),
        ["volume-transfers", transfer, "accept"] => Some(transfers::accept(cloud, call, transfer)),
        ["volumes", volume, "action"] => Some(act(cloud, call, volume)),
        _ => None,
    }
}

const QUOTAS: Quotas =
    Quotas { store: "volume-quotas", key: "quota_set", defaults: limits, deleted: Some(200) };

const CLASSES: Quotas =
    Quotas { store: "os-quota-class-sets", key: "quota_class_set", defaults: limits, deleted: None };

/// Of each volume type as well.
fn limits(cloud: &Cloud) -> Value {
    let mut limits =
        object(json!({"volumes": 10, "snapshots": 10, "gigabytes": 1000, "per_volume_gigabytes": -1,
        "backups": 10, "backup_gigabytes": 1000, "groups": 10}));
    for kind in cloud.store.all("types") {
        let of = |what: &str| (format!("{what}_{}", text(kind, "name")), json!(-1));
        limits.extend(["volumes", "snapshots", "gigabytes"].map(of));
    }
    Value::Object(limits)
}

/// What was being made is there.
fn come(cloud: &mut Cloud, collection: &'static str, id: &str, more: Value) {
    let now = cloud.time();
    if let Some(found) =
        cloud.store.get_mut(collection, id).filter(|found| text(found, "status") == "creating")
    {
        found.extend(object(more));
        found.insert("status".to_owned(), json!("available"));
        if found.contains_key("updated_at") {
            found.insert("updated_at".to_owned(), json!(now));
        }
    }
}

/// What is being deleted.
fn go(cloud: &mut Cloud, collection: &'static str, found: &Object) {
    cloud.store.put(collection, merged(found, object(json!({"status": "deleting"}))));
}

/// A part of an object, which is what a create is answered with.
fn summary(whole: &Object, fields: &[&str]) -> Object {
    whole
        .iter()
        .filter(|(name, _)| fields.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The type that Cinder brings.
pub(crate) fn furnish(cloud: &mut Cloud) {
    let fields = json!({"id": cloud.uuid(), "name": "__DEFAULT__", "description": "Default Volume Type", "is_public": true,
        "os-volume-type-access:is_public": true, "extra_specs": {}, "qos_specs_id": null});
    cloud.store.put("types", object(fields));
}

/// Id and name of the type by either; without one, the one that Cinder brings.
fn kind(cloud: &Cloud, wanted: &str) -> Outcome<(String, String)> {
    let wanted = if wanted.is_empty() { "__DEFAULT__" } else { wanted };
    let mut all = cloud.store.all("types");
    let found = all.find(|kind| text(kind, "id") == wanted || text(kind, "name") == wanted);
    let found = found.ok_or_else(|| {
        Refusal::new(404, "volume of no type", format!("Volume type with name {wanted} could not be found."))
    })?;
    Ok((text(found, "id").to_owned(), text(found, "name").to_owned()))
}

fn make_volume(cloud: &mut Cloud, call: &Call, mut volume: Object) -> Outcome<Object> {
    let source =
        ["snapshot_id", "source_volid", "backup_id"].iter().any(|field| !text(&volume, field).is_empty());
    if !source && volume.get("size").is_none_or(Value::is_null) {
        return Err(Refusal::bad(
            "volume of no size",
            "Invalid volume size provided for create request: None (size argument must be an integer and greater than zero).",
        ));
    }
    let (id, name) = kind(cloud, text(&volume, "volume_type"))?;
    let facts = json!({"volume_type": name, "volume_type_id": id, "user_id": call.who.user, "updated_at": null,
        "created_at": cloud.time(), "os-vol-tenant-attr:tenant_id": call.who.project,
        "bootable": if text(&volume, "imageRef").is_empty() { "false" } else { "true" }});
    volume.extend(object(facts));
    if let Some(backup) = cloud.store.get("backups", text(&volume, "backup_id")) {
        volume.insert("_due".to_owned(), backups::restored(backup));
    }
    cloud.later(WORK, settle, text(&volume, "id"));
    Ok(volume)
}

/// What a volume was being made or changed into, it is.
fn settle(cloud: &mut Cloud, id: &str) {
    let now = cloud.time();
    if let Some(volume) = cloud.store.get_mut("volumes", id) {
        let attached = volume.get("attachments").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        volume.insert("status".to_owned(), json!(if attached { "in-use" } else { "available" }));
        let due = volume.remove("_due").unwrap_or_default();
        volume.extend(object(due));
        volume.insert("updated_at".to_owned(), json!(now));
    }
}

fn unmake_volume(cloud: &mut Cloud, call: &Call, volume: &Object) -> Outcome<bool> {
    let (id, status) = (text(volume, "id"), text(volume, "status"));
    let busy =
        !["available", "error", "error_deleting", "error_restoring", "error_extending"].contains(&status);
    let group = text(volume, "group_id");
    let [cascade, force] = ["cascade", "force"].map(|flag| call.asked(flag) == Some("true"));
    if force && !call.who.admin {
        let why = "Policy doesn't allow volume:force_delete to be performed.";
        return Err(Refusal::forbidden("force without rights", why));
    }
    // With cascade only snapshots at work, of a group's or of another project hold a volume back.
    let free = |snapshot: &Object| {
        let still = ["available", "error", "deleting"].contains(&text(snapshot, "status"));
        let owner = text(snapshot, "os-extended-snapshot-attributes:project_id");
        let own = call.who.admin || call.who.project.as_deref() == Some(owner);
        cascade && still && own && text(snapshot, "group_snapshot_id").is_empty()
    };
    let snapshots: Vec<Object> = cloud.store.having("snapshots", "volume_id", id).cloned().collect();
    if (busy && !force) || !group.is_empty() || !snapshots.iter().all(free) {
        return Err(Refusal::bad(
            "deletion of a busy volume",
            "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and \
             must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from \
             snapshots after volume transfer.",
        ));
    }
    let now = cloud.time();
    if let Some(volume) = cloud.store.get_mut("volumes", id) {
        volume.extend(object(json!({"status": "deleting", "updated_at": now})));
    }
    snapshots.iter().for_each(|snapshot| go(cloud, "snapshots", snapshot));
    let gone = |cloud: &mut Cloud, id: &str| {
        cloud.store.clear("snapshots", "volume_id", id);
        cloud.store.remove("volumes", id);
    };
    cloud.later(WORK, gone, id);
    Ok(false)
}

fn show_volume(_: &Cloud, call: &Call, mut volume: Object) -> Object {
    for hidden in ["imageRef", "backup_id"] {
        volume.remove(hidden);
    }
    if call.minor < 63 {
        volume.remove("volume_type_id");
    }
    if volume.get("volume_image_metadata").and_then(Value::as_object).is_some_and(Object::is_empty) {
        volume.remove("volume_image_metadata");
    }
    volume
}

/// After this is set, or its key taken away.
fn image_metadata(volume: &Object, how: &Value) -> Outcome<Object> {
    let mut have = volume.get("volume_image_metadata").cloned().map(object).unwrap_or_default();
    if let Some(key) = how.get("key").and_then(Value::as_str) {
        have.remove(key).ok_or_else(|| crate::collection::not_found("volumes", key))?;
        return Ok(have);
    }
    Ok(merged(&have, how.get("metadata").cloned().map(object).unwrap_or_default()))
}

fn act(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let volume = cloud.one("volumes", id)?;
    if !call.who.admin && call.who.project.as_deref() != Some(text(&volume, "os-vol-tenant-attr:tenant_id")) {
        return Err(crate::collection::not_found("volumes", id));
    }
    let (action, how) = call
        .body
        .as_object()
        .and_then(|body| body.iter().next())
        .ok_or_else(|| Refusal::bad("no volume action", "no action"))?;
    let status = text(&volume, "status");
    let still = ["available", "in-use"].contains(&status);
    let refuse = || {
        Refusal::bad(
            "action on a busy volume",
            format!(
                "Invalid volume: Volume {id} status must be available or in-use, but current status is: {status}."
            ),
        )
    };
    let (now, due, answer) = match action.as_str() {
        "os-extend" => {
            let size = how.get("new_size").cloned().unwrap_or_default();
            if size.as_u64() <= volume.get("size").and_then(Value::as_u64) {
                return Err(Refusal::bad(
                    "smaller volume",
                    "Invalid input received: New size for extend must be greater than current size.",
                ));
            }
            ("extending", json!({ "size": size }), 202)
        }
        "os-retype" => {
            let wanted = how.get("new_type").and_then(Value::as_str).unwrap_or_default();
            let (id, name) = kind(cloud, wanted)?;
            ("retyping", json!({"volume_type": name, "volume_type_id": id}), 202)
        }
        "os-set_bootable" => {
            let bootable = how.get("bootable") == Some(&json!(true));
            (status, json!({"bootable": bootable.to_string()}), 200)
        }
        "os-update_readonly_flag" => {
            let readonly = if how.get("readonly") == Some(&json!(true)) { "True" } else { "False" };
            let metadata = volume.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
            (status, json!({"metadata": merged(&metadata, object(json!({ "readonly": readonly })))}), 202)
        }
        "os-set_image_metadata" | "os-unset_image_metadata" => {
            (status, json!({"volume_image_metadata": image_metadata(&volume, how)?}), 200)
        }
        _ => return Err(Refusal::bad("unknown volume action", format!("There is no such action: {action}"))),
    };
    if !still {
        return Err(refuse());
    }
    let change = if now == status { due } else { json!({"status": now, "_due": due}) };
    cloud.store.put("volumes", merged(&volume, object(change)));
    if now != status {
        cloud.later(WORK, settle, id);
    }
    Ok(Done::nothing(answer))
}
