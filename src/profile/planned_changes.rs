//! What the changes of a cloud would do, under one digest by which people approve of them.

use super::{
    component::Component, composed_resource::ComposedResource, input::ComposedResources,
    version::OpenStackRelease,
};
use crate::components::renewal::{Renewal, renewal};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Annotation by which somebody approves of a plan, by its digest.
pub const APPROVE: &str = "cluster.kupenstack.io/approve";

/// Parameters that a component is compared in before its plan is one of just what is wanted. Others are filled in by
/// references, or left to `kubectl scale`.
const COMPARED: [&str; 7] = ["chart", "images", "resources", "unset", "values", "valuesText", "policy"];

/// What is wanted of a component.
pub struct Wish {
    /// Which.
    pub component: &'static Component,
    /// Release that it should have.
    pub target: OpenStackRelease,
    /// Its parameters, but for the release.
    pub parameters: Map<String, Value>,
    /// Generations that its passwords should have, of those that were renewed.
    pub generations: Map<String, Value>,
    /// Passwords that it is still to get another generation of.
    pub open: Vec<&'static str>,
}

/// What is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedChanges {
    /// Of what is wanted: it stays while that is carried out.
    pub digest: String,
    /// What each component says it would do.
    pub changes: Vec<Value>,
    /// Components that have yet to say it.
    pub pending: Vec<&'static str>,
}

/// Digest of what is wanted of all components.
fn digest(wishes: &[Wish]) -> String {
    // Maps are sorted, so equal wishes are equal text.
    let all: Vec<_> = wishes
        .iter()
        .map(|wish| {
            let mut all =
                vec![json!(wish.component.key), json!(wish.target.to_string()), json!(wish.parameters)];
            // What people agreed with before anything could be renewed stays agreed with.
            all.extend((!wish.generations.is_empty()).then(|| json!(wish.generations)));
            Value::Array(all)
        })
        .collect();
    let digest = Sha256::digest(Value::Array(all).to_string());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Gathers what the components that hold changes back say of them.
pub fn gather(resources: &ComposedResources, wishes: &[Wish]) -> PlannedChanges {
    let there = || wishes.iter().filter_map(|wish| Some((wish, resources.get(wish.component.key)?)));
    PlannedChanges {
        digest: digest(wishes),
        changes: there().filter_map(|(wish, resource)| wish.change(resource)).collect(),
        pending: there()
            .filter(|(wish, resource)| wish.is_pending(resource))
            .map(|(wish, _)| wish.component.key)
            .collect(),
    }
}

impl Wish {
    fn change(&self, resource: &ComposedResource) -> Option<Value> {
        let status = resource.component_status();
        let mut plan = status.plan.clone();
        plan.retain(|_, what| what.as_array().is_none_or(|list| !list.is_empty()));
        if status.running().is_some_and(|running| running != self.target) {
            plan.insert("release".to_owned(), json!(self.target.to_string()));
        }
        if !self.open.is_empty() {
            plan.insert("passwords".to_owned(), json!(self.open));
            let interrupts = self.interrupts();
            plan.extend((!interrupts.is_empty()).then(|| ("interrupts".to_owned(), json!(interrupts))));
        }
        if plan.is_empty() {
            return None;
        }
        plan.insert("component".to_owned(), json!(self.component.key));
        Some(Value::Object(plan))
    }

    /// What is interrupted while passwords are renewed that can't be beside the old ones.
    fn interrupts(&self) -> BTreeSet<&'static str> {
        let why = |key: &&str| match renewal(self.component.facts, key) {
            Some(Renewal::InPlace(why)) => Some(why),
            Some(Renewal::Account(_) | Renewal::Never(_)) | None => None,
        };
        self.open.iter().filter_map(why).collect()
    }

    /// Was the component not yet asked for what is wanted, or not yet compared with it?
    fn is_pending(&self, resource: &ComposedResource) -> bool {
        let asked = |name: &str| resource.at(&["spec", "forProvider", name]);
        let differs = COMPARED.into_iter().any(|name| asked(name) != self.parameters.get(name));
        differs || !resource.is_compared()
    }
}

#[cfg(test)]
mod tests;
