//! What Keystone's kinds share.

use crate::kind::{
    Found, Goal, Key, Kind, KindError, Ready, Seen, Step,
    diff::{Diff, diff},
    marker, plain_parse, plain_reads, plain_step,
    request::{Answer, Keep, Method, Read, Request},
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

/// Where a list says as much as a look: its one item is the object.
///
/// # Errors
/// An answer has an unexpected form.
pub(super) fn listed<K: Kind>(
    singular: &str,
    key: &Key<'_, K::Parameters>,
    answers: &[Answer],
) -> Result<Found, KindError> {
    match answers.last() {
        Some(Answer::Items(items)) if items.len() == 1 => {
            plain_parse::<K>(key, &[Answer::Body(json!({ singular: items.first() }))])
        }
        Some(Answer::Items(_) | Answer::Body(_) | Answer::Compared { .. } | Answer::Gone) | None => {
            plain_parse::<K>(key, answers)
        }
    }
}

/// Credentials are looked for in their list: of one that is gone Keystone says 403, since it has no owner any more.
pub(super) fn credentials(keep: Keep, user: Option<&str>) -> Vec<Read> {
    let user = user.filter(|id| !id.is_empty()).map(|id| ("user_id".to_owned(), id.to_owned()));
    let query = user.into_iter().collect();
    vec![Read::List { path: "/credentials".to_owned(), query, items: "credentials", keep }]
}

/// The id that people choose: the external-name, the one that the parameters give, or else the managed resource's name.
pub(super) fn chosen<P>(key: &Key<'_, P>, given: Option<&str>) -> Option<String> {
    let meta = key.any.meta;
    Some(meta.external_name.or(given).unwrap_or(meta.name).to_owned())
}

/// What our create makes is as it is wanted: anything else under a name that people choose is somebody else's.
pub(super) fn as_created<K: Kind>(key: &Key<'_, K::Parameters>, seen: &Seen<'_, K>) -> bool {
    let found = diff(&key.any.shapes.params, key.any.params, &seen.any.at_provider);
    found.is_empty() && K::drift(key, seen).is_empty()
}

/// The user who is meant: the given one, or else whose the credentials are.
pub(super) fn user<'a, P>(key: &Key<'a, P>, given: Option<&'a str>) -> &'a str {
    given.filter(|id| !id.is_empty()).or(key.any.cloud.user_id.as_deref()).unwrap_or_default()
}

/// A field that must be just as it is wanted, with nothing beside what is said: its name, if it is not.
pub(super) fn unlike<T: PartialEq>(field: &str, wanted: Option<&T>, seen: Option<&T>) -> Vec<String> {
    wanted.filter(|wanted| Some(*wanted) != seen).map(|_| field.to_owned()).into_iter().collect()
}

/// The domain to look in for a lost create, where the parameters name one.
pub(super) fn domain(id: Option<&str>) -> Option<(&'static str, &str)> {
    id.filter(|id| !id.is_empty()).map(|id| ("domain_id", id))
}
