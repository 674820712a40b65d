//! Host aggregates: <https://docs.openstack.org/api-ref/compute/#host-aggregates-os-aggregates>

use super::nova;
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged, not_found},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

pub(super) const AGGREGATES: Collection = Collection {
    fields: || json!({"name": "", "availability_zone": null}),
    told: || json!({"hosts": [], "metadata": {}, "deleted": false, "deleted_at": null, "updated_at": null}),
    required: &["name"],
    unique: &["name"],
    statuses: (200, 200, 200),
    admin: true,
    make: |cloud, _, mut aggregate| {
        let numbers = cloud.store.all("os-aggregates").filter_map(|one| text(one, "id").parse::<u64>().ok());
        let next = numbers.max().unwrap_or_default() + 1;
        let facts = json!({"id": next.to_string(), "uuid": cloud.uuid(), "created_at": cloud.time()});
        aggregate.extend(object(facts));
        Ok(aggregate)
    },
    change: |_, _, old, new| {
        if new.get("availability_zone") == Some(&Value::Null) {
            let why = format!(
                "Cannot update aggregate {}. Reason: Aggregate does not support empty named availability zone.",
                text(old, "id")
            );
            return Err(Refusal::bad("no zone for an aggregate", why));
        }
        Ok(merged(old, new))
    },
    unmake: |_, _, aggregate| match hosts(aggregate).is_empty() {
        true => Ok(true),
        false => Err(Refusal::bad(
            "aggregate with hosts",
            "Cannot remove host aggregate: Host aggregate is not empty.",
        )),
    },
    show: shown,
    ..nova("os-aggregates", "aggregates", "aggregate", "Aggregate")
};

fn hosts(aggregate: &Object) -> Vec<Value> {
    aggregate.get("hosts").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The id is a number, and the zone stands among the metadata as well.
fn shown(_: &Cloud, call: &Call, mut aggregate: Object) -> Object {
    let id: u64 = text(&aggregate, "id").parse().unwrap_or_default();
    aggregate.insert("id".to_owned(), json!(id));
    let zone = aggregate.get("availability_zone").filter(|zone| !zone.is_null()).cloned();
    if let (Some(zone), Some(Value::Object(metadata))) = (zone, aggregate.get_mut("metadata")) {
        metadata.insert("availability_zone".to_owned(), zone);
    }
    // A create is answered without them.
    if call.method == http::Method::POST && call.parts().len() == 1 {
        aggregate.retain(|name, _| !["hosts", "metadata"].contains(&name.as_str()));
    }
    aggregate
}

pub(super) fn act(cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
    let mut aggregate = cloud.one("os-aggregates", id)?;
    if !call.who.admin {
        return Err(Refusal::forbidden("aggregate by a user", "os_compute_api:os-aggregates"));
    }
    let host = |action: &str| call.body.get(action)?.get("host").cloned();
    let mut all = hosts(&aggregate);
    if let Some(host) = host("add_host") {
        let name = host.as_str().unwrap_or_default();
        if cloud.store.having("os-services", "host", name).next().is_none() {
            return Err(not_found("os-services", name));
        }
        if all.contains(&host) {
            let why =
                format!("Cannot add host to aggregate {id}. Reason: One or more hosts already in aggregate.");
            return Err(Refusal::conflict("host in an aggregate twice", why));
        }
        all.push(host);
    } else if let Some(host) = host("remove_host") {
        if !all.contains(&host) {
            let why = format!("Cannot remove host {host} in aggregate {id}: not found");
            return Err(Refusal::new(404, "no such host in an aggregate", why));
        }
        all.retain(|have| *have != host);
    } else if let Some(Value::Object(set)) = call.body.pointer("/set_metadata/metadata") {
        let have = aggregate.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut metadata = merged(&have, set.clone());
        metadata.retain(|_, value| !value.is_null());
        aggregate.insert("metadata".to_owned(), Value::Object(metadata));
    } else {
        return Err(Refusal::bad("unknown aggregate action", "There is no such action."));
    }
    aggregate.insert("hosts".to_owned(), json!(all));
    cloud.store.put("os-aggregates", aggregate.clone());
    let shown = shown(cloud, call, aggregate);
    Ok(Done::new(200, json!({ "aggregate": shown })))
}
