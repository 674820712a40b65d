//! References between managed resources: `…Ref` and `…Selector` beside every id (contract §3.1).

use super::{field::Yields, schema::properties};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Points at one managed resource by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// `metadata.name` of the target.
    pub name: String,
    /// Its namespace; the referrer's own unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// When and whether it must resolve.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policy: Policy,
}

/// Chooses managed resources by label or by owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selector {
    /// Labels that the target must have.
    pub match_labels: BTreeMap<String, String>,
    /// The target must have the same controller (composite) as the referrer.
    pub match_controller_ref: bool,
    /// Where to look; the referrer's own namespace unless set.
    pub namespace: Option<String>,
    /// When and whether it must resolve.
    pub policy: Policy,
}

/// When and whether a reference must resolve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// `Optional` references may stay unresolved.
    #[serde(skip_serializing_if = "is_default")]
    pub resolution: Resolution,
    /// `Always` resolves anew in every pass.
    #[serde(skip_serializing_if = "is_default")]
    pub resolve: Resolve,
}

/// What is written beside what people wrote states nothing that goes without saying.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Must a reference resolve?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// Wait until it does.
    #[default]
    Required,
    /// Go on without.
    Optional,
}

/// When is a reference resolved?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolve {
    /// In every pass.
    Always,
    /// While the id is not set.
    #[default]
    IfNotPresent,
}

/// Names of the siblings that a reference field has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Siblings {
    /// `networkIdRef`, or `securityGroupIdRefs`.
    pub reference: String,
    /// `networkIdSelector`, or `securityGroupIdSelector`.
    pub selector: String,
}

impl Siblings {
    /// Siblings of a field; those of a list are named in the singular: `xIds`, `xIdRefs`, `xIdSelector`.
    pub fn of(field: &str, list: bool) -> Self {
        let stem = if list { field.strip_suffix('s').unwrap_or(field) } else { field };
        let plural = if list { "s" } else { "" };
        Self { reference: format!("{stem}Ref{plural}"), selector: format!("{stem}Selector") }
    }

    /// Siblings of a field with this schema.
    pub fn of_property(field: &str, schema: &Value) -> Self {
        Self::of(field, is_list(schema))
    }
}

/// `…Ref` and `…Selector` of a field with this schema, by name: `target` is the `service.Kind` of what is referred to.
pub fn siblings(field: &str, schema: &Value, target: &str, yields: Yields) -> [(String, Value); 2] {
    let kind = target.rsplit('.').next().unwrap_or(target);
    let (names, list) = (Siblings::of_property(field, schema), is_list(schema));
    [
        (names.reference, reference_schema(kind, field, list, yields)),
        (names.selector, selector_schema(kind, field, list, yields)),
    ]
}

/// The properties of a schema that are no `…Ref` or `…Selector` of another one.
pub fn without_siblings(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let siblings = properties(schema).map(|(name, property)| Siblings::of_property(name, property));
    let siblings: BTreeSet<_> = siblings.flat_map(|names| [names.reference, names.selector]).collect();
    properties(schema).filter(move |(name, _)| !siblings.contains(*name))
}

/// Does a field with this schema hold several values?
pub fn is_list(schema: &Value) -> bool {
    schema.get("type").is_some_and(|r#type| r#type == "array")
}

fn policy_schema() -> Value {
    json!({"type": "object", "description": "When and whether it must resolve.", "properties": {
        "resolution": {"type": "string", "enum": ["Required", "Optional"], "default": "Required",
            "description": "Whether the resource waits until it resolves (Required) or goes on without (Optional)."},
        "resolve": {"type": "string", "enum": ["Always", "IfNotPresent"],
            "description": "Whether it is resolved in every pass (Always) or only while the field is not set (IfNotPresent, the default)."},
    }})
}

/// Schema of `…Ref`, or of `…Refs` where the field is a list.
fn reference_schema(target: &str, field: &str, list: bool, yields: Yields) -> Value {
    let mut one = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "description": "Name of the referenced resource."},
        "policy": policy_schema(),
    }});
    add_namespace(&mut one, "Its namespace; the same as this resource's unless set.", yields);
    let what = taken(field, yields);
    let about = if list {
        one = json!({"type": "array", "items": one});
        format!("References to the {target} resources {what}.")
    } else {
        format!("Reference to the {target} {what}.")
    };
    describe(one, about)
}

/// Schema of `…Selector`: for a list of every match, otherwise of the oldest.
fn selector_schema(target: &str, field: &str, list: bool, yields: Yields) -> Value {
    let what = taken(field, yields);
    let about = if list {
        format!("Selects the {target} resources {what}: all that match.")
    } else {
        format!("Selects the {target} {what}: the oldest that matches.")
    };
    let mut selector = json!({"type": "object", "properties": {
        "matchLabels": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Labels that it must have."},
        "matchControllerRef": {"type": "boolean", "description": "Only resources with the same controller (composite resource) as this one."},
        "policy": policy_schema(),
    }});
    add_namespace(&mut selector, "Where to look; this resource's namespace unless set.", yields);
    describe(selector, about)
}

/// What a target is to a field.
fn taken(field: &str, yields: Yields) -> String {
    match yields {
        Yields::ExternalName => format!("that {field} is taken from"),
        Yields::ConnectionSecret => format!("whose connection secret {field} names"),
    }
}

/// A connection secret is used in its own namespace only.
fn add_namespace(schema: &mut Value, about: &str, yields: Yields) {
    if let (Some(Value::Object(properties)), Yields::ExternalName) = (schema.get_mut("properties"), yields) {
        let about = format!("{about} Others must be allowed by the provider's administrator.");
        properties.insert("namespace".to_owned(), json!({"type": "string", "description": about}));
    }
}

fn describe(mut schema: Value, about: String) -> Value {
    if let Value::Object(map) = &mut schema {
        map.insert("description".to_owned(), Value::String(about));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_of_a_list_are_named_as_crossplane_names_them() {
        assert_eq!(Siblings::of("networkId", false).reference, "networkIdRef");
        let list = Siblings::of("securityGroupIds", true);
        assert_eq!(
            (list.reference.as_str(), list.selector.as_str()),
            ("securityGroupIdRefs", "securityGroupIdSelector")
        );
    }

    #[test]
    fn ref_12_a_reference_to_a_connection_secret_names_no_other_namespace() {
        for yields in [Yields::ExternalName, Yields::ConnectionSecret] {
            let siblings = [
                reference_schema("MariaDB", "databaseConnection", false, yields),
                selector_schema("MariaDB", "databaseConnection", false, yields),
            ];
            for schema in siblings {
                assert_eq!(schema["properties"].get("namespace").is_some(), yields == Yields::ExternalName);
                let about = schema["description"].as_str().unwrap();
                let secret = about.contains("MariaDB whose connection secret databaseConnection names");
                assert_eq!(secret, yields == Yields::ConnectionSecret, "{about}");
            }
        }
    }

    #[test]
    fn a_selector_needs_nothing_and_defaults_as_the_contract_says() {
        let selector: Selector = serde_json::from_value(json!({})).unwrap();
        assert_eq!(
            selector.policy,
            Policy { resolution: Resolution::Required, resolve: Resolve::IfNotPresent }
        );
    }
}
