//! The microversion that a request needs for what is in it.

use crate::kind::{
    request::Microversion,
    shape::{Field, Node, Shape},
};
use serde_json::{Map, Value};

/// The newest microversion that one of these fields needs, and the path of that field, as a message names it:
/// `blockDeviceMappings[].volumeType`.
pub fn newest(shape: &Shape, given: &Map<String, Value>) -> Option<(Microversion, String)> {
    newest_of(shape, given, |_| true)
}

/// The newest microversion without which a look would not tell one of these fields.
pub fn newest_told(shape: &Shape, given: &Map<String, Value>) -> Option<Microversion> {
    newest_of(shape, given, |field| !field.options.create_only).map(|(since, _)| since)
}

fn newest_of(
    shape: &Shape,
    given: &Map<String, Value>,
    counts: fn(&Field) -> bool,
) -> Option<(Microversion, String)> {
    let needs = |field: &Field| {
        let value = given.get(&field.name)?;
        let own = field.options.since.as_deref().and_then(Microversion::read);
        let below = |(since, path): (Microversion, String), joint: &str| {
            (since, format!("{}{joint}{path}", field.name))
        };
        let inner = match (&field.node, value) {
            (Node::Object(shape), Value::Object(inner)) => {
                newest_of(shape, inner, counts).map(|inner| below(inner, "."))
            }
            (Node::List(items), Value::Array(values)) => {
                in_list(items, values, counts).map(|inner| below(inner, "[]."))
            }
            (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), _) => None,
        };
        own.map(|since| (since, field.name.clone())).max(inner)
    };
    shape.fields.iter().filter(|field| counts(field)).filter_map(needs).max()
}

fn in_list(items: &Node, values: &[Value], counts: fn(&Field) -> bool) -> Option<(Microversion, String)> {
    let Node::Object(shape) = items else { return None };
    values.iter().filter_map(Value::as_object).filter_map(|value| newest_of(shape, value, counts)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_newest_field_that_is_given_decides_at_whatever_depth() {
        let old = json!({"type": "string", "x-os": {"since": "2.9"}});
        let new = json!({"type": "string", "x-os": {"since": "2.67"}});
        let disk = json!({"type": "object", "properties": {"id": {"type": "string"}, "type": new}});
        let schema = json!({"properties": {"host": old, "name": {"type": "string"}, "boot": disk,
            "disks": {"type": "array", "items": disk}}});
        let shape = Shape::of(&schema).unwrap();
        for (given, needed) in [
            (json!({"name": "n", "disks": [{"id": "i"}]}), None),
            (json!({"host": "h", "name": "n"}), Some((Microversion(2, 9), "host"))),
            (json!({"host": "h", "boot": {"type": "t"}}), Some((Microversion(2, 67), "boot.type"))),
            (json!({"disks": [{}, {"type": "t"}], "host": "h"}), Some((Microversion(2, 67), "disks[].type"))),
        ] {
            let needed = needed.map(|(since, path)| (since, path.to_owned()));
            assert_eq!(newest(&shape, given.as_object().unwrap()), needed, "{given}");
        }
    }
}
