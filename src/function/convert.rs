//! JSON and protobuf's `Struct`, both ways.

use prost_types::{ListValue, Struct, Value as Wire, value::Kind};
use serde_json::{Map, Number, Value};

/// From here on not every integer has a double of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A `Struct` as JSON. All its numbers are doubles; whole ones become integers again.
pub fn to_json(object: Struct) -> Map<String, Value> {
    object.fields.into_iter().map(|(name, value)| (name, value_to_json(value))).collect()
}

fn value_to_json(value: Wire) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(yes)) => Value::Bool(yes),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::NumberValue(number)) => number_to_json(number),
        Some(Kind::StructValue(object)) => Value::Object(to_json(object)),
        Some(Kind::ListValue(list)) => Value::Array(list.values.into_iter().map(value_to_json).collect()),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "whole and small enough, as was just asked")]
fn number_to_json(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// JSON as a `Struct`.
pub fn to_struct(object: Map<String, Value>) -> Struct {
    Struct { fields: object.into_iter().map(|(name, value)| (name, value_to_wire(value))).collect() }
}

fn value_to_wire(value: Value) -> Wire {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(yes) => Kind::BoolValue(yes),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(list) => {
            Kind::ListValue(ListValue { values: list.into_iter().map(value_to_wire).collect() })
        }
        Value::Object(object) => Kind::StructValue(to_struct(object)),
    };
    Wire { kind: Some(kind) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9_007_199_254_740_992_i64..9_007_199_254_740_992).prop_map(Value::from),
            any::<i32>().prop_map(|n| json!(f64::from(n) + 0.5)),
            ".{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            let map = proptest::collection::btree_map(".{0,3}", inner.clone(), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                map.prop_map(|map| Value::Object(map.into_iter().collect()))
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_sent_comes_back(value in tree()) {
            let object = Map::from_iter([("it".to_owned(), value)]);
            prop_assert_eq!(to_json(to_struct(object.clone())), object);
        }
    }

    #[test]
    fn a_whole_double_is_an_integer_since_replicas_are_and_no_number_is_null() {
        let wire = |number| Struct {
            fields: [("it".to_owned(), Wire { kind: Some(Kind::NumberValue(number)) })].into(),
        };
        assert_eq!(to_json(wire(3.0))["it"].to_string(), "3");
        assert_eq!(to_json(wire(0.5))["it"].to_string(), "0.5");
        assert_eq!(to_json(wire(f64::NAN))["it"], Value::Null);
    }
}
