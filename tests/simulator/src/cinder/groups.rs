//! Groups of volumes and their snapshots: <https://docs.openstack.org/api-ref/block-storage/v3/#generic-volume-groups-groups>

use crate::{
    call::{Call, Service::Cinder},
    cloud::Cloud,
    collection::Collection,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

pub(super) const TYPES: Collection = Collection {
    fields: || json!({"name": "", "description": null, "is_public": true, "group_specs": {}}),
    required: &["name"],
    unique: &["name"],
    statuses: (202, 200, 202),
    admin: true,
    unmake: |cloud, _, kind| match cloud.store.having("groups", "group_type", text(kind, "id")).next() {
        Some(_) => Err(Refusal::bad("group type in use", "Target group type is still in use.")),
        None => Ok(true),
    },
    ..Collection::of(Cinder, "group_types", "group_types", "group_type", "Group type")
};

pub(super) const GROUPS: Collection = Collection {
    fields: || json!({"name": null, "description": null, "group_type": null, "volume_types": [], "availability_zone": "nova"}),
    told: || json!({"status": "creating", "group_snapshot_id": null, "source_group_id": null}),
    required: &["group_type", "volume_types"],
    fixed: &["group_type", "volume_types", "availability_zone"],
    brief: &["id", "name"],
    statuses: (202, 202, 202),
    make: |cloud, call, group| {
        cloud.one("group_types", text(&group, "group_type"))?;
        Ok(made(cloud, call, group))
    },
    unmake: |_, _, _| Err(Refusal::new(405, "DELETE of a group", "The method is not allowed here.")),
    show: |_, call, group| {
        if call.method == http::Method::GET { group } else { super::summary(&group, &["id", "name"]) }
    },
    ..Collection::of(Cinder, "groups", "groups", "group", "Group")
};

pub(super) const SNAPSHOTS: Collection = Collection {
    fields: || json!({"name": null, "description": null, "group_id": null}),
    told: || json!({"status": "creating"}),
    required: &["group_id"],
    update: "",
    brief: &["id", "name"],
    statuses: (202, 200, 202),
    make: |cloud, _, mut snapshot| {
        let group = cloud.one("groups", text(&snapshot, "group_id"))?;
        if cloud.store.having("volumes", "group_id", text(&group, "id")).next().is_none() {
            let why =
                format!("Invalid Group: Group {} is empty. No snapshot will be created.", text(&group, "id"));
            return Err(Refusal::bad("snapshot of a group without volumes", why));
        }
        let facts = json!({"group_type_id": group.get("group_type"), "created_at": cloud.time()});
        snapshot.extend(object(facts));
        let done = |cloud: &mut Cloud, id: &str| super::come(cloud, "group_snapshots", id, json!({}));
        cloud.later(super::WORK, done, text(&snapshot, "id"));
        Ok(snapshot)
    },
    unmake: |cloud, _, snapshot| {
        super::go(cloud, "group_snapshots", snapshot);
        let gone = |cloud: &mut Cloud, id: &str| drop(cloud.store.remove("group_snapshots", id));
        cloud.later(super::WORK, gone, text(snapshot, "id"));
        Ok(false)
    },
    show: |_, call, snapshot| {
        let part: &[&str] = &["id", "name", "group_type_id"];
        if call.method == http::Method::GET { snapshot } else { super::summary(&snapshot, part) }
    },
    ..Collection::of(Cinder, "group_snapshots", "group_snapshots", "group_snapshot", "Group snapshot")
};

fn made(cloud: &mut Cloud, _: &Call, mut group: Object) -> Object {
    group.insert("created_at".to_owned(), json!(cloud.time()));
    let done = |cloud: &mut Cloud, id: &str| super::come(cloud, "groups", id, json!({}));
    cloud.later(super::WORK, done, text(&group, "id"));
    group
}

/// A group that is made from another one, or from its snapshot.
pub(super) fn copy(cloud: &mut Cloud, call: &Call) -> Outcome {
    let sent = call.object("create-from-src");
    let sent =
        sent.ok_or_else(|| Refusal::bad("group of no source", "create-from-src is a required property"))?;
    let source = match (text(&sent, "group_snapshot_id"), text(&sent, "source_group_id")) {
        ("", group) => cloud.one("groups", group)?,
        (snapshot, _) => {
            let snapshot = cloud.one("group_snapshots", snapshot)?;
            cloud.one("groups", text(&snapshot, "group_id"))?
        }
    };
    let id = cloud.uuid();
    let mut group = GROUPS.complete(id, sent);
    let same = ["group_type", "volume_types", "availability_zone"];
    group.extend(same.map(|field| (field.to_owned(), source.get(field).cloned().unwrap_or_default())));
    let group = made(cloud, call, group);
    cloud.store.put("groups", group.clone());
    Ok(Done::new(202, json!({"group": super::summary(&group, &["id", "name"])})))
}

/// Volumes that leave the group.
pub(super) fn remove(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    cloud.one("groups", id)?;
    let volumes = call.body.pointer("/group/remove_volumes").and_then(Value::as_str).unwrap_or_default();
    for volume in volumes.split(',') {
        let volume = cloud.store.get_mut("volumes", volume).filter(|volume| text(volume, "group_id") == id);
        let none = || Refusal::bad("no such volume in a group", format!("Volume is not in group {id}."));
        volume.ok_or_else(none)?.insert("group_id".to_owned(), Value::Null);
    }
    Ok(Done::nothing(202))
}

/// There is no DELETE.
pub(super) fn delete(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let group = cloud.one("groups", id)?;
    let how = call.body.get("delete");
    let how = how.ok_or_else(|| Refusal::bad("unknown group action", "There is no such action."))?;
    let volumes: Vec<_> =
        cloud.store.having("volumes", "group_id", id).map(|volume| text(volume, "id").to_owned()).collect();
    let along = how.get("delete-volumes") == Some(&Value::Bool(true));
    if !along && !volumes.is_empty() {
        let why = format!("Invalid Group: Group {id} is not empty. delete-volumes flag should be set.");
        return Err(Refusal::bad("deletion of a group with volumes", why));
    }
    volumes.iter().for_each(|volume| drop(cloud.store.remove("volumes", volume)));
    super::go(cloud, "groups", &group);
    cloud.later(super::WORK, |cloud, id| drop(cloud.store.remove("groups", id)), id);
    Ok(Done::nothing(202))
}
