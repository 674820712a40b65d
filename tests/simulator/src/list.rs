//! Lists: who sees what, filters, fields, pages.

use crate::{
    call::{Call, Service},
    cloud::Cloud,
    collection::Collection,
    reply::Done,
    store::{Object, text},
};
use serde_json::{Value, json};

/// Words of a query that are not filters.
const WORDS: [&str; 9] =
    ["limit", "marker", "fields", "sort_key", "sort_dir", "sort", "page_reverse", "all_tenants", "is_public"];

/// A page of a collection.
pub(crate) fn list(cloud: &Cloud, call: &Call, of: &Collection, show: &dyn Fn(&Object) -> Object) -> Done {
    // Earlier versions know no pages of them.
    let unpaged = of.path == "group_snapshots" && call.minor < 29;
    let marker = call.asked("marker").filter(|_| !unpaged).unwrap_or_default();
    let asked = call.asked("limit").and_then(|limit| limit.parse::<usize>().ok());
    // Neutron gives all to who asks for no limit, Keystone always does.
    let limit = match (of.service, asked) {
        (Service::Keystone, _) | (Service::Neutron, None) => usize::MAX,
        (Service::Glance, None) => cloud.page.min(25),
        (Service::Placement, _) => usize::MAX,
        (Service::Neutron | Service::Nova | Service::Cinder | Service::Glance, _) => {
            asked.unwrap_or(cloud.page).min(cloud.page)
        }
    };
    let deleted =
        if of.path == "servers" && since(call).is_some() { cloud.deleted_servers.as_slice() } else { &[] };
    let mut all: Vec<_> = cloud.store.all(of.path).chain(deleted).collect();
    all.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
    let wanted = all.into_iter().filter(|object| {
        let there = of.visible(call, object) && (of.listed)(call, object);
        there && text(object, "id") > marker && matches(call, object)
    });
    let page: Vec<&Object> = wanted.take(limit).collect();
    let last = page.last().filter(|_| page.len() == limit).map(|last| text(last, "id").to_owned());
    let items: Vec<Value> = page.into_iter().map(|object| narrowed(call, show(object))).collect();
    let next = last.map(|last| next(call, limit, &last));
    let mut body = json!({ of.items: items });
    let (name, link) = match of.service {
        Service::Keystone => ("links".to_owned(), Some(json!({"next": null, "previous": null}))),
        Service::Glance | Service::Placement => ("next".to_owned(), next.map(|href| json!(href))),
        Service::Neutron | Service::Nova | Service::Cinder => {
            let one = ["types", "groups", "group_snapshots", "group_types"].contains(&of.path);
            let name = if one { of.singular } else { of.items };
            (format!("{name}_links"), next.map(|href| json!([{"rel": "next", "href": href}])))
        }
    };
    if let (Some(body), Some(link)) = (body.as_object_mut(), link) {
        body.insert(name, link);
    }
    Done::new(200, body)
}

/// The link to the next page; of its address only the query counts.
fn next(call: &Call, limit: usize, last: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let kept = call.query.iter().filter(|(key, _)| !["limit", "marker"].contains(&key.as_str()));
    query.extend_pairs(kept);
    query.append_pair("limit", &limit.to_string()).append_pair("marker", last);
    format!("http://inside/{}?{}", call.path.join("/"), query.finish())
}

/// From when on a list of servers tells what changed, also of those that are gone.
fn since(call: &Call) -> Option<&str> {
    call.asked("changes-since").filter(|_| call.service == Service::Nova)
}

/// Every other word of the query is a filter by a field that the object has. Times are told in one form, whose texts have
/// their order.
fn matches(call: &Call, object: &Object) -> bool {
    let filters = call.query.iter().filter(|(key, _)| !WORDS.contains(&key.as_str()));
    let changed = since(call).is_none_or(|since| text(object, "updated") >= since);
    changed
        && filters.into_iter().all(|(key, value)| match object.get(key) {
            Some(Value::String(have)) => {
                value.strip_prefix("gte:").map_or(have == value, |from| have.as_str() >= from)
            }
            Some(Value::Bool(have)) => *have == ["true", "1"].contains(&value.to_lowercase().as_str()),
            Some(Value::Number(have)) => have.to_string() == *value,
            Some(Value::Null) => false,
            Some(Value::Array(_) | Value::Object(_)) | None => true,
        })
}

/// Just the fields that were asked for.
fn narrowed(call: &Call, mut object: Object) -> Value {
    let fields: Vec<_> =
        call.query.iter().filter(|(key, _)| key == "fields").map(|(_, value)| value.as_str()).collect();
    if call.service == Service::Neutron && !fields.is_empty() {
        object.retain(|name, _| fields.contains(&name.as_str()));
    }
    Value::Object(object)
}
