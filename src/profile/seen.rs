//! What is known of a cloud before it is composed.

use super::{chain::Found, part::Part, refusal::Refusal, spec::CloudSpec};
use std::collections::BTreeMap;

/// Composed resources that were observed, by the names that this module gave them.
pub type Parts = BTreeMap<String, Part>;

/// What is known of a cloud.
pub struct Seen<'a> {
    /// Its name.
    pub name: &'a str,
    /// Namespace that it is installed in.
    pub namespace: &'a str,
    /// What people wrote.
    pub spec: &'a CloudSpec,
    /// The profiles that it names, in its order; an error for one that can't be used.
    pub profiles: Vec<Result<Found, Refusal>>,
    /// What was composed before.
    pub parts: &'a Parts,
    /// Digest of the plan that somebody approved of.
    pub approved: Option<&'a str>,
}
