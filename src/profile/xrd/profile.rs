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
    let digest = text("SHA-256 of the file that from is the address of, 64 hexadecimal digits.");
    let config = entry::provider_config(
        "Whose rights a RemoteProfile is made with, for a parent at an address: a ProviderConfig",
    );
    fields.insert("from".to_owned(), text("Profile that this one builds on: a name in the same namespace, name.namespace, or an http or https address together with fromSha256. What this one says wins."));
    fields.insert("fromSha256".to_owned(), with(digest, "pattern", json!("^[0-9a-fA-F]{64}$")));
    fields.insert("providerConfigRef".to_owned(), config);
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
                    "Which profile each value is from: its path, and namespace/name or address. 500 paths at the most.",
                ),
            ),
            (
                "parents",
                names(
                    "The profiles that it builds on, by namespace/name or address, the nearest first. 32 at the most.",
                ),
            ),
            ("ignored", names("Paths that it sets, and that no supported release of OpenStack has.")),
        ],
    );
    with(status, "type", json!("object"))
}
