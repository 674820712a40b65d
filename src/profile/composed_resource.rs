//! A composed resource as it was observed: what its status says of a component.

use super::version::OpenStackRelease;
use crate::api::meta;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A composed resource.
#[derive(Clone, Default, PartialEq)]
pub struct ComposedResource {
    /// The object.
    pub object: Map<String, Value>,
    /// Content of its connection secret.
    pub details: BTreeMap<String, Vec<u8>>,
}

/// What is read of the object's status.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentStatus {
    /// The Helm release.
    pub release: Option<HelmRelease>,
    /// Release of the images that run.
    pub openstack_release: Option<String>,
    /// Release that it has begun to go to.
    pub begun: Option<String>,
    /// Its workloads.
    pub workloads: Vec<Workload>,
    /// What an update that is held back would do.
    pub plan: Map<String, Value>,
    /// What blocks it.
    pub cause: Option<String>,
    /// It has been unready for longer than its patience.
    pub stalled: bool,
}

/// A Helm release.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HelmRelease {
    /// Its revision.
    pub revision: Option<i64>,
    /// Its status, in Helm's words.
    pub status: Option<String>,
}

/// A workload.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Workload {
    desired: i64,
    ready: i64,
}

impl ComposedResource {
    /// The value at a path.
    pub fn at(&self, pointer: &[&str]) -> Option<&Value> {
        let (first, rest) = pointer.split_first()?;
        rest.iter().try_fold(self.object.get(*first)?, |value, name| value.get(*name))
    }

    /// What it tells of the external resource. What can't be read is as if it were absent, since a status is never refused.
    pub fn told<T: DeserializeOwned + Default>(&self) -> T {
        let status = self.at(&["status", "atProvider"]).cloned().unwrap_or_default();
        serde_json::from_value(status).unwrap_or_default()
    }

    /// What a component tells of itself.
    pub fn component_status(&self) -> ComponentStatus {
        self.told()
    }

    /// Status and message of a condition.
    pub fn condition(&self, r#type: &str) -> Option<(&str, Option<&str>)> {
        let conditions = self.at(&["status", "conditions"])?.as_array()?;
        let found = conditions.iter().find(|condition| condition.get("type").is_some_and(|t| t == r#type))?;
        Some((found.get("status")?.as_str()?, found.get("message").and_then(Value::as_str)))
    }

    /// Does a condition have this status?
    pub fn says(&self, r#type: &str, status: &str) -> bool {
        self.condition(r#type).is_some_and(|(is, _)| is == status)
    }

    /// Does the condition that compares it speak of the spec that it has now?
    pub fn is_compared(&self) -> bool {
        let conditions = self.at(&["status", "conditions"]).and_then(Value::as_array).into_iter().flatten();
        let mut compared =
            conditions.filter(|condition| condition.get("type").is_some_and(|t| t == "UpToDate"));
        let generation = self.at(&["metadata", "generation"]);
        compared.any(|condition| condition.get("observedGeneration") == generation)
    }

    /// Can it be used?
    pub fn ready(&self) -> bool {
        self.says("Ready", "True")
    }

    /// Release that it was last asked to have.
    pub fn asked(&self) -> Option<OpenStackRelease> {
        self.at(&["spec", "forProvider", "openstackRelease"])?.as_str()?.parse().ok()
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.at(&["metadata", "name"])?.as_str()
    }

    /// Why it is not ready, or not as it should be: its own root cause, else the first message of its conditions.
    pub fn why(&self) -> Option<String> {
        let cause = self.component_status().cause.filter(|cause| !cause.is_empty());
        let message = |r#type: &str| {
            let (status, message) = self.condition(r#type)?;
            message.filter(|_| status != "True").map(str::to_owned)
        };
        cause.or_else(|| ["Synced", "Rendered", "JobsSucceeded", "Ready"].into_iter().find_map(message))
    }

    /// Does somebody have to look at it?
    pub fn halted(&self) -> bool {
        self.says("JobsSucceeded", "False") || self.component_status().stalled
    }

    /// The same object as a wish: what it is asked for stays as it is, and so does what it stands for. Without its external-name
    /// it would be another one: other passwords than those that data were written with.
    pub fn as_it_is(&self) -> Value {
        let mut wish = Map::new();
        for field in ["apiVersion", "kind", "spec"] {
            wish.extend(self.object.get(field).map(|value| (field.to_owned(), value.clone())));
        }
        // Of a composite resource: what Crossplane itself notes there.
        if let Some(Value::Object(spec)) = wish.get_mut("spec") {
            spec.remove("crossplane");
        }
        let mut metadata = Map::new();
        for field in ["name", "namespace"] {
            metadata.extend(self.at(&["metadata", field]).map(|value| (field.to_owned(), value.clone())));
        }
        if let Some(name) = self.at(&["metadata", "annotations", meta::EXTERNAL_NAME]) {
            metadata.insert("annotations".to_owned(), json!({(meta::EXTERNAL_NAME): name}));
        }
        wish.insert("metadata".to_owned(), Value::Object(metadata));
        Value::Object(wish)
    }
}

impl ComponentStatus {
    /// Release that it is at, or irrevocably on its way to.
    pub fn committed(&self) -> Option<OpenStackRelease> {
        let begun = self.begun.as_deref().and_then(|text| text.parse().ok());
        begun.max(self.running())
    }

    /// Release of the images that run.
    pub fn running(&self) -> Option<OpenStackRelease> {
        self.openstack_release.as_deref()?.parse().ok()
    }

    /// Pods that are ready, and that there should be.
    pub fn pods(&self) -> (i64, i64) {
        self.workloads.iter().fold((0, 0), |(ready, desired), one| (ready + one.ready, desired + one.desired))
    }
}
