//! What Keystone's kinds share.

use crate::kind::{
    Goal, Key, Kind, Ready, Seen, Step,
    diff::Diff,
    marker, plain_reads, plain_step,
    request::{Method, Read, Request},
    requests,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Room for people in a role's description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);

/// Switches that Keystone keeps with an object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceOptions {
    /// Whether Keystone refuses to change or delete the object, until this is set to false.
    pub immutable: Option<bool>,
}

/// By external-name; without one, the list in which a lost create is looked for, which some collections divide.
pub(super) fn reads<K: Kind>(key: &Key<'_, K::Parameters>, part: Option<(&str, &str)>) -> Vec<Read> {
    let mut reads = plain_reads::<K>(key);
    if let Some(Read::List { query, .. }) = reads.first_mut() {
        query.extend(part.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    reads
}

/// An immutable object takes nothing but a request that unlocks it: what else is to be done comes after.
pub(super) fn unlock_first<K: Kind>(
    goal: Goal,
    key: &Key<'_, K::Parameters>,
    seen: Option<&Seen<'_, K>>,
    diff: &Diff,
) -> Step {
    let immutable = |fields: &Map<String, Value>| fields.get("options")?.get("immutable")?.as_bool();
    let locked = seen.and_then(|seen| immutable(&seen.any.at_provider)) == Some(true);
    let unlocks = immutable(key.any.params) == Some(false);
    match goal {
        Goal::Vanish if locked && !unlocks => Step::Refuse(
            "it is immutable: set spec.forProvider.options.immutable to false to let it be deleted"
                .to_owned(),
        ),
        Goal::Match | Goal::Vanish if locked && unlocks => {
            requests::<K>(key).set("options", json!({"immutable": false}))
        }
        Goal::Exist | Goal::Match | Goal::Vanish => plain_step::<K>(goal, key, seen, diff),
    }
}

/// What acts as a domain must be disabled before it can be deleted.
pub(super) fn disable_first<K: Kind>(step: Step, key: &Key<'_, K::Parameters>, live: bool) -> Step {
    match step {
        Step::Send(Request { method: Method::Delete, .. }) if live => {
            requests::<K>(key).set("enabled", json!(false))
        }
        step => step,
    }
}

/// Somebody else disabled it.
pub(super) fn ready(what: &str, wanted: Option<bool>, enabled: Option<bool>) -> Ready {
    match (wanted, enabled) {
        (None | Some(true), Some(false)) => Ready::Failed(format!("the {what} is disabled")),
        (Some(false), _) | (_, None | Some(true)) => Ready::Yes,
    }
}

/// The domain to look in for a lost create, where the parameters name one.
pub(super) fn domain(id: Option<&str>) -> Option<(&'static str, &str)> {
    id.filter(|id| !id.is_empty()).map(|id| ("domain_id", id))
}
