//! Metadata definitions: <https://docs.openstack.org/api-ref/image/v2/metadefs-index.html>

use crate::{
    call::Call,
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use serde_json::{Map, Value, json};

const STORE: &str = "metadefs";

/// What a namespace has that is no plain field.
const PARTS: [&str; 4] = ["properties", "objects", "tags", "resource_type_associations"];

pub(super) fn answer(cloud: &mut Cloud, call: &Call, rest: &[&str]) -> Outcome {
    let find = |cloud: &Cloud, name: &str| {
        let visible = |one: &&Object| {
            call.who.admin
                || text(one, "visibility") == "public"
                || call.who.project.as_deref() == Some(text(one, "owner"))
        };
        let found = cloud.store.get(STORE, name).filter(visible).cloned();
        found.ok_or_else(|| {
            Refusal::new(
                404,
                "no such namespace",
                format!("Metadata definition namespace={name} was not found."),
            )
        })
    };
    match (call.method.as_str(), rest) {
        ("POST", []) => create(cloud, call),
        ("GET", [name]) => Ok(Done::new(200, shown(find(cloud, name)?))),
        ("PUT", [name]) => {
            let old = find(cloud, name)?;
            let parts = PARTS.map(|part| (part.to_owned(), old.get(part).cloned().unwrap_or_default()));
            let mut new = whole(cloud, call, call.body.as_object().cloned().unwrap_or_default());
            new.extend(parts);
            new.insert("created_at".to_owned(), old.get("created_at").cloned().unwrap_or_default());
            cloud.store.put(STORE, new.clone());
            Ok(Done::new(200, shown(new)))
        }
        ("DELETE", [name]) => {
            let old = find(cloud, name)?;
            if truth(&old, "protected") {
                let why = format!("Metadata definition namespace {name} is protected and cannot be deleted.");
                return Err(Refusal::new(403, "protected namespace", why));
            }
            cloud.store.remove(STORE, name);
            Ok(Done::nothing(204))
        }
        (method, [name, part, below @ ..]) => {
            let mut namespace = find(cloud, name)?;
            if method == "DELETE" && truth(&namespace, "protected") {
                let why = format!("Metadata definition of protected namespace {name} cannot be deleted.");
                return Err(Refusal::new(403, "protected namespace", why));
            }
            let done = below_it(&mut namespace, method, part, below, &call.body)?;
            cloud.store.put(STORE, namespace);
            Ok(done)
        }
        _ => Err(Refusal::no_path()),
    }
}

fn whole(cloud: &Cloud, call: &Call, sent: Object) -> Object {
    let now = cloud.time();
    let mut new = object(
        json!({"visibility": "private", "protected": false, "owner": call.who.project, "properties": {},
        "objects": [], "tags": [], "resource_type_associations": [], "created_at": now, "updated_at": now}),
    );
    new.extend(sent);
    let name = json!(text(&new, "namespace"));
    new.insert("id".to_owned(), name);
    new
}

fn create(cloud: &mut Cloud, call: &Call) -> Outcome {
    let sent = call.body.as_object().cloned().unwrap_or_default();
    let name = text(&sent, "namespace").to_owned();
    if name.is_empty() {
        return Err(Refusal::bad("namespace of no name", "'namespace' is a required property"));
    }
    if !call.who.admin {
        return Err(Refusal::forbidden("namespace by a user", "add_metadef_namespace"));
    }
    if cloud.store.get(STORE, &name).is_some() {
        let why = format!("The metadata definition namespace={name} already exists.");
        return Err(Refusal::conflict("namespace twice", why));
    }
    let new = whole(cloud, call, sent);
    cloud.store.put(STORE, new.clone());
    Ok(Done::new(201, shown(new)))
}

/// What is empty is not told.
fn shown(mut namespace: Object) -> Value {
    let empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    namespace.retain(|name, value| name != "id" && !(PARTS.contains(&name.as_str()) && empty(value)));
    Value::Object(namespace)
}

fn below_it(namespace: &mut Object, method: &str, part: &str, below: &[&str], sent: &Value) -> Outcome {
    let list = if part == "resource_types" { "resource_type_associations" } else { part };
    let none = |name: &str| Refusal::new(404, "no such definition", format!("{name} was not found."));
    let name = sent.get("name").and_then(Value::as_str).unwrap_or_default();
    let have = namespace.get_mut(list).ok_or_else(Refusal::no_path)?;
    match (method, below, have) {
        ("POST", [], have) if part == "tags" => {
            *have = sent.get("tags").cloned().unwrap_or(json!([]));
            Ok(Done::new(201, json!({ "tags": have })))
        }
        ("DELETE", [], have) if part == "tags" => {
            *have = json!([]);
            Ok(Done::nothing(204))
        }
        ("POST", [], Value::Object(have)) => {
            have.insert(name.to_owned(), unnamed(sent));
            Ok(Done::new(201, sent.clone()))
        }
        ("PUT", [old], Value::Object(have)) => {
            *have.get_mut(*old).ok_or_else(|| none(old))? = unnamed(sent);
            Ok(Done::new(200, sent.clone()))
        }
        ("DELETE", [old], Value::Object(have)) => {
            have.remove(*old).ok_or_else(|| none(old))?;
            Ok(Done::nothing(204))
        }
        ("POST", [], Value::Array(have)) => {
            have.push(sent.clone());
            Ok(Done::new(201, sent.clone()))
        }
        ("PUT", [old], Value::Array(have)) => {
            let found = have.iter_mut().find(|one| one.get("name").is_some_and(|name| name == *old));
            *found.ok_or_else(|| none(old))? = sent.clone();
            Ok(Done::new(200, sent.clone()))
        }
        ("DELETE", [old], Value::Array(have)) => {
            let before = have.len();
            have.retain(|one| one.get("name").is_none_or(|name| name != *old));
            if have.len() == before { Err(none(old)) } else { Ok(Done::nothing(204)) }
        }
        _ => Err(Refusal::no_path()),
    }
}

fn unnamed(sent: &Value) -> Value {
    let fields = sent.as_object().cloned().unwrap_or_default();
    let plain: Map<_, _> = fields.into_iter().filter(|(name, _)| name != "name").collect();
    Value::Object(plain)
}
