//! What is known of a cloud before it is composed.

use super::{chain::FoundProfile, composed_resource::ComposedResource, refusal::Refusal, spec::CloudSpec};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Composed resources that were observed, by the names that this module gave them.
pub type ComposedResources = BTreeMap<String, ComposedResource>;

/// What is known of a cloud.
pub struct CloudInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// Namespace that it is installed in.
    pub namespace: &'a str,
    /// What people wrote.
    pub spec: &'a CloudSpec,
    /// The profiles that it names, in its order; an error for one that can't be used.
    pub profiles: Vec<Result<FoundProfile, Refusal>>,
    /// What was composed before.
    pub resources: &'a ComposedResources,
    /// Components as the cloud's status told them last. Losing it loses nothing but a word.
    pub told: Map<String, Value>,
    /// Digest of the plan that somebody approved of.
    pub approved: Option<&'a str>,
}
