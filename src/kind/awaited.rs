//! What a creation waits for beyond what it refers to: other managed resources that are still to come, and without which it
//! would fail, or be made incomplete for ever.

use serde_json::{Value, json};

/// Managed resources of a kind, in the same namespace: what somebody does in another one holds nothing back. Where no id says
/// which, those with the same ProviderConfig.
#[derive(Clone, Debug, PartialEq)]
pub struct Awaited {
    /// `service.Kind`; one whose [`Options::awaited`](super::Options::awaited) says so.
    pub kind: &'static str,
    /// Which of them.
    pub which: Which,
    /// What a person can do who does not want to wait; empty for nothing.
    pub instead: &'static str,
}

/// Which of a kind's resources.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// All.
    Any,
    /// The one with this external-name.
    Named(String),
    /// Those whose field has this value, or will have it once its reference is resolved.
    Having(&'static str, Value),
    /// Those whose field has one of the ids that the status of another managed resource tells.
    Told {
        /// Field of those that are waited for.
        field: &'static str,
        /// `service.Kind` of the one that tells.
        by: &'static str,
        /// Its external-name.
        id: String,
        /// Where the status tells it: a list of objects, and a field in each.
        at: (&'static str, &'static str),
    },
}

impl Awaited {
    /// Those whose field has this id.
    pub fn having(kind: &'static str, field: &'static str, id: &str) -> Self {
        Self { kind, which: Which::Having(field, json!(id)), instead: "" }
    }

    /// The one with this external-name.
    pub fn named(kind: &'static str, external_name: &str) -> Self {
        Self { kind, which: Which::Named(external_name.to_owned()), instead: "" }
    }

    /// With what a person can do who does not want to wait.
    #[must_use]
    pub fn instead(self, instead: &'static str) -> Self {
        Self { instead, ..self }
    }
}
