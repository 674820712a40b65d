//! QoS specs: <https://docs.openstack.org/api-ref/block-storage/v3/#quality-of-service-qos-specifications-qos-specs>

use crate::{
    call::Call,
    cloud::Cloud,
    collection::merged,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Map, Value, json};

const STORE: &str = "qos-specs";

/// What is kept: the specs lie beside the name and the consumer in requests only.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("QoS specs by a user", "qos_specs_manage"));
    }
    match (call.method.as_str(), parts) {
        ("GET", []) => {
            let all: Vec<_> = cloud.store.all(STORE).cloned().collect();
            Ok(Done::new(200, json!({ "qos_specs": all })))
        }
        ("POST", []) => create(cloud, call),
        ("GET", [id]) => Ok(Done::new(200, json!({"qos_specs": find(cloud, id)?, "links": []}))),
        ("PUT", [id]) => {
            let qos = find(cloud, id)?;
            let sent = call.object("qos_specs").unwrap_or_default();
            cloud.store.put(STORE, with(qos, sent));
            Ok(Done::new(200, call.body.clone()))
        }
        ("PUT", [id, "delete_keys"]) => {
            let mut qos = find(cloud, id)?;
            for key in call.body.get("keys").and_then(Value::as_array).into_iter().flatten() {
                let key = key.as_str().unwrap_or_default();
                let specs = qos.get_mut("specs").and_then(Value::as_object_mut);
                let why = format!("QoS spec {id} has no spec with key {key}.");
                let none = || Refusal::new(404, "no such QoS spec", why);
                specs.and_then(|specs| specs.remove(key)).ok_or_else(none)?;
            }
            cloud.store.put(STORE, qos);
            Ok(Done::nothing(202))
        }
        ("DELETE", [id]) => {
            find(cloud, id)?;
            if cloud.store.having("types", "qos_specs_id", id).next().is_some() {
                return Err(Refusal::bad("QoS specs in use", "Qos specs still in use."));
            }
            cloud.store.remove(STORE, id);
            Ok(Done::nothing(202))
        }
        ("GET", [id, below]) => associate(cloud, call, id, below),
        _ => Err(Refusal::no_path()),
    }
}

fn find(cloud: &Cloud, id: &str) -> Outcome<Object> {
    let found = cloud.store.get(STORE, id).cloned();
    found.ok_or_else(|| Refusal::new(404, "no such QoS specs", format!("No such QoS spec {id}.")))
}

fn create(cloud: &mut Cloud, call: &Call) -> Outcome {
    let sent = call.object("qos_specs").unwrap_or_default();
    let name = text(&sent, "name").to_owned();
    if name.is_empty() {
        return Err(Refusal::bad("QoS specs of no name", "'name' is a required property"));
    }
    if cloud.store.having(STORE, "name", &name).next().is_some() {
        return Err(Refusal::conflict("QoS specs' name taken", format!("QoS Specs {name} already exists.")));
    }
    let id = cloud.uuid();
    let empty = object(json!({"id": id, "name": name, "consumer": "back-end", "specs": {}}));
    let qos = with(empty, sent);
    cloud.store.put(STORE, qos.clone());
    Ok(Done::new(200, json!({"qos_specs": qos, "links": []})))
}

fn with(qos: Object, sent: Object) -> Object {
    let (own, specs): (Map<_, _>, Map<_, _>) =
        sent.into_iter().partition(|(name, _)| ["name", "consumer"].contains(&name.as_str()));
    let have = qos.get("specs").and_then(Value::as_object).cloned().unwrap_or_default();
    let specs = object(json!({ "specs": merged(&have, specs) }));
    merged(&merged(&qos, own), specs)
}

/// Orders that are said with a GET.
fn associate(cloud: &mut Cloud, call: &Call, id: &str, below: &str) -> Outcome {
    find(cloud, id)?;
    let wanted = call.asked("vol_type_id").unwrap_or_default().to_owned();
    let set = match below {
        "associations" => {
            let types = cloud.store.having("types", "qos_specs_id", id);
            let told = |kind: &Object| json!({"association_type": "volume_type", "name": text(kind, "name"), "id": text(kind, "id")});
            let all: Vec<_> = types.map(told).collect();
            return Ok(Done::new(200, json!({ "qos_associations": all })));
        }
        "associate" => json!(id),
        "disassociate" => Value::Null,
        _ => return Err(Refusal::no_path()),
    };
    let kind = cloud.one("types", &wanted)?;
    let has = text(&kind, "qos_specs_id");
    if !has.is_empty() && has != id {
        let why = format!("Type {wanted} is already associated with another qos specs: {has}");
        return Err(Refusal::bad("second QoS specs of a type", why));
    }
    cloud.store.put("types", merged(&kind, object(json!({ "qos_specs_id": set }))));
    Ok(Done::nothing(202))
}
