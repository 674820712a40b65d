//! The one comparison of wanted and observed: a field absent from the spec is not managed, an empty one means
//! clear, values are normalised first, and lists marked as sets ignore order.

mod set;
pub mod words;

use super::shape::{Field, Node, Shape};
use serde_json::{Map, Value};
use set::same_set;

/// Top-level fields of `forProvider` that differ from what was observed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Names of the fields, camelCase.
    pub fields: Vec<String>,
    /// Those among them that can't be changed.
    pub immutable: Vec<String>,
}

impl Diff {
    /// What differs and can be changed.
    #[must_use]
    pub fn mutable(&self) -> Self {
        let fields = self.fields.iter().filter(|field| !self.immutable.contains(field)).cloned().collect();
        Self { fields, immutable: vec![] }
    }

    /// Does nothing differ?
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Adds what differs beside the fields, each name once.
    pub fn add(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if !self.fields.contains(&name) {
                self.fields.push(name);
            }
        }
    }

    /// What differs beside these fields, and in them; in the order in which they are named.
    #[must_use]
    pub fn split(&self, names: &[&str]) -> (Self, Self) {
        let immutable =
            |fields: &[String]| self.immutable.iter().filter(|f| fields.contains(f)).cloned().collect();
        let beside: Vec<_> = self.fields.iter().filter(|f| !names.contains(&f.as_str())).cloned().collect();
        let named = names.iter().filter(|name| self.fields.iter().any(|f| f == *name));
        let within: Vec<_> = named.map(|name| (*name).to_owned()).collect();
        (
            Self { immutable: immutable(&beside), fields: beside },
            Self { immutable: immutable(&within), fields: within },
        )
    }
}

/// Compares a spec with what was observed. Fields that the API never tells are left out, secrets among them.
pub fn diff(shape: &Shape, wanted: &Map<String, Value>, observed: &Map<String, Value>) -> Diff {
    let mut found = Diff::default();
    for field in shape.fields.iter().filter(|f| !f.options.create_only && f.options.secret.is_none()) {
        let Some(want) = wanted.get(&field.name) else { continue };
        if !field_matches(field, want, observed.get(&field.name)) {
            found.fields.push(field.name.clone());
            if field.options.immutable {
                found.immutable.push(field.name.clone());
            }
        }
    }
    found
}

/// Has an object what is looked for in this field? A value means what it means in a spec; of a list, all that are given must be
/// there, and others may.
pub fn has(field: &Field, wanted: &Value, observed: Option<&Value>) -> bool {
    match (&field.node, wanted, observed) {
        (Node::List(inner), Value::Array(wanted), Some(Value::Array(observed))) => {
            wanted.iter().all(|wanted| observed.iter().any(|have| item_matches(field, inner, wanted, have)))
        }
        (_, wanted, observed) => field_matches(field, wanted, observed),
    }
}

/// Items of a list in which order does not matter that are wanted and not there, and those that are there and not wanted.
pub fn apart(field: &Field, wanted: &[Value], observed: &[Value]) -> (Vec<Value>, Vec<Value>) {
    match &field.node {
        Node::List(inner) => set::apart(wanted, observed, |w, h| item_matches(field, inner, w, h)),
        Node::Leaf | Node::Object(_) | Node::Map => (vec![], vec![]),
    }
}

fn field_matches(field: &Field, want: &Value, have: Option<&Value>) -> bool {
    match (&field.node, want, have) {
        (_, want, None) => is_empty(want),
        (Node::Leaf, want, Some(have)) => field.normal(want) == field.normal(have),
        (Node::List(inner), Value::Array(want), Some(Value::Array(have))) => {
            let equal = |w: &Value, h: &Value| item_matches(field, inner, w, h);
            want.len() == have.len()
                && if field.options.set { same_set(want, have, equal) } else { in_order(want, have, equal) }
        }
        (Node::Map, Value::Object(want), Some(have)) if field.options.merge => {
            want.iter().all(|(key, want)| have.get(key).map_or_else(|| is_empty(want), |have| have == want))
        }
        (Node::Object(_), Value::Object(want), Some(have)) if want.is_empty() => is_empty(have),
        (node, want, Some(have)) => node_matches(node, want, have),
    }
}

fn item_matches(field: &Field, node: &Node, want: &Value, have: &Value) -> bool {
    match node {
        Node::Leaf => field.normal(want) == field.normal(have),
        Node::Object(_) | Node::List(_) | Node::Map => node_matches(node, want, have),
    }
}

/// Objects match when every wanted field does; free maps and all else must be equal.
fn node_matches(node: &Node, want: &Value, have: &Value) -> bool {
    match (node, want, have) {
        (Node::Object(shape), Value::Object(want), Value::Object(have)) => shape
            .fields
            .iter()
            .all(|f| want.get(&f.name).is_none_or(|w| field_matches(f, w, have.get(&f.name)))),
        (Node::Leaf | Node::Object(_) | Node::List(_) | Node::Map, want, have) => want == have,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(s) => s.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn in_order(want: &[Value], have: &[Value], equal: impl Fn(&Value, &Value) -> bool) -> bool {
    want.iter().zip(have).all(|(w, h)| equal(w, h))
}

#[cfg(test)]
mod tests;
