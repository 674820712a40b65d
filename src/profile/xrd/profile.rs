//! `OpenStackCloudConfigurationProfile`.

use super::{
    entry,
    schema::{free, list, object, open, text, texts_by_name, with},
};
use serde_json::{Value, json};

pub const ABOUT: &str =
    "Configuration of a cloud that several clouds can share. A profile can build on another one.";

pub const COLUMNS: [(&str, &str, bool); 3] = [
    ("RESOLVED", ".status.conditions[?(@.type=='Resolved')].status", false),
    ("PARENT", ".spec.from", false),
    ("WHY", ".status.conditions[?(@.type=='Resolved')].message", true),
];

pub fn spec() -> Value {
    let mut fields = entry::all();
    fields.insert("from".to_owned(), text("Profile that this one builds on: a name in the same namespace, or name.namespace. What this one says wins."));
    open(json!({"type": "object", "properties": fields,
        "description": "Entries of components. What is left out is a matter of the parent, and then of the charts."}))
}

pub fn status() -> Value {
    let names = |about: &str| list(&json!({"type": "string"}), about);
    let status = object(
        "What came of it.",
        [
            ("effectiveConfiguration", free("What it says together with all its parents.")),
            (
                "provenance",
                texts_by_name(
                    "Which profile each value is from: its path, and namespace/name. 500 paths at the most.",
                ),
            ),
            ("parents", names("The profiles that it builds on, the nearest first.")),
            ("ignored", names("Paths that it sets, and that no supported release of OpenStack has.")),
        ],
    );
    with(status, "type", json!("object"))
}
