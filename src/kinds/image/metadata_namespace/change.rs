//! How a metadata namespace is brought to what is wanted of it, request by request.

use super::fields::{MetadataNamespaceObservation, MetadataNamespaceParameters, MetadataVisibility};
use crate::kind::{Key, Step, TypedObserved, request::Method, rest::requests::Requests};
use serde_json::{Map, Value, json};

type Asked<'a> = Key<'a, MetadataNamespaceParameters>;
type Seen<'a> = TypedObserved<'a, MetadataNamespaceParameters, MetadataNamespaceObservation>;

/// An update takes everything that it does not say for left out.
pub(super) fn whole(key: &Asked<'_>, seen: &Seen<'_>, body: &mut Map<String, Value>) {
    let MetadataNamespaceParameters {
        namespace,
        display_name,
        description,
        visibility,
        protected,
        project_id,
        ..
    } = &seen.params;
    let marked = key.any.meta.marker.append_to(description.as_deref().unwrap_or_default());
    let visibility = visibility.unwrap_or(MetadataVisibility::Private);
    let all = [
        ("namespace", json!(namespace)),
        ("display_name", json!(display_name)),
        ("description", json!(marked)),
        ("visibility", json!(visibility)),
        ("protected", json!(protected.unwrap_or_default())),
        ("owner", json!(project_id)),
    ];
    for (name, value) in all.into_iter().filter(|(_, value)| !value.is_null()) {
        body.entry(name).or_insert(value);
    }
}

/// Properties by their names: one that is there is replaced, one that is not is added.
pub(super) fn property(namespace: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let wanted = named(key.params.properties.as_ref()?.iter());
    let have = named(seen.params.properties.iter().flatten());
    next(namespace, seen, "properties", &wanted, &have)
}

/// Objects, likewise.
pub(super) fn object(namespace: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let wanted = listed(key.any.params.get("objects")?);
    let have = listed(seen.any.at_provider.get("objects").unwrap_or(&Value::Null));
    next(namespace, seen, "objects", &wanted, &have)
}

/// Types of resources can't be replaced: they are taken away and added again.
pub(super) fn resource_type(namespace: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let field = "resourceTypeAssociations";
    let wanted = listed(key.any.params.get(field)?);
    let have = listed(seen.any.at_provider.get(field).unwrap_or(&Value::Null));
    let same = |name: &String, value: &Value| wanted.get(name).is_some_and(|wanted| contains(value, wanted));
    if let Some((name, _)) = have.iter().find(|(name, value)| !same(name, value)) {
        return Some(delete(namespace, seen, &format!("resource_types/{name}")));
    }
    let (_, new) = wanted.iter().find(|(name, _)| !have.contains_key(*name))?;
    Some(namespace.below(Method::Post, "resource_types", Some(on_wire(new))))
}

/// All at once.
pub(super) fn tags(namespace: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let tags = key.params.tags.as_ref()?;
    Some(if tags.is_empty() {
        delete(namespace, seen, "tags")
    } else {
        namespace.below(Method::Post, "tags", Some(json!({ "tags": tags })))
    })
}

/// What is new or another first, one by one; then what is too much goes.
fn next(
    namespace: &Requests<'_>,
    seen: &Seen<'_>,
    below: &str,
    wanted: &Map<String, Value>,
    have: &Map<String, Value>,
) -> Option<Step> {
    let other =
        |(name, value): &(&String, &Value)| !have.get(*name).is_some_and(|have| contains(have, value));
    if let Some((name, value)) = wanted.iter().find(other) {
        return Some(match have.contains_key(name) {
            true => namespace.below(Method::Put, &format!("{below}/{name}"), Some(on_wire(value))),
            false => namespace.below(Method::Post, below, Some(on_wire(value))),
        });
    }
    let surplus = have.keys().find(|name| !wanted.contains_key(*name))?;
    Some(delete(namespace, seen, &format!("{below}/{surplus}")))
}

/// Glance lets nothing go of a namespace that is protected. One that is not to be so any longer was changed before.
fn delete(namespace: &Requests<'_>, seen: &Seen<'_>, below: &str) -> Step {
    if seen.params.protected == Some(true) {
        let why =
            "nothing can be taken out of a protected namespace: set spec.forProvider.protected to false";
        return Step::Refuse(why.to_owned());
    }
    namespace.below(Method::Delete, below, None)
}

/// Each with its name in it, as a request has it.
fn named<'a>(all: impl Iterator<Item = (&'a String, &'a Value)>) -> Map<String, Value> {
    let with_name = |(name, value): (&String, &Value)| {
        let mut value = value.clone();
        if let Value::Object(fields) = &mut value {
            fields.insert("name".to_owned(), json!(name));
        }
        (name.clone(), value)
    };
    all.map(with_name).collect()
}

/// Items of a list by their names.
fn listed(list: &Value) -> Map<String, Value> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| Some((item.get("name")?.as_str()?.to_owned(), item.clone()))).collect()
}

/// Does it have all that is wanted of it?
fn contains(have: &Value, wanted: &Value) -> bool {
    match (have, wanted) {
        (Value::Object(have), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| have.get(name).is_some_and(|have| have == wanted))
        }
        (have, wanted) => have == wanted,
    }
}

/// The one field of which the API has another name.
fn on_wire(item: &Value) -> Value {
    let mut item = item.clone();
    if let Value::Object(fields) = &mut item
        && let Some(target) = fields.remove("propertiesTarget")
    {
        fields.insert("properties_target".to_owned(), target);
    }
    item
}
