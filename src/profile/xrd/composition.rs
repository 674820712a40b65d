//! Compositions: one step, our function.

use super::Definition;
use crate::{api::DOMAIN, profile::GROUP};
use serde_json::{Value, json};

/// Where Crossplane is installed, as its own documentation has it.
const SYSTEM: &str = "crossplane-system";

/// Name that Crossplane gives to a function which it installs as a dependency: the path of its package, without the registry.
pub fn function_name(package: &str) -> String {
    let path = package.split_once('/').map_or(package, |(_, path)| path);
    let char = |c: char| match c {
        'a'..='z' | '0'..='9' => Some(c),
        '.' | '/' | ':' | '-' => Some('-'),
        _ => None,
    };
    path.chars().take(63).filter_map(char).collect::<String>().trim_matches('-').to_owned()
}

/// The composition of a kind.
pub fn composition(definition: &Definition, function: &str) -> Value {
    let mut spec = json!({
        "compositeTypeRef": {"apiVersion": definition.api_version(), "kind": definition.kind},
        "mode": "Pipeline",
        "pipeline": [{"step": "compose", "functionRef": {"name": function}}],
    });
    if let (Some(_), Value::Object(spec)) = (definition.claim, &mut spec) {
        // A claim's Secret is copied from the composite's, which has no namespace of its own.
        spec.insert("writeConnectionSecretsToNamespace".to_owned(), json!(SYSTEM));
    }
    json!({
        "apiVersion": "apiextensions.crossplane.io/v1",
        "kind": "Composition",
        "metadata": {"name": definition.name()},
        "spec": spec,
    })
}

/// Activates the kinds that clouds are composed of, where Crossplane activates nothing by itself.
pub fn activation() -> Value {
    json!({
        "apiVersion": "apiextensions.crossplane.io/v1alpha1",
        "kind": "ManagedResourceActivationPolicy",
        "metadata": {"name": "kupenstack-cloud"},
        "spec": {"activate": [format!("*.component.{DOMAIN}"), format!("openstacknodes.{GROUP}.{DOMAIN}")]},
    })
}
