//! A ProviderConfig as the watch shows it.

use crate::{
    api::{condition::Condition, meta, provider_config::Changes},
    runtime::apiserver::inputs::{self, Version},
};
use kube::api::DynamicObject;
use serde_json::{Map, Value};

/// A ProviderConfig, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Config {
    pub(crate) uid: String,
    pub(crate) resource_version: String,
    pub(crate) generation: i64,
    pub(crate) deleting: bool,
    pub(crate) finalizers: Vec<String>,
    pub(crate) changes: Changes,
    pub(crate) users: Option<i64>,
    pub(crate) held: Option<i64>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) failing_since: Option<String>,
    /// What the status says of the backend.
    pub(crate) description: Map<String, Value>,
}

impl Config {
    /// Reads it; `description_key` is the family's.
    pub(crate) fn read(object: &DynamicObject, description_key: &str) -> Self {
        let (metadata, status) = (&object.metadata, object.data.get("status"));
        let said = |key: &str| status.and_then(|status| status.get(key));
        let changes = object.data.pointer("/spec/changes").cloned();
        Self {
            uid: metadata.uid.clone().unwrap_or_default(),
            resource_version: metadata.resource_version.clone().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            deleting: metadata.deletion_timestamp.is_some(),
            finalizers: metadata.finalizers.clone().unwrap_or_default(),
            changes: changes.and_then(|said| serde_json::from_value(said).ok()).unwrap_or_default(),
            users: said("users").and_then(Value::as_i64),
            held: said("held").and_then(Value::as_i64),
            conditions: said("conditions")
                .and_then(|c| serde_json::from_value(c.clone()).ok())
                .unwrap_or_default(),
            failing_since: said("failingSince").and_then(Value::as_str).map(str::to_owned),
            description: said(description_key).and_then(Value::as_object).cloned().unwrap_or_default(),
        }
    }

    /// Of what it says about the cloud.
    pub(crate) fn spec_version(&self) -> Version {
        inputs::spec_version(&self.uid, self.generation)
    }

    /// Can what is to be written wait?
    pub(crate) fn guarded(&self) -> bool {
        self.finalized() && !self.deleting
    }

    pub(crate) fn finalized(&self) -> bool {
        self.finalizers.iter().any(|f| f == meta::IN_USE_FINALIZER)
    }
}
