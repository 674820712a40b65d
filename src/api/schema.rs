//! From what `schemars` derives to what Kubernetes accepts: structural, without nulls, titles and foreign formats.
//! The `x-os` annotations stay until [`strip`] takes them out.

use super::field;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Structural schema of a type, `x-os` annotations included.
pub fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    // Of what a root has beyond it nothing stays, and what makes one is compiled anew for each type.
    let mut schema = T::json_schema(&mut settings.into_generator()).to_value();
    structural(&mut schema);
    schema
}

/// Key of the rules that the API server enforces.
pub const VALIDATIONS: &str = "x-kubernetes-validations";

/// Key of what the values of an enumeration mean, a sentence a value, beside the field's own description:
/// `ingress: To the port.`
pub const VALUES: &str = "x-os-values";

/// The properties of an object's schema.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// Takes the annotations out of a schema.
pub fn strip(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.remove(field::KEY);
            map.remove(VALUES);
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes fields out of an object's schema: a kind may lack some of the parameters that it shares with others.
pub fn remove(schema: &mut Value, fields: &[&str]) {
    let Value::Object(map) = schema else { return };
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.retain(|name, _| !fields.contains(&name.as_str()));
    }
    if let Some(Value::Array(required)) = map.get_mut("required") {
        required.retain(|name| name.as_str().is_none_or(|name| !fields.contains(&name)));
    }
}

fn structural(schema: &mut Value) {
    let Value::Object(map) = schema else { return };
    for key in ["$schema", "title", "uniqueItems", "default"] {
        map.remove(key);
    }
    unwrap_nullable(map);
    unwrap_variants(map);
    join_lines(map);
    kubernetes_format(map);
    free_values(map);
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.values_mut().for_each(structural);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = map.get_mut(key) {
            structural(child);
        }
    }
}

/// `Option<T>` is `T`: Kubernetes drops nulls before anybody sees them.
fn unwrap_nullable(map: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(options)) = map.get_mut("enum") {
        options.retain(|o| !o.is_null());
    }
    if let Some(Value::Array(mut options)) = map.remove("anyOf") {
        options.retain(|o| o.get("type").is_none_or(|t| t != "null"));
        if let Some(Value::Object(inner)) = options.pop() {
            for (key, value) in inner {
                map.entry(key).or_insert(value);
            }
            unwrap_nullable(map);
        }
    }
}

/// An enum whose variants have docs comes as `oneOf` of constants: Kubernetes wants `enum`, people want the docs.
fn unwrap_variants(map: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = map.remove("oneOf") else { return };
    let mut names = vec![];
    let mut docs = vec![];
    for variant in &variants {
        let doc = variant.get("description").and_then(Value::as_str);
        let several = variant.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
        for name in variant.get("const").into_iter().chain(&several) {
            names.push(name.clone());
            docs.extend(doc.zip(name.as_str()).map(|(doc, name)| json!(format!("{name}: {doc}"))));
        }
    }
    map.insert("type".to_owned(), json!("string"));
    map.insert("enum".to_owned(), Value::Array(names));
    if !docs.is_empty() {
        map.insert(VALUES.to_owned(), Value::Array(docs));
    }
}

/// A doc comment's lines end where the source's do; the description is one paragraph.
fn join_lines(map: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = map.get_mut("description") {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

/// A map of any JSON: without this, the API server would empty the objects in it.
fn free_values(map: &mut Map<String, Value>) {
    if map.get("additionalProperties") == Some(&Value::Bool(true)) {
        map.remove("additionalProperties");
        map.insert("x-kubernetes-preserve-unknown-fields".to_owned(), json!(true));
    }
}

/// Kubernetes knows `int32` and `int64`; unsigned types are those with a minimum.
fn kubernetes_format(map: &mut Map<String, Value>) {
    let format = map.get("format").and_then(Value::as_str).map(str::to_owned);
    let kept = match format.as_deref() {
        Some("uint8" | "uint16" | "int8" | "int16" | "int32") => Some("int32"),
        Some("uint32" | "uint64" | "uint" | "int64" | "int") => Some("int64"),
        Some("double" | "float") => Some("double"),
        Some(_) | None => None,
    };
    match kept {
        Some(format) => map.insert("format".to_owned(), json!(format)),
        None => map.remove("format"),
    };
}

/// What of a schema's objects would be pruned is an error to server-side apply.
#[cfg(test)]
pub fn closed(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(closed);
            let open = map.contains_key("x-kubernetes-preserve-unknown-fields");
            if map.get("properties").is_some_and(Value::is_object) && map.contains_key("type") && !open {
                map.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(closed),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// How
    /// it ends.
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    enum Plain {
        A,
        B,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    enum Told {
        /// The first.
        One,
        /// The second.
        Two,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Inner {
        /// A port.
        port: Option<u16>,
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)]
    struct Sample {
        /// A name.
        #[schemars(extend("x-os" = {"immutable": true}))]
        the_name: Option<String>,
        plain: Option<Plain>,
        /// Which.
        told: Option<Told>,
        inners: Option<Vec<Inner>>,
        /// One of them.
        inner: Option<Inner>,
        map: Option<BTreeMap<String, String>>,
        free: Option<Map<String, Value>>,
        overrides: Option<Vec<Override>>,
        size: u32,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Override {
        values: Option<Map<String, Value>>,
    }

    #[test]
    fn what_schemars_derives_becomes_structural() {
        let mut schema = of::<Sample>();
        assert_eq!(schema["properties"]["theName"][field::KEY], json!({"immutable": true}));
        assert_eq!(schema["properties"]["told"][VALUES], json!(["One: The first.", "Two: The second."]));
        strip(&mut schema);
        let port = json!({"type": "object", "properties": {"port": {
            "type": "integer", "format": "int32", "minimum": 0, "maximum": 65535, "description": "A port."}}});
        let mut inner = port.clone();
        inner["description"] = json!("One of them.");
        let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {
                "theName": {"type": "string", "description": "A name."},
                "plain": {"type": "string", "enum": ["A", "B"], "description": "How it ends."},
                "told": {"type": "string", "enum": ["One", "Two"], "description": "Which."},
                "inners": {"type": "array", "items": port},
                "inner": inner,
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
                "free": free,
                "overrides": {"type": "array", "items": {"type": "object", "properties": {"values": free}}},
                "size": {"type": "integer", "format": "int64", "minimum": 0},
            }, "required": ["size"]})
        );
    }

    #[test]
    fn what_a_kind_lacks_is_neither_offered_nor_required() {
        let mut schema = of::<Sample>();
        let before = properties(&schema).count();
        remove(&mut schema, &["size", "inner", "unknown"]);
        assert_eq!(properties(&schema).count(), before - 2);
        assert_eq!(schema["required"], json!([]));
        assert!(schema["properties"].get("inners").is_some());
    }
}
