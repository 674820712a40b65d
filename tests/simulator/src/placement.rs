//! Placement: <https://docs.openstack.org/api-ref/placement/>

use crate::{
    call::{Call, Service::Placement},
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

pub(crate) static COLLECTIONS: &[Collection] = &[Collection {
    fields: || json!({"name": "", "uuid": null, "parent_provider_uuid": null}),
    told: || json!({"generation": 0, "links": []}),
    required: &["name"],
    fixed: &["uuid"],
    refers: &[("parent_provider_uuid", "resource_providers")],
    unique: &["name"],
    statuses: (200, 200, 204),
    make,
    change: |cloud, _, old, new| Ok(rooted(cloud, merged(old, new))),
    unmake,
    show: |_, _, mut provider| {
        provider.retain(|name, _| !["id", "traits", "aggregates"].contains(&name.as_str()));
        provider
    },
    ..Collection::of(Placement, "resource_providers", "resource_providers", "", "Resource provider")
}];

fn make(cloud: &mut Cloud, _: &Call, mut provider: Object) -> Outcome<Object> {
    let chosen = text(&provider, "uuid").to_owned();
    if cloud.store.get("resource_providers", &chosen).is_some() {
        let why = format!("Conflicting resource provider uuid: {chosen} already exists.");
        return Err(Refusal::conflict("provider's UUID taken", why));
    }
    let id = if chosen.is_empty() { text(&provider, "id").to_owned() } else { chosen };
    let facts = json!({"id": id, "uuid": id, "traits": [], "aggregates": []});
    provider.extend(object(facts));
    Ok(rooted(cloud, provider))
}

/// The outermost provider is the parent's, or itself.
fn rooted(cloud: &Cloud, provider: Object) -> Object {
    let parent = cloud.store.get("resource_providers", text(&provider, "parent_provider_uuid"));
    let root = parent.map_or(text(&provider, "id"), |parent| text(parent, "root_provider_uuid"));
    merged(&provider, object(json!({ "root_provider_uuid": root })))
}

fn unmake(cloud: &mut Cloud, _: &Call, provider: &Object) -> Outcome<bool> {
    let id = text(provider, "id");
    if cloud.store.having("resource_providers", "parent_provider_uuid", id).next().is_some() {
        let why = format!("Unable to delete parent resource provider {id}: It has child resource providers.");
        return Err(Refusal::conflict("provider that is a parent", why));
    }
    let own: Vec<_> =
        cloud.store.having("inventories", "_provider", id).map(|one| text(one, "id").to_owned()).collect();
    own.iter().for_each(|one| drop(cloud.store.remove("inventories", one)));
    Ok(true)
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    if !call.who.admin {
        return Some(Err(Refusal::forbidden("Placement by a user", "placement:resource_providers:list")));
    }
    let path = call.path.clone();
    let parts: Vec<_> = path.iter().skip(1).map(String::as_str).collect();
    match parts.as_slice() {
        ["traits", name] => Some(named(cloud, call, "traits", name)),
        ["resource_classes", name] => Some(named(cloud, call, "resource_classes", name)),
        ["resource_providers", provider, list @ ("traits" | "aggregates")] => {
            Some(list_of(cloud, call, provider, list))
        }
        ["resource_providers", provider, "inventories", rest @ ..] => {
            Some(inventory(cloud, call, provider, rest))
        }
        _ => None,
    }
}

/// A name that is there or not.
fn named(cloud: &mut Cloud, call: &Call, store: &'static str, name: &str) -> Outcome {
    let known = cloud.store.get(store, name).is_some();
    let none = || Refusal::new(404, "no such name", format!("No such {name} found."));
    match call.method.as_str() {
        "GET" if !known => Err(none()),
        "GET" if store == "traits" => Ok(Done::nothing(204)),
        "GET" => Ok(Done::new(200, json!({"name": name, "links": []}))),
        "PUT" if !name.starts_with("CUSTOM_") => {
            Err(Refusal::bad("name of Placement's own", format!("The name is invalid: {name}")))
        }
        "PUT" => {
            cloud.store.put(store, object(json!({ "id": name })));
            Ok(Done::nothing(if known { 204 } else { 201 }))
        }
        "DELETE" if !known => Err(none()),
        "DELETE" => {
            let has = |provider: &&Object| {
                let traits = provider.get("traits").and_then(Value::as_array);
                traits.is_some_and(|traits| traits.iter().any(|have| have == name))
            };
            let used = cloud.store.all("resource_providers").any(|provider| has(&provider))
                || cloud.store.having("inventories", "_class", name).next().is_some();
            if used {
                return Err(Refusal::conflict("name in use", format!("{name} is in use.")));
            }
            cloud.store.remove(store, name);
            Ok(Done::nothing(204))
        }
        _ => Err(Refusal::no_path()),
    }
}

/// The provider, which counts its changes.
fn counted(cloud: &Cloud, id: &str, sent: Option<&Value>) -> Outcome<Object> {
    let provider = cloud.one("resource_providers", id)?;
    let generation = provider.get("generation").cloned().unwrap_or_default();
    if sent.is_some_and(|sent| *sent != generation) {
        return Err(Refusal::conflict("another generation", "resource provider generation conflict"));
    }
    Ok(merged(&provider, object(json!({"generation": generation.as_u64().unwrap_or_default() + 1}))))
}

fn list_of(cloud: &mut Cloud, call: &Call, id: &str, list: &str) -> Outcome {
    let mut provider = cloud.one("resource_providers", id)?;
    if call.method == http::Method::PUT {
        let sent = call.body.get("resource_provider_generation").unwrap_or(&Value::Null);
        provider = counted(cloud, id, Some(sent))?;
        let wanted = call.body.get(list).cloned().unwrap_or_default();
        for name in wanted.as_array().into_iter().flatten().filter(|_| list == "traits") {
            let name = name.as_str().unwrap_or_default();
            if name.starts_with("CUSTOM_") && cloud.store.get("traits", name).is_none() {
                return Err(Refusal::bad("no such trait", format!("No such trait {name}")));
            }
        }
        provider.insert(list.to_owned(), wanted);
        cloud.store.put("resource_providers", provider.clone());
    }
    let told =
        json!({ list: provider.get(list), "resource_provider_generation": provider.get("generation") });
    Ok(Done::new(200, told))
}

fn inventory(cloud: &mut Cloud, call: &Call, id: &str, rest: &[&str]) -> Outcome {
    let provider = cloud.one("resource_providers", id)?;
    let sent = || call.body.as_object().cloned().unwrap_or_default();
    let class = match rest {
        [class] => (*class).to_owned(),
        _ => text(&sent(), "resource_class").to_owned(),
    };
    let key = format!("{id}/{class}");
    let have = cloud.store.get("inventories", &key).cloned();
    let none = || Refusal::new(404, "no such inventory", format!("No inventory of class {class} for {id}"));
    let status = match call.method.as_str() {
        "GET" => {
            let told = merged(
                &have.ok_or_else(none)?,
                object(json!({"resource_provider_generation": provider.get("generation")})),
            );
            return Ok(Done::new(200, shown(told)));
        }
        "DELETE" => {
            have.ok_or_else(none)?;
            let provider = counted(cloud, id, None)?;
            cloud.store.put("resource_providers", provider);
            cloud.store.remove("inventories", &key);
            return Ok(Done::nothing(204));
        }
        "POST" if have.is_some() => {
            return Err(Refusal::conflict(
                "inventory twice",
                format!("Update conflict: {class} is there already"),
            ));
        }
        "POST" => 201,
        "PUT" => 200,
        _ => return Err(Refusal::no_path()),
    };
    if class.starts_with("CUSTOM_") && cloud.store.get("resource_classes", &class).is_none() {
        return Err(Refusal::bad("no such class", format!("Unknown resource class {class} in inventory")));
    }
    let generation = call.body.get("resource_provider_generation").filter(|_| status == 200);
    let provider = counted(cloud, id, generation)?;
    let mut new = object(json!({"reserved": 0, "min_unit": 1, "max_unit": 2_147_483_647_u32, "step_size": 1,
        "allocation_ratio": 1.0}));
    new.extend(sent());
    new.retain(|name, _| !["resource_class", "resource_provider_generation"].contains(&name.as_str()));
    new.extend(object(json!({"id": key, "_provider": id, "_class": class})));
    cloud.store.put("inventories", new.clone());
    let told = merged(&new, object(json!({"resource_provider_generation": provider.get("generation")})));
    cloud.store.put("resource_providers", provider);
    Ok(Done::new(status, shown(told)))
}

fn shown(mut inventory: Object) -> Value {
    inventory.retain(|name, _| name != "id" && !name.starts_with('_'));
    Value::Object(inventory)
}
