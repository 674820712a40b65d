//! What the changes of a cloud would do, under one digest by which people approve of them.

use super::{component::COMPONENTS, input::ComposedResources, version::OpenStackRelease};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedChanges {
    /// Of what is wanted: it stays while that is carried out.
    pub digest: String,
    /// What each component says it would do.
    pub changes: Vec<Value>,
}

/// Digest of what is wanted of all components.
pub fn digest<'a>(wishes: impl Iterator<Item = (&'a str, OpenStackRelease, Map<String, Value>)>) -> String {
    // Maps are sorted, so equal wishes are equal text.
    let all: Vec<_> =
        wishes.map(|(key, release, wanted)| json!([key, release.to_string(), wanted])).collect();
    let digest = Sha256::digest(Value::Array(all).to_string());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Gathers what the components that hold changes back say of them.
pub fn gather(resources: &ComposedResources, digest: &str) -> PlannedChanges {
    let change = |key: &str| {
        let mut plan = resources.get(key)?.component_status().plan;
        plan.retain(|_, what| what.as_array().is_none_or(|list| !list.is_empty()));
        if plan.is_empty() {
            return None;
        }
        plan.insert("component".to_owned(), json!(key));
        Some(Value::Object(plan))
    };
    let changes = COMPONENTS.iter().filter_map(|component| change(component.key)).collect();
    PlannedChanges { digest: digest.to_owned(), changes }
}
