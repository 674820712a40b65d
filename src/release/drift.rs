//! Whether live objects are as a release wants them.
//!
//! The API server says so itself: a forced dry run of a server-side apply returns what would be, defaults included. What
//! differs between that and the live object is drift; fields that others added are none.

use super::{
    jobs,
    manifest::{Manifest, Object},
};
use serde_json::{Map, Value, json};

/// Manager under which Helm applies, and so do we.
pub const MANAGER: &str = "helm";
/// Helm's mark: the release that an object belongs to.
const RELEASE: &str = "meta.helm.sh/release-name";
/// Helm's mark: the namespace of that release.
const NAMESPACE: &str = "meta.helm.sh/release-namespace";
/// Helm's mark as a label.
const MANAGED: (&str, &str) = ("app.kubernetes.io/managed-by", "Helm");

/// The release that an object belongs to, by Helm's marks: namespace and name.
pub fn owner(live: &Value) -> Option<(&str, &str)> {
    let annotations = live.pointer("/metadata/annotations")?;
    Some((annotations.get(NAMESPACE)?.as_str()?, annotations.get(RELEASE)?.as_str()?))
}

/// What is applied of an object: Helm's three marks, which no manifest has, its namespace, and the digest that a plain
/// Job is recognised by.
pub fn wanted(object: &Object, release: &str, namespace: &str) -> Value {
    let mut value = if object.kind() == "Job" {
        jobs::stamped(object, &jobs::template(object))
    } else {
        object.value.clone()
    };
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        if object.is_namespaced() {
            metadata.insert("namespace".to_owned(), json!(namespace));
        }
        put(metadata, "labels", &[MANAGED]);
        put(metadata, "annotations", &[(RELEASE, release), (NAMESPACE, namespace)]);
    }
    value
}

fn put(metadata: &mut Map<String, Value>, key: &str, entries: &[(&str, &str)]) {
    let map = metadata.entry(key).or_insert_with(|| json!({}));
    if !map.is_object() {
        *map = json!({});
    }
    if let Value::Object(map) = map {
        map.extend(entries.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    }
}

/// Takes out of an object to be applied what somebody else is there to change: applying it would undo that.
pub fn yield_fields(wanted: &mut Value, live: &Value) {
    let fields = yielded(live);
    if let Some(spec) = wanted.get_mut("spec").and_then(Value::as_object_mut) {
        spec.retain(|field, _| !fields.contains(&field.as_str()));
    }
}

/// Fields of the spec that others are there to change.
fn yielded(live: &Value) -> Vec<&'static str> {
    let replicas = is_scaled_elsewhere(live).then_some("replicas");
    replicas.into_iter().chain(is_steered_elsewhere(live).then_some("selector")).collect()
}

/// Does a controller choose the pods behind a Service, as MariaDB's does with the primary server? A person who edits it
/// does so by `kubectl`, and is no controller.
fn is_steered_elsewhere(live: &Value) -> bool {
    let managers = live.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten();
    let mut choosing = managers.filter(|entry| entry.pointer("/fieldsV1/f:spec/f:selector").is_some());
    let is_controller = |manager: &str| manager != MANAGER && !manager.starts_with("kubectl");
    live.get("kind").is_some_and(|kind| kind == "Service")
        && choosing.any(|entry| entry["manager"].as_str().is_some_and(is_controller))
}

/// Does another manager own the number of replicas: an autoscaler, or somebody's `kubectl scale`?
pub fn is_scaled_elsewhere(live: &Value) -> bool {
    let managers = live.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten();
    let mut scaling = managers.filter(|entry| entry["subresource"] == "scale");
    scaling.any(|entry| entry["manager"] != MANAGER && entry.pointer("/fieldsV1/f:spec/f:replicas").is_some())
}

/// Parts that say nothing about drift: what the API server writes, and what controllers fill in.
const IGNORED: &[&str] = &[
    "/status",
    "/metadata/managedFields",
    "/metadata/resourceVersion",
    "/metadata/generation",
    "/metadata/creationTimestamp",
    "/metadata/uid",
    "/metadata/selfLink",
];

/// Fields of the webhooks and conversions that `cert-manager` and others put their certificates into.
const CERTIFICATES: &str = "caBundle";

/// Paths in which a live object differs from what applying would make of it; empty if it is as wanted.
pub fn differences(live: &Value, applied: &Value) -> Vec<String> {
    let mut found = vec![];
    let yielded: Vec<_> = yielded(live).iter().map(|field| format!("/spec/{field}")).collect();
    compare(
        live,
        applied,
        String::new(),
        &mut |path| {
            let ignored = IGNORED.contains(&path) || path.rsplit('/').next() == Some(CERTIFICATES);
            ignored || yielded.iter().any(|field| field == path)
        },
        &mut found,
    );
    found
}

fn compare(
    live: &Value,
    applied: &Value,
    path: String,
    ignored: &mut dyn FnMut(&str) -> bool,
    found: &mut Vec<String>,
) {
    if live == applied || ignored(&path) {
        return;
    }
    match (live, applied) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            for key in keys {
                let part = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                compare(&part(one), &part(other), format!("{path}/{key}"), ignored, found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (live, applied)) in one.iter().zip(other).enumerate() {
                compare(live, applied, format!("{path}/{at}"), ignored, found);
            }
        }
        _ => found.push(path),
    }
}

/// Plain Jobs whose live object was made from another template. They can't be applied, only deleted and made anew.
///
/// A Job that Helm made has no digest: it is compared as far as the chart says something about it.
pub fn outdated_jobs<'a>(manifest: &'a Manifest, live: impl Fn(&str) -> Option<&'a Value>) -> Vec<String> {
    let outdated = manifest.plain_jobs().filter(|job| {
        live(job.name()).is_some_and(|live| {
            let digest =
                live.pointer("/metadata/annotations").and_then(|all| all.get(super::trim::INPUTS)?.as_str());
            match digest {
                Some(digest) => digest != jobs::template(job),
                None => !says_all(live.get("spec"), job.value.get("spec")),
            }
        })
    });
    outdated.map(|job| job.name().to_owned()).collect()
}

/// Does an object say all that is wanted? It may say more.
fn says_all(live: Option<&Value>, wanted: Option<&Value>) -> bool {
    match (live, wanted) {
        (_, None | Some(Value::Null)) => true,
        (Some(Value::Object(live)), Some(Value::Object(wanted))) => {
            wanted.iter().all(|(key, value)| says_all(live.get(key), Some(value)))
        }
        (Some(Value::Array(live)), Some(Value::Array(wanted))) => {
            live.len() == wanted.len()
                && live.iter().zip(wanted).all(|(live, wanted)| says_all(Some(live), Some(wanted)))
        }
        // Quantities and ports are said as numbers or as texts.
        (Some(live), Some(wanted)) => live == wanted || plain(live) == plain(wanted),
        // What is empty is left out.
        (None, Some(wanted)) => plain(wanted).is_empty(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) if map.is_empty() => String::new(),
        Value::Array(items) if items.is_empty() => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
