//! A reference page a kind, from the same schema that `kubectl explain` shows.

use crate::kind::{Info, MarkerPlace};
use serde_json::Value;
use std::fmt::Write as _;

/// The page of one kind.
pub(super) fn page(info: &Info, crd: &Value) -> String {
    let mut page = String::new();
    let Info { kind, about, docs, .. } = info;
    let marker = match info.marker {
        MarkerPlace::Description => "the provider's marker stands behind the description",
        MarkerPlace::Tags => "the provider's marker stands among the tags",
        MarkerPlace::Metadata => "the provider's marker stands in the metadata",
        MarkerPlace::NaturalKey => "no marker is needed: it is found by its natural key",
        MarkerPlace::None => "nothing can carry a marker: a create whose answer was lost needs a person",
    };
    // Writing to a String does not fail.
    let _ = write!(
        page,
        "# {kind}\n\n{about}\n\n`apiVersion: {}`, `kind: {kind}` · [API reference]({docs}) · {marker}\n",
        info.api_version(),
    );
    let parts = [
        ("spec.forProvider", "/spec/properties/forProvider"),
        ("status.atProvider", "/status/properties/atProvider"),
    ];
    tables(&parts, crd, &mut page);
    page
}

/// The page of ProviderConfigs of both kinds, from the CRD of the one with more fields.
pub(super) fn provider_config(crd: &Value) -> String {
    let mut page = "# ProviderConfig and ClusterProviderConfig\n\n".to_owned();
    page += "Credentials of a cloud: a `ProviderConfig` is for the managed resources of its own namespace, with a Secret of that\n";
    page += "namespace (`secretRef` has no `namespace` then); a `ClusterProviderConfig` is for every namespace.\n";
    page += "What the Secret may hold: [credentials](credentials.md).\n";
    tables(&[("spec", "/spec"), ("status", "/status")], crd, &mut page);
    page
}

fn tables(parts: &[(&str, &str)], crd: &Value, page: &mut String) {
    for (title, pointer) in parts {
        let schema = crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties{pointer}"));
        // Writing to a String does not fail.
        let _ = write!(page, "\n## {title}\n\n| field | type | |\n|---|---|---|\n");
        rows(schema, "", page);
    }
}

fn rows(schema: Option<&Value>, prefix: &str, page: &mut String) {
    let properties = schema.and_then(|s| s.get("properties")).and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let text = |key: &str| property.get(key).and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(page, "| `{prefix}{name}` | {} | {} |", text("type"), text("description"));
        // References look alike everywhere; Crossplane's documentation explains them.
        if name == "secretRef" || !["Ref", "Refs", "Selector"].iter().any(|end| name.ends_with(end)) {
            rows(Some(property), &format!("{prefix}{name}."), page);
            rows(property.get("items"), &format!("{prefix}{name}[]."), page);
        }
    }
}
