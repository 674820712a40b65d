//! The encryption of a volume type: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-type-encryption>

use crate::{
    call::Call,
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

pub(super) const STORE: &str = "types-encryption";

/// One a type, under the type's id.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, kind: &str, rest: &[&str]) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("encryption of a type by a user", "volume_type_encryption"));
    }
    cloud.one("types", kind)?;
    let there = cloud.store.get(STORE, kind).cloned();
    if call.method != "GET" && cloud.store.having("volumes", "volume_type_id", kind).next().is_some() {
        let why = "Cannot change encryption specs. Volume type in use.";
        return Err(Refusal::bad("encryption of a type in use", why));
    }
    match (call.method.as_str(), rest, there) {
        ("GET", [], there) => Ok(Done::new(200, Value::Object(there.map(shown).unwrap_or_default()))),
        ("POST", [], None) => create(cloud, call, kind),
        ("POST", [], Some(_)) => {
            let why = format!("Volume type encryption for type {kind} already exists.");
            Err(Refusal::bad("encryption of a type twice", why))
        }
        ("PUT", [_], Some(mut there)) => {
            there.extend(call.object("encryption").unwrap_or_default());
            cloud.store.put(STORE, there);
            Ok(Done::new(200, call.body.clone()))
        }
        ("DELETE", [_], Some(_)) => {
            cloud.store.remove(STORE, kind);
            Ok(Done::nothing(202))
        }
        (_, [_], None) => {
            let why = format!("Volume type encryption for type {kind} does not exist.");
            Err(Refusal::new(404, "no encryption of a type", why))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn create(cloud: &mut Cloud, call: &Call, kind: &str) -> Outcome {
    let mut made = object(json!({"cipher": null, "key_size": null}));
    made.extend(call.object("encryption").unwrap_or_default());
    if text(&made, "provider").is_empty() || text(&made, "control_location").is_empty() {
        let why = "'provider' and 'control_location' are required properties";
        return Err(Refusal::bad("encryption that lacks a field", why));
    }
    let id = json!(cloud.uuid());
    let ids = [("id", json!(kind)), ("volume_type_id", json!(kind)), ("encryption_id", id)];
    made.extend(ids.map(|(name, value)| (name.to_owned(), value)));
    cloud.store.put(STORE, made.clone());
    Ok(Done::new(200, json!({"encryption": shown(made)})))
}

fn shown(mut encryption: Object) -> Object {
    encryption.remove("id");
    encryption
}
