//! What an object looks like, in 8 bytes: to see that it changed without keeping it. Pure.
//!
//! All that a service says counts, and not only what a kind models: some kinds read fields under other names, and what
//! changes nothing that is modelled costs one look. The order of lists does not count, for services do not keep it;
//! where order means something, a change of it also moves the time of the last change.

use serde_json::{Map, Number, Value};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Neutron counts it up for changes of other objects.
const NOISE: &[&str] = &["revision_number"];

/// Of an object or any other value.
pub fn of(value: &Value) -> u64 {
    match value {
        Value::Null => hash(&0_u8),
        Value::Bool(bool) => hash(&(1_u8, bool)),
        Value::Number(number) => hash(&(2_u8, bits(number))),
        Value::String(text) => hash(&(3_u8, text)),
        Value::Array(items) => {
            // A sum, in which order does not matter.
            hash(&(4_u8, items.len(), items.iter().map(of).fold(0, u64::wrapping_add)))
        }
        Value::Object(fields) => of_fields(fields),
    }
}

/// Of an object. A null or a no is as good as a field that is not there: Neutron's answer to a create says
/// `is_default: false`, and later nothing.
pub fn of_fields(fields: &Map<String, Value>) -> u64 {
    let void = |value: &Value| value.is_null() || *value == Value::Bool(false);
    let told = fields.iter().filter(|(key, value)| !void(value) && !NOISE.contains(&key.as_str()));
    hash(&(5_u8, told.map(|(key, value)| hash(&(key, of(value)))).fold(0, u64::wrapping_add)))
}

/// 1 and 1.0 are one number.
fn bits(number: &Number) -> u64 {
    number.as_f64().unwrap_or_default().to_bits()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_means_the_same_has_one_fingerprint() {
        for (one, other) in [
            (json!({"a": 1, "b": [1, 2]}), json!({"b": [2, 1], "a": 1.0})),
            (json!({"a": null, "b": {"c": null}}), json!({"b": {}})),
            (json!({"a": false, "b": 1}), json!({"b": 1})),
            (json!({"a": 1, "revision_number": 1}), json!({"a": 1, "revision_number": 7})),
            (json!([{"a": 1}, {"b": 2}]), json!([{"b": 2}, {"a": 1}])),
        ] {
            assert_eq!(of(&one), of(&other), "{one} {other}");
        }
    }

    #[test]
    fn what_means_something_else_has_another() {
        for (one, other) in [
            (json!({"a": 1}), json!({"a": 2})),
            (json!({"a": 1}), json!({"b": 1})),
            (json!({"a": 1}), json!({"a": "1"})),
            (json!({"a": "x", "b": "y"}), json!({"a": "y", "b": "x"})),
            (json!({"a": []}), json!({})),
            (json!({"a": [1]}), json!({"a": [1, 1]})),
            (json!({"a": {"b": 1}}), json!({"a": [{"b": 1}]})),
            (json!({"a": true}), json!({"a": false})),
            (json!({"a": false}), json!({"a": 0})),
            (json!([false]), json!([])),
            (json!({"a": ""}), json!({})),
            (json!([[1], [2, 3]]), json!([[1, 2], [3]])),
        ] {
            assert_ne!(of(&one), of(&other), "{one} {other}");
        }
    }
}
