//! What there is in a cloud, as far as two runs can be compared: ids, times and addresses of hardware left out.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Objects by collection.
pub type Census = BTreeMap<String, Vec<Value>>;

/// Counts how often something was done, which a run with trouble may do more often.
const COUNTERS: [&str; 2] = ["revision_number", "generation"];

/// Made by chance, and another in every run.
const MINTED: [&str; 3] = ["auth_key", "public_key", "secret"];

/// The census of a cloud's content.
pub fn census(content: BTreeMap<String, Vec<Value>>) -> Census {
    let plain = content.into_iter().map(|(name, objects)| (name, sorted(objects.into_iter().map(masked))));
    plain.filter(|(_, objects)| !objects.is_empty()).collect()
}

/// What was made by chance and is in a cloud.
pub fn minted(content: &BTreeMap<String, Vec<Value>>) -> BTreeSet<String> {
    let objects = content.values().flatten();
    let made = objects.flat_map(|object| MINTED.iter().filter_map(|name| object[*name].as_str()));
    made.map(|text| text.trim().to_owned()).collect()
}

fn sorted(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(Value::to_string);
    values
}

fn masked(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !COUNTERS.contains(&name.as_str()));
            let masked = |name: &str, value| if MINTED.contains(&name) { "*".into() } else { masked(value) };
            Value::Object(
                kept.map(|(name, value)| (name.clone(), masked(&name, value))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(sorted(items.into_iter().map(masked))),
        Value::String(text) => Value::String(text.split('/').map(word).collect::<Vec<_>>().join("/")),
        other => other,
    }
}

fn word(text: &str) -> &str {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let random = digits == 32 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let hardware = text.starts_with("fa:16:3e:");
    if random || hardware || text.parse::<jiff::Timestamp>().is_ok() { "*" } else { text }
}

#[test]
fn two_clouds_that_differ_in_ids_and_times_only_have_one_census() {
    let of = |id: &str, at: &str| {
        let port = serde_json::json!({"id": id, "at": at, "name": "a", "revision_number": id.len(), "path": format!("x/{id}")});
        census([("ports".to_owned(), vec![port])].into())
    };
    let one = of("00000000-0000-4000-8000-000000000001", "2026-11-21T00:00:00Z");
    assert_eq!(one, of("11111111111111111111111111111111", "2026-11-22T00:00:00Z"));
    assert_ne!(one, of("a", "2026-11-22T00:00:00Z"));
}
