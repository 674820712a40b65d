//! How fields are changed that no plain update takes: a table, [`Kind::CHANGES`](crate::kind::Kind::CHANGES).

use super::requests::Requests;
use crate::kind::{
    diff::Diff,
    key::{Key, TypedObserved},
    request::Method,
    step::Step,
};
use serde_json::{Map, Value, json};

/// What stands against a change, of what is wanted and what was observed.
type Unless<P, O> = fn(&Key<'_, P>, &TypedObserved<'_, P, O>) -> Option<Step>;

/// The next request, if one is needed.
type Next<P, O> = fn(&Requests<'_>, &Key<'_, P>, &TypedObserved<'_, P, O>) -> Option<Step>;

/// A row: these fields are changed so.
pub struct Change<P, O> {
    fields: &'static [&'static str],
    by: By<P, O>,
    at_once: bool,
    unless: Unless<P, O>,
}

/// How fields are changed.
pub enum By<P, O> {
    /// An update of their own, before the one of all other fields.
    Update,
    /// An action, `POST …/action`, of this name; its content is the one field, under this name.
    Action(&'static str, &'static str),
    /// The same of a field whose value is a secret.
    SecretAction(&'static str, &'static str),
    /// An action of this name and with this content.
    ActionWith(&'static str, fn(&P) -> Value),
    /// PUT to this resource below the object: `{"tags": […]}` to `…/tags`.
    SubResource(&'static str),
    /// Free keys below the object, one field: all that differ are set by one POST, those that are too much are deleted
    /// one by one.
    SubKeys(&'static str),
    /// What only a function can say; `None` where nothing of it is left to do.
    Function(Next<P, O>),
}

impl<P, O> Change<P, O> {
    /// These fields are changed so, once the object is not [busy](crate::kind::Kind::busy).
    pub const fn new(fields: &'static [&'static str], by: By<P, O>) -> Self {
        Self { fields, by, at_once: false, unless: |_, _| None }
    }

    /// Even while the object is busy.
    #[must_use]
    pub const fn at_once(self) -> Self {
        Self { at_once: true, ..self }
    }

    /// Instead, while this says so: waits until the object is in a state in which the change can be made, or refuses it.
    #[must_use]
    pub const fn unless(self, unless: Unless<P, O>) -> Self {
        Self { unless, ..self }
    }

    fn step(
        &self,
        requests: &Requests<'_>,
        key: &Key<'_, P>,
        seen: &TypedObserved<'_, P, O>,
        own: &Diff,
        busy: &dyn Fn() -> Option<Step>,
        update: &dyn Fn(&Diff) -> Step,
    ) -> Option<Step> {
        let busy = if self.at_once { None } else { busy() };
        busy.or_else(|| (self.unless)(key, seen)).or_else(|| match self.by {
            By::Update => Some(update(own)),
            By::Action(action, name) => {
                let wanted = own.fields.first().and_then(|field| key.any.params.get(field));
                Some(requests.act(action, json!({ name: wanted })))
            }
            By::SecretAction(action, name) => Some(requests.act_secretly(action, name)),
            By::ActionWith(action, how) => Some(requests.act(action, how(key.params))),
            By::SubResource(below) => Some(requests.put(below, own)),
            By::SubKeys(below) => {
                let field = own.fields.first().and_then(|name| key.any.shapes.params.field(name))?;
                let values = |all: &Map<String, Value>| {
                    all.get(&field.name).and_then(Value::as_object).cloned().unwrap_or_default()
                };
                let (wanted, have) = (values(key.any.params), values(&seen.any.at_provider));
                sub_keys(requests, below, &field.wire, &wanted, &have)
            }
            By::Function(next) => next(requests, key, seen),
        })
    }

    const fn goes_first(&self) -> bool {
        matches!(self.by, By::Update)
    }
}

/// The next request that brings an object to what is wanted of it: updates that must come alone, then the one of all
/// fields that no row names, then the other rows, in their order. What one of these refuses is said after all that the
/// others can do, since they may be what makes it possible.
pub fn step<P, O>(
    changes: &[Change<P, O>],
    requests: &Requests<'_>,
    key: &Key<'_, P>,
    seen: &TypedObserved<'_, P, O>,
    diff: &Diff,
    busy: &dyn Fn() -> Option<Step>,
    update: &dyn Fn(&Diff) -> Step,
) -> Step {
    let next = |change: &Change<P, O>| {
        let (_, own) = diff.split(change.fields);
        if own.is_empty() { None } else { change.step(requests, key, seen, &own, busy, update) }
    };
    let named: Vec<_> = changes.iter().flat_map(|change| change.fields).copied().collect();
    let (plain, _) = diff.split(&named);
    let plain = || if plain.is_empty() { None } else { Some(update(&plain)) };
    let first = changes.iter().filter(|change| change.goes_first()).find_map(next);
    let (mut rows, mut refusal) = (changes.iter().filter(|change| !change.goes_first()), None);
    let mut possible = |change| match next(change) {
        Some(refused @ Step::Refuse(_)) => {
            refusal.get_or_insert(refused);
            None
        }
        step => step,
    };
    let step = first.or_else(plain).or_else(|| rows.find_map(&mut possible));
    step.or(refusal).unwrap_or(Step::Done)
}

fn sub_keys(
    requests: &Requests<'_>,
    below: &str,
    wire: &str,
    wanted: &Map<String, Value>,
    have: &Map<String, Value>,
) -> Option<Step> {
    let differs = |(name, value): &(&String, &Value)| have.get(*name) != Some(value);
    let changed: Map<_, _> =
        wanted.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect();
    if !changed.is_empty() {
        return Some(requests.below(Method::Post, below, Some(json!({ wire: changed }))));
    }
    let surplus = have.keys().find(|name| !wanted.contains_key(*name))?;
    Some(requests.below(Method::Delete, &format!("{below}/{surplus}"), None))
}

#[cfg(test)]
mod tests;
