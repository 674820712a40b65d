//! Glance: <https://docs.openstack.org/api-ref/image/v2/>

mod members;
mod metadefs;

use crate::{
    call::{Call, Service::Glance},
    cloud::Cloud,
    collection::{self, Collection, merged},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// Seconds until an import is done.
const IMPORT: i64 = 2;

pub(crate) static COLLECTIONS: &[Collection] = &[Collection {
    fields: || {
        json!({"name": null, "visibility": "shared", "protected": false, "os_hidden": false, "container_format": null,
            "disk_format": null, "min_ram": 0, "min_disk": 0, "tags": []})
    },
    told: || {
        json!({"status": "queued", "checksum": null, "os_hash_algo": null, "os_hash_value": null, "size": null,
            "virtual_size": null, "schema": "/v2/schemas/image"})
    },
    update: "",
    make,
    unmake,
    listed,
    ..Collection::of(Glance, "images", "images", "image", "Image")
}];

fn make(cloud: &mut Cloud, call: &Call, mut image: Object) -> Outcome<Object> {
    if let Some(id) = call.body.get("id").and_then(Value::as_str) {
        if cloud.store.get("images", id).is_some() {
            return Err(Refusal::conflict("image id taken", format!("Image ID {id} already exists!")));
        }
        image.insert("id".to_owned(), json!(id));
    }
    let id = text(&image, "id").to_owned();
    let (now, path) = (cloud.time(), format!("/v2/images/{id}"));
    let facts = json!({"owner": call.who.project, "created_at": now, "updated_at": now, "file": format!("{path}/file"),
        "self": path});
    // Whose it is may be said.
    let owner = image.get("owner").cloned();
    image.extend(object(facts));
    image.extend(owner.map(|owner| ("owner".to_owned(), owner)));
    Ok(image)
}

fn unmake(cloud: &mut Cloud, _: &Call, image: &Object) -> Outcome<bool> {
    let id = text(image, "id");
    if truth(image, "protected") {
        let why = format!("Image {id} is protected and cannot be deleted.");
        return Err(Refusal::new(403, "protected image", why));
    }
    cloud.store.clear("members", "image_id", id);
    Ok(true)
}

/// Hidden ones only to who asks for them, and those that have all tags that are asked for.
fn listed(call: &Call, image: &Object) -> bool {
    let tags = image.get("tags").and_then(Value::as_array);
    let tagged = |tag: &str| tags.is_some_and(|tags| tags.iter().any(|have| have == tag));
    let mut wanted = call.query.iter().filter(|(key, _)| key == "tag");
    wanted.all(|(_, tag)| tagged(tag)) && (call.asked("os_hidden").is_some() || !truth(image, "os_hidden"))
}

/// An image that Nova makes of a server.
pub(crate) fn snapshot(cloud: &mut Cloud, server: &Object, how: &Value) -> String {
    let (id, now) = (cloud.uuid(), cloud.time());
    let mut image = object(
        json!({"id": id, "name": how.get("name"), "status": "queued", "visibility": "private",
        "protected": false, "os_hidden": false, "container_format": "bare", "disk_format": "raw", "min_ram": 0, "min_disk": 1,
        "tags": [], "size": null, "owner": text(server, "tenant_id"), "created_at": now, "updated_at": now,
        "file": format!("/v2/images/{id}/file"), "self": format!("/v2/images/{id}"), "schema": "/v2/schemas/image",
        "instance_uuid": text(server, "id"), "image_type": "snapshot"}),
    );
    image.extend(how.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default());
    cloud.store.put("images", image);
    let done = |cloud: &mut Cloud, id: &str| {
        if let Some(image) = cloud.store.get_mut("images", id) {
            image.extend(object(json!({"status": "active", "size": 1})));
        }
    };
    cloud.later(IMPORT, done, &id);
    id
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    let path = call.path.clone();
    let parts: Vec<_> = path.iter().skip(1).map(String::as_str).collect();
    Some(match (&call.method, parts.as_slice()) {
        (&Method::PATCH, ["images", id]) => own(cloud, call, id).and_then(|image| patch(cloud, call, image)),
        (&Method::PUT, ["images", id, "file"]) => {
            own(cloud, call, id).and_then(|image| data(cloud, call, image))
        }
        (&Method::POST, ["images", id, "import"]) => {
            own(cloud, call, id).and_then(|image| import(cloud, call, image))
        }
        (&Method::GET, ["images", id, "tasks"]) => {
            own(cloud, call, id).map(|_| Done::new(200, json!({"tasks": []})))
        }
        (_, ["images", id, "members", rest @ ..]) => members::answer(cloud, call, id, rest),
        (_, ["metadefs", "namespaces", rest @ ..]) => metadefs::answer(cloud, call, rest),
        _ => return None,
    })
}

fn own(cloud: &Cloud, call: &Call, id: &str) -> Outcome<Object> {
    let image = cloud.one("images", id)?;
    let own = call.who.admin || call.who.project.as_deref() == Some(text(&image, "owner"));
    if own { Ok(image) } else { Err(collection::not_found("images", id)) }
}

/// A list of changes: <https://docs.openstack.org/api-ref/image/v2/#update-image>
fn patch(cloud: &mut Cloud, call: &Call, mut image: Object) -> Outcome {
    let changes = call
        .body
        .as_array()
        .ok_or_else(|| Refusal::bad("no changes", "Request body must be a JSON array"))?;
    for change in changes {
        let word = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = word("path").trim_start_matches('/').replace("~1", "/").replace("~0", "~");
        if ["id", "status", "size", "checksum", "created_at"].contains(&name.as_str()) {
            return Err(Refusal::new(
                403,
                "fixed field of an image",
                format!("Attribute '{name}' is read-only."),
            ));
        }
        match word("op") {
            "remove" => {
                let none =
                    || Refusal::conflict("no such property", format!("Property {name} does not exist."));
                image.remove(&name).ok_or_else(none)?;
            }
            _ => {
                image.insert(name, change.get("value").cloned().unwrap_or_default());
            }
        }
    }
    image.insert("updated_at".to_owned(), json!(cloud.time()));
    cloud.store.put("images", image.clone());
    Ok(Done::new(200, Value::Object(image)))
}

/// The data as they are; an image takes them once.
fn data(cloud: &mut Cloud, call: &Call, image: Object) -> Outcome {
    let status = text(&image, "status");
    if status != "queued" {
        let why = format!("Image status transition from {status} to saving is not allowed");
        return Err(Refusal::conflict("second upload", why));
    }
    let hash: String = Sha512::digest(&call.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let facts = json!({"status": "active", "size": call.bytes.len(), "os_hash_algo": "sha512", "os_hash_value": hash,
        "checksum": hash.get(..32)});
    cloud.store.put("images", merged(&image, object(facts)));
    Ok(Done::nothing(204))
}

fn import(cloud: &mut Cloud, call: &Call, image: Object) -> Outcome {
    let (id, status) = (text(&image, "id").to_owned(), text(&image, "status"));
    if status != "queued" {
        let why =
            format!("Image needs to be staged before 'glance-direct' method can be used: it is {status}");
        return Err(Refusal::conflict("second import", why));
    }
    let uri = call.body.pointer("/method/uri").and_then(Value::as_str).unwrap_or_default();
    let facts = json!({"_uri": uri, "status": "importing"});
    cloud.store.put("images", merged(&image, object(facts)));
    cloud.later(
        IMPORT,
        |cloud, id| {
            if let Some(image) = cloud.store.get_mut("images", id) {
                image.extend(object(json!({"status": "active", "size": 1})));
            }
        },
        &id,
    );
    Ok(Done::nothing(202))
}
