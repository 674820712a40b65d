//! Short ways to write schemas.

use serde_json::{Map, Value, json};

/// Text.
pub fn text(about: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": about})
}

/// One of some words.
pub fn word(words: &[&str], about: &str) -> Value {
    json!({"type": "string", "enum": words, "description": about})
}

/// A truth value.
pub fn boolean(about: &str) -> Value {
    json!({"type": "boolean", "description": about})
}

/// A number that is told.
pub fn number(about: &str) -> Value {
    json!({"type": "integer", "format": "int64", "description": about})
}

/// A number of pods.
pub fn count(about: &str) -> Value {
    json!({"type": "integer", "format": "int32", "minimum": 0, "description": about})
}

/// An object with these fields.
pub fn object<const N: usize>(about: &str, fields: [(&str, Value); N]) -> Value {
    let fields: Map<_, _> = fields.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({"type": "object", "description": about, "properties": fields})
}

/// An object with free keys, kept as it is.
pub fn free(about: &str) -> Value {
    json!({"type": "object", "description": about, "x-kubernetes-preserve-unknown-fields": true})
}

/// An object of texts under free keys.
pub fn texts_by_name(about: &str) -> Value {
    json!({"type": "object", "description": about, "additionalProperties": {"type": "string"}})
}

/// An object of numbers, 1 at the least, under free keys.
pub fn numbers_by_name(about: &str) -> Value {
    json!({"type": "object", "description": about, "additionalProperties": ordinal("A number.")})
}

/// A number of which the first is 1.
pub fn ordinal(about: &str) -> Value {
    json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 1000, "description": about})
}

/// A list.
pub fn list(items: &Value, about: &str) -> Value {
    json!({"type": "array", "description": about, "items": items})
}

/// Adds something to a schema.
pub fn with(mut schema: Value, name: &str, value: Value) -> Value {
    if let Value::Object(map) = &mut schema {
        map.insert(name.to_owned(), value);
    }
    schema
}

/// Keeps fields that the schema does not know, so that they can be reported by name instead of vanishing.
pub fn open(schema: Value) -> Value {
    with(schema, "x-kubernetes-preserve-unknown-fields", json!(true))
}

/// Objects that need not be there may be null as well, which says as much: Crossplane makes a null of a claim's map that loses
/// its last entry.
pub fn emptied(mut schema: Value) -> Value {
    let required = schema.get("required").cloned().unwrap_or_default();
    let required = |name: &str| required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let inner = emptied(field.take());
        let optional = inner.get("type").is_some_and(|r#type| r#type == "object") && !required(name);
        *field = if optional { with(inner, "nullable", json!(true)) } else { inner };
    }
    if let Some(items) = schema.get_mut("items") {
        *items = emptied(items.take());
    }
    schema
}

/// The release of OpenStack.
pub fn release(about: &str) -> Value {
    json!({"type": "string", "description": about, "maxLength": 6, "pattern": "^20[0-9]{2}\\.[12]$"})
}
