//! For each constraint of a schema an object that breaks it, and nothing else.

use super::{
    breach::Breach,
    rules,
    sample::{Step, made, sample, shown, with},
};
use serde_json::{Value, json};

/// Keywords that refuse nothing by themselves.
const HARMLESS: [&str; 8] = [
    "description",
    "nullable",
    "default",
    "properties",
    "items",
    "additionalProperties",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-list-map-keys",
];
/// Parts of an object whose constraints are not tried, and why.
pub const OUTSIDE: [(&str, &str); 4] = [
    ("apiVersion", "another one is another kind"),
    ("kind", "another one is another kind"),
    ("metadata", "Kubernetes' own"),
    ("status", "a create drops it, and the provider alone writes it"),
];
/// Constraints that no value breaks, and why.
pub const UNBREAKABLE: [(&str, &str, &str); 1] =
    [("format", "double", "every number that JSON can write is one")];
/// What no pattern takes, one or the other.
const ODD: [&str; 5] = ["!", "/", ",", " ", "a b"];

/// One keyword of one schema.
struct Constraint {
    keyword: &'static str,
    bad: Value,
    /// What is said to be wrong, below the value that has the keyword.
    field: String,
    says: String,
}

/// All of a kind's, each from its example.
pub fn breaches(root: &Value, example: &Value) -> Vec<Breach> {
    let mut found = vec![];
    assert!(
        root.get("x-kubernetes-validations").is_none(),
        "nobody knows where the API server says that this is: {root}"
    );
    required(root, root, example, &[], &mut found);
    for (name, schema) in root["properties"].as_object().unwrap() {
        if !OUTSIDE.iter().any(|(outside, _)| outside == name) {
            walk(root, schema, example, &[Step::Field(name.clone())], &mut found);
        }
    }
    found
}

fn walk(root: &Value, schema: &Value, example: &Value, path: &[Step], found: &mut Vec<Breach>) {
    for Constraint { keyword, bad, field, says } in own(schema) {
        let object = with(example, root, path, bad);
        let field = shown(path) + &field;
        // The API server puts the place of this one into its words.
        let (field, says) = match keyword {
            "format" => ("<nil>".to_owned(), format!("{says} in {field}")),
            _ => (field, says),
        };
        found.push(Breach { keyword, field, says, object, before: None });
    }
    required(root, schema, example, path, found);
    found.extend(rules::breaches(root, schema, example, path));
    let below = |step: Step| [path, &[step]].concat();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(root, property, example, &below(Step::Field(name.clone())), found);
    }
    for (key, step) in [("items", Step::Item), ("additionalProperties", Step::Entry)] {
        if schema[key].is_object() {
            walk(root, &schema[key], example, &below(step), found);
        }
    }
}

/// What the example has there, without a field that is required.
fn required(root: &Value, schema: &Value, example: &Value, path: &[Step], found: &mut Vec<Breach>) {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let mut object = example.clone();
        made(&mut object, root, path).as_object_mut().unwrap().remove(name);
        let field = shown(&[path, &[Step::Field(name.to_owned())]].concat());
        let says = "Required value".to_owned();
        found.push(Breach { keyword: "required", field, says, object, before: None });
    }
}

/// Is it one of those that no value breaks?
pub fn unbreakable(keyword: &str, limit: &Value) -> bool {
    UNBREAKABLE.iter().any(|(word, value, _)| *word == keyword && limit == value)
}

fn own(schema: &Value) -> Vec<Constraint> {
    // Those of the object as a whole are made elsewhere.
    let elsewhere = ["required", "x-kubernetes-validations"];
    let keywords = schema.as_object().unwrap().iter().filter(|(keyword, limit)| {
        let keyword = keyword.as_str();
        !HARMLESS.contains(&keyword) && !elsewhere.contains(&keyword) && !unbreakable(keyword, limit)
    });
    keywords.map(|(keyword, _)| one(keyword, schema)).collect()
}

fn one(keyword: &str, schema: &Value) -> Constraint {
    let limit = &schema[keyword];
    let many = || usize::try_from(limit.as_u64().unwrap()).unwrap();
    let few = |count| json!(vec![sample(&schema["items"]); count]);
    let number = |by: i64| json!(limit.as_i64().unwrap() + by);
    let length = |by: usize| json!("a".repeat(by));
    let (keyword, bad, says) = match keyword {
        "type" => {
            let other = if limit == "string" { json!(7) } else { json!("text") };
            let says = format!("must be of type {}", limit.as_str().unwrap());
            return Constraint { keyword: "type", bad: other, field: String::new(), says };
        }
        "enum" => ("enum", unlisted(limit), "Unsupported value"),
        "pattern" => ("pattern", unfit(schema), "should match"),
        "format" => {
            let says = format!("must be of type integer with format {}", limit.as_str().unwrap());
            return Constraint { keyword: "format", bad: beyond(limit), field: String::new(), says };
        }
        "minLength" => ("minLength", length(many() - 1), "should be at least"),
        "maxLength" => ("maxLength", length(many() + 1), "may not be more than"),
        "minimum" => ("minimum", number(-1), "should be greater than or equal to"),
        "maximum" => ("maximum", number(1), "should be less than or equal to"),
        "minItems" => ("minItems", few(many() - 1), "should have at least"),
        "maxItems" => ("maxItems", few(many() + 1), "must have at most"),
        "minProperties" => ("minProperties", json!({}), "should have at least"),
        "x-kubernetes-list-type" => {
            let says = "Duplicate value".to_owned();
            return Constraint { keyword: "list type", bad: few(2), field: "[1]".to_owned(), says };
        }
        other => panic!("nobody knows a bad value for {other}: {schema}"),
    };
    Constraint { keyword, bad, field: String::new(), says: says.to_owned() }
}

fn beyond(format: &Value) -> Value {
    match format.as_str() {
        Some("int32") => json!(i64::from(i32::MAX) + 1),
        Some("int64") => json!(9_223_372_036_854_775_808_u64),
        _ => panic!("nobody knows a bad value of format {format}"),
    }
}

fn unlisted(values: &Value) -> Value {
    let all = values.as_array().unwrap();
    let others = [json!("none-of-these"), json!(false), json!(1_000_003)];
    let same = |other: &&Value| std::mem::discriminant(*other) == std::mem::discriminant(&all[0]);
    others.iter().find(same).filter(|other| !all.contains(other)).unwrap().clone()
}

/// A text that breaks the pattern alone.
fn unfit(schema: &Value) -> Value {
    let mut others = schema.clone();
    others.as_object_mut().unwrap().remove("pattern");
    let odd = ODD.iter().map(|text| json!(text));
    let mut bad =
        odd.filter(|text| jsonschema::is_valid(&others, text) && !jsonschema::is_valid(schema, text));
    bad.next().unwrap_or_else(|| panic!("a text is wanted that does not fit {schema}"))
}
