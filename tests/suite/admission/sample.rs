//! Values that a schema takes, and objects with one value changed.

use serde_json::{Map, Value, json};

/// A step from a value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Field(String),
    /// The first item of a list.
    Item,
    /// An entry of a map, whatever its key.
    Entry,
}

/// Key of the entry.
const KEY: &str = "key";

/// Texts that are made of what patterns ask for, two of each.
fn texts() -> Vec<String> {
    let mut texts: Vec<_> = [
        "2025.2",
        "2026.1",
        "oci://a",
        "oci://b",
        "https://a",
        "https://b",
        "45m",
        "1h",
        "CUSTOM_A",
        "CUSTOM_B",
        "ip_src",
        "ip_dst",
    ]
    .map(str::to_owned)
    .to_vec();
    for n in ["0", "1"] {
        let part = n.repeat(4);
        texts.push(format!("203{n}-01-01T00:00:00Z"));
        texts.push(format!("{}-{part}-{part}-{part}-{}", n.repeat(8), n.repeat(12)));
        texts.extend([32, 64].map(|digits| n.repeat(digits)));
        texts.push(format!("sha256:{}", n.repeat(64)));
    }
    texts
}

/// Does a text fit a pattern?
pub fn fits(pattern: &Value, text: &str) -> bool {
    jsonschema::is_valid(&json!({"pattern": pattern}), &json!(text))
}

fn length(schema: &Value, bound: &str) -> Option<usize> {
    schema[bound].as_u64().and_then(|length| usize::try_from(length).ok())
}

fn text(schema: &Value, but: &Value) -> Value {
    let least = length(schema, "minLength").unwrap_or(1);
    let long = ["a", "b"].map(|letter| letter.repeat(least.max(1)));
    let good = |text: &&String| {
        text.len() >= least
            && length(schema, "maxLength").is_none_or(|most| text.len() <= most)
            && (schema["pattern"].is_null() || fits(&schema["pattern"], text))
            && **text != *but
    };
    let all = [long.to_vec(), texts()].concat();
    json!(all.iter().find(good).unwrap_or_else(|| panic!("a text is wanted that fits {schema}")))
}

/// A value that a schema takes, with nothing in it that is not required, and other than `but`.
pub fn another(schema: &Value, but: &Value) -> Value {
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().find(|value| *value != but).unwrap_or(&Value::Null).clone();
    }
    match schema["type"].as_str() {
        Some("string") => text(schema, but),
        Some("integer" | "number") => {
            let (least, most) = (schema["minimum"].as_i64().unwrap_or(1), schema["maximum"].as_i64());
            let next = json!(least + 1);
            let small = most.is_none_or(|most| least < most);
            if json!(least) == *but && small { next } else { json!(least) }
        }
        Some("boolean") => json!(*but != json!(true)),
        Some("array") => {
            let least = length(schema, "minItems").unwrap_or_default();
            let one = |_| another(&schema["items"], &but[0]);
            let few: Vec<_> = (0..least).map(one).collect();
            if json!(few) == *but { json!([another(&schema["items"], &but[0])]) } else { json!(few) }
        }
        Some("object") => object(schema, but),
        other => panic!("no value of type {other:?}: {schema}"),
    }
}

fn object(schema: &Value, but: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let given = |name: &str| (name.to_owned(), another(&schema["properties"][name], &but[name]));
    let mut fields: Map<_, _> = required.map(given).collect();
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        let one_of = rule["message"]
            .as_str()
            .and_then(|words| words.strip_prefix("one of ")?.strip_suffix(" must be set"));
        let first = one_of.and_then(|names| names.split([',', ' ']).next());
        fields.extend(first.map(given));
    }
    let too_few = length(schema, "minProperties").is_some_and(|least| fields.len() < least);
    if too_few || json!(fields) == *but {
        let first = schema["properties"].as_object().and_then(|all| all.keys().next());
        match (first, &schema["additionalProperties"]) {
            (Some(name), _) => fields.extend([given(name)]),
            (None, Value::Object(_)) => {
                fields.extend([(KEY.to_owned(), another(&schema["additionalProperties"], &Value::Null))]);
            }
            (None, _) => fields.extend([(KEY.to_owned(), json!("a"))]),
        }
    }
    Value::Object(fields)
}

/// A value that a schema takes.
pub fn sample(schema: &Value) -> Value {
    another(schema, &Value::Null)
}

/// A value that counts as set: a flag that is on, a list that has an item.
pub fn set(schema: &Value) -> Value {
    another(schema, &json!([]))
}

/// The schema of what is at a step.
pub fn inner<'a>(schema: &'a Value, step: &Step) -> &'a Value {
    match step {
        Step::Field(name) => &schema["properties"][name],
        Step::Item => &schema["items"],
        Step::Entry => &schema["additionalProperties"],
    }
}

/// Where something is, in the API server's words.
pub fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        let dot = if text.is_empty() { "" } else { "." };
        text += &match step {
            Step::Field(name) => format!("{dot}{name}"),
            Step::Item => "[0]".to_owned(),
            Step::Entry => format!("{dot}{KEY}"),
        };
    }
    text
}

/// What is there, made where it is missing.
pub fn at<'a>(object: &'a mut Value, schema: &Value, path: &[Step]) -> &'a mut Value {
    let Some((step, rest)) = path.split_first() else { return object };
    if object.is_null() {
        *object = sample(schema);
    }
    let below = inner(schema, step);
    let value = match step {
        Step::Field(name) => &mut object[name],
        Step::Entry => &mut object[KEY],
        Step::Item => {
            let items = object.as_array_mut().unwrap();
            if items.is_empty() {
                items.push(Value::Null);
            }
            &mut items[0]
        }
    };
    if value.is_null() && !rest.is_empty() {
        *value = sample(below);
    }
    at(value, below, rest)
}

/// The same, made itself too.
pub fn made<'a>(object: &'a mut Value, schema: &Value, path: &[Step]) -> &'a mut Value {
    let value = at(object, schema, path);
    if value.is_null() {
        *value = sample(path.iter().fold(schema, inner));
    }
    value
}

/// The object with another value there.
pub fn with(object: &Value, schema: &Value, path: &[Step], value: Value) -> Value {
    let mut changed = object.clone();
    *at(&mut changed, schema, path) = value;
    changed
}
