//! The one comparison of wanted and observed: a field absent from the spec is not managed, an empty one means
//! clear, values are normalised first, and lists marked as sets ignore order.

use super::shape::{Field, Node, Shape};
use serde_json::{Map, Value};

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

/// Each wanted item takes one observed item; lengths are equal.
fn same_set(want: &[Value], have: &[Value], equal: impl Fn(&Value, &Value) -> bool) -> bool {
    let mut left: Vec<&Value> = have.iter().collect();
    want.iter().all(|w| match left.iter().position(|h| equal(w, h)) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shape() -> Shape {
        Shape::of(&json!({"properties": {
            "name": {"type": "string"},
            "cidr": {"type": "string", "x-os": {"normalise": "cidr", "immutable": true}},
            "enabled": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}, "x-os": {"set": true}},
            "servers": {"type": "array", "items": {"type": "string"}},
            "pools": {"type": "array", "x-os": {"set": true}, "items": {"type": "object", "properties": {
                "start": {"type": "string", "x-os": {"normalise": "ip"}}, "end": {"type": "string"}}}},
            "gateway": {"type": "object", "properties": {"networkId": {"type": "string"}, "snat": {"type": "boolean"}}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "extras": {"type": "object", "additionalProperties": {"type": "string"}, "x-os": {"merge": true}},
            "seed": {"type": "string", "x-os": {"createOnly": true}},
        }}))
        .unwrap()
    }

    fn differing(wanted: Value, observed: Value) -> Vec<String> {
        let map = |v| serde_json::from_value::<Map<_, _>>(v).unwrap();
        diff(&shape(), &map(wanted), &map(observed)).fields
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn only_what_the_spec_sets_is_compared() {
        for (wanted, observed, want, reason) in [
            (json!({}), json!({"name": "x"}), vec![], "an absent field is not managed"),
            (json!({"name": "a"}), json!({"name": "b"}), vec!["name"], "a changed scalar"),
            (json!({"name": ""}), json!({}), vec![], "empty and unset are one"),
            (json!({"name": ""}), json!({"name": "b"}), vec!["name"], "empty means clear"),
            (json!({"enabled": false}), json!({}), vec!["enabled"], "false is a value"),
            (
                json!({"cidr": "10.0.0.9/24"}),
                json!({"cidr": "10.0.0.0/24"}),
                vec![],
                "one network, two spellings",
            ),
            (json!({"tags": ["a", "b"]}), json!({"tags": ["b", "a"]}), vec![], "a set ignores order"),
            (json!({"tags": ["a", "a"]}), json!({"tags": ["a", "b"]}), vec!["tags"], "each item counts once"),
            (
                json!({"servers": ["a", "b"]}),
                json!({"servers": ["b", "a"]}),
                vec!["servers"],
                "a list does not",
            ),
            (json!({"tags": []}), json!({"tags": ["b"]}), vec!["tags"], "an empty list clears"),
            (
                json!({"pools": [{"start": "FD00::1"}]}),
                json!({"pools": [{"start": "fd00::1", "end": "x"}]}),
                vec![],
                "what an item leaves out is not managed",
            ),
            (
                json!({"gateway": {"networkId": "n"}}),
                json!({"gateway": {"networkId": "n", "snat": true}}),
                vec![],
                "nor what an object leaves out",
            ),
            (
                json!({"gateway": {}}),
                json!({"gateway": {"networkId": "n"}}),
                vec!["gateway"],
                "an empty object clears",
            ),
            (json!({"gateway": {}}), json!({}), vec![], "and is clear already where there is none"),
            (
                json!({"labels": {"a": "1"}}),
                json!({"labels": {"a": "1", "b": "2"}}),
                vec!["labels"],
                "a free map is whole",
            ),
            (
                json!({"extras": {"a": "1", "c": ""}}),
                json!({"extras": {"a": "1", "b": "2"}}),
                vec![],
                "but not one that the cloud adds to",
            ),
            (
                json!({"extras": {"a": "1"}}),
                json!({"extras": {"a": "2"}}),
                vec!["extras"],
                "whose named keys count",
            ),
            (
                json!({"extras": {"a": ""}}),
                json!({"extras": {"a": "2"}}),
                vec!["extras"],
                "an empty value means none",
            ),
            (json!({"seed": "s"}), json!({}), vec![], "what the API never tells is not compared"),
        ] {
            assert_eq!(differing(wanted, observed), want, "{reason}");
        }
    }

    #[test]
    fn a_difference_is_split_into_what_is_named_in_that_order_and_the_rest() {
        let fields = ["a", "b", "c"].map(str::to_owned).to_vec();
        let (beside, within) = Diff { fields, immutable: vec!["a".to_owned()] }.split(&["c", "x", "b"]);
        assert_eq!((beside.fields, beside.immutable), (vec!["a".to_owned()], vec!["a".to_owned()]));
        assert_eq!((within.fields, within.immutable), (vec!["c".to_owned(), "b".to_owned()], vec![]));
    }

    #[test]
    fn a_difference_in_an_immutable_field_is_named_as_such() {
        let map = |v: Value| serde_json::from_value::<Map<_, _>>(v).unwrap();
        let found =
            diff(&shape(), &map(json!({"cidr": "10.1.0.0/24"})), &map(json!({"cidr": "10.0.0.0/24"})));
        assert_eq!(found.immutable, ["cidr"]);
    }

    proptest! {
        #[test]
        fn nothing_differs_from_itself(
            name in "[a-z]{0,4}", enabled: bool, tags in proptest::collection::vec("[ab]", 0..5),
            labels in proptest::collection::btree_map("[a-z]", "[a-z]", 0..3),
        ) {
            let mut shuffled = tags.clone();
            shuffled.reverse();
            let wanted = json!({"name": name, "enabled": enabled, "tags": tags, "labels": labels});
            let observed = json!({"name": name, "enabled": enabled, "tags": shuffled, "labels": labels});
            prop_assert_eq!(differing(wanted, observed), Vec::<String>::new());
        }
    }
}
