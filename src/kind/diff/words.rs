//! How an object differs, for people.

use super::Diff;
use crate::kind::shape::{Field, Node, Shape};
use serde_json::{Map, Value};

/// Of how many fields the values are told.
const TOLD: usize = 5;
/// How many characters of a value are shown.
const LENGTH: usize = 60;

/// The fields that differ, and how those do that have one value: `mtu: 1500, wanted 1400; tags`. No secrets, and a few values
/// only.
pub fn of(diff: &Diff, shape: &Shape, wanted: &Map<String, Value>, observed: &Map<String, Value>) -> String {
    let mut told = 0;
    let said = diff.fields.iter().map(|name| {
        let field = shape.field(name).filter(|field| told < TOLD && may_be_told(field));
        match field.and_then(|field| values(wanted.get(&field.name), observed.get(&field.name))) {
            Some(values) => {
                told += 1;
                format!("{name}: {values}")
            }
            None => name.clone(),
        }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// What the API never tells has nothing to be compared with.
fn may_be_told(field: &Field) -> bool {
    matches!(field.node, Node::Leaf) && field.options.secret.is_none() && !field.options.create_only
}

fn values(wanted: Option<&Value>, observed: Option<&Value>) -> Option<String> {
    let observed = observed.map_or_else(|| Some("none".to_owned()), scalar)?;
    Some(format!("{observed}, wanted {}", scalar(wanted?)?))
}

fn scalar(value: &Value) -> Option<String> {
    if value.is_object() || value.is_array() {
        return None;
    }
    Some(short(value))
}

/// A value, or the beginning of a long one.
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    let cut = text.char_indices().nth(LENGTH).and_then(|(at, _)| text.get(..at));
    cut.map_or_else(|| text.clone(), |start| format!("{start}…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::diff::diff;
    use serde_json::json;

    fn shape() -> Shape {
        let mut fields = json!({
            "mtu": {"type": "integer"}, "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}, "x-os": {"set": true}},
            "gateway": {"type": "object", "properties": {"networkId": {"type": "string"}}},
            "passwordSecretRef": {"type": "object", "x-os": {"secret": "text"}},
            "connection": {"type": "string", "x-os": {"secret": "document"}},
        });
        for n in 0..7 {
            fields[format!("z{n}")] = json!({"type": "integer"});
        }
        Shape::of(&json!({ "properties": fields })).unwrap()
    }

    fn said(wanted: Value, observed: Value, beside: &[&str]) -> String {
        let map = |v| serde_json::from_value::<Map<_, _>>(v).unwrap();
        let (wanted, observed) = (map(wanted), map(observed));
        let mut diff = diff(&shape(), &wanted, &observed);
        diff.add(beside.iter().map(|name| (*name).to_owned()));
        of(&diff, &shape(), &wanted, &observed)
    }

    #[test]
    fn fields_that_differ_tell_their_values_where_they_have_one() {
        let long = "é".repeat(100);
        for (wanted, observed, words) in [
            (json!({"mtu": 1400}), json!({"mtu": 1500}), "mtu: 1500, wanted 1400".to_owned()),
            (json!({"name": "a"}), json!({}), "name: none, wanted \"a\"".to_owned()),
            (json!({"name": ""}), json!({"name": "a\nb"}), "name: \"a\\nb\", wanted \"\"".to_owned()),
            (
                json!({"mtu": 1, "tags": ["a"], "gateway": {"networkId": "n"}}),
                json!({"mtu": 2}),
                "gateway; mtu: 2, wanted 1; tags".to_owned(),
            ),
            (json!({"name": long}), json!({}), format!("name: none, wanted \"{}…", "é".repeat(LENGTH - 1))),
        ] {
            assert_eq!(said(wanted, observed, &[]), words);
        }
    }

    #[test]
    fn no_more_than_five_values_are_told_and_all_fields_are_named() {
        let all = |value: u8| (0..7).map(|n| (format!("z{n}"), json!(value))).collect::<Value>();
        let words = said(all(1), all(2), &["Deployment keystone-api"]);
        let told: Vec<_> = (0..5).map(|n| format!("z{n}: 2, wanted 1")).collect();
        assert_eq!(words, format!("{}; z5; z6; Deployment keystone-api", told.join("; ")));
    }

    #[test]
    fn a_secret_is_named_and_not_told() {
        let wanted = json!({"passwordSecretRef": {"name": "n", "key": "k"}, "connection": "hunter2"});
        let words = said(wanted, json!({"connection": "hunter1"}), &["passwordSecretRef", "connection"]);
        assert_eq!(words, "passwordSecretRef; connection");
    }
}
