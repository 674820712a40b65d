//! What a call is about: the composite resource, what was composed of it, and what Crossplane looked up for it.

use super::{
    convert,
    protocol::{Resource, Resources},
    response::ResponseBuilder,
};
use crate::profile::{chain::ProfileName, composed_resource::ComposedResource, input::ComposedResources};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The composite resource.
pub struct Composite {
    /// The object.
    pub object: Value,
}

impl Composite {
    /// Reads it; an empty one where there is none.
    pub fn of(resource: Option<Resource>) -> Self {
        let object = resource.and_then(|resource| resource.resource).map(convert::to_json);
        Self { object: Value::Object(object.unwrap_or_default()) }
    }

    /// A text of it; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.object.get("metadata")?.get("annotations")?.get(name)?.as_str()
    }

    /// An object in it; empty where there is none.
    pub fn object_at(&self, pointer: &str) -> Map<String, Value> {
        self.object.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

/// What was composed before.
pub fn parts(resources: BTreeMap<String, Resource>) -> ComposedResources {
    let part = |resource: Resource| ComposedResource {
        object: resource.resource.map(convert::to_json).unwrap_or_default(),
        details: resource.connection_details,
    };
    resources.into_iter().map(|(name, resource)| (name, part(resource))).collect()
}

/// What Crossplane looked up for us.
pub struct Required {
    /// By the keys that it was asked for by.
    pub looked_up: BTreeMap<String, Resources>,
}

impl Required {
    /// Looks profiles up, in their order; `None` as long as Crossplane has not done it.
    pub fn profiles(
        &self,
        names: &[ProfileName],
        answer: &mut ResponseBuilder,
    ) -> Option<Vec<Option<Value>>> {
        let keys: Vec<_> = names.iter().map(|name| answer.require_profile(name)).collect();
        keys.iter().map(|key| Some(self.found(key)?.into_iter().next())).collect()
    }

    /// The defaults of all clouds, which are one object or none; likewise.
    pub fn defaults(&self, answer: &mut ResponseBuilder) -> Option<Vec<Value>> {
        self.found(&answer.require_defaults())
    }

    /// What was found for a key; `None` as long as Crossplane has not looked.
    pub fn found(&self, key: &str) -> Option<Vec<Value>> {
        let objects = self.looked_up.get(key)?.items.iter().filter_map(|item| item.resource.clone());
        Some(objects.map(|object| Value::Object(convert::to_json(object))).collect())
    }
}
