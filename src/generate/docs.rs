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
    for (title, pointer) in [
        ("spec.forProvider", "/spec/properties/forProvider"),
        ("status.atProvider", "/status/properties/atProvider"),
    ] {
        let schema = crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties{pointer}"));
        let _ = write!(page, "\n## {title}\n\n| field | type | |\n|---|---|---|\n");
        rows(schema, "", &mut page);
    }
    page
}

fn rows(schema: Option<&Value>, prefix: &str, page: &mut String) {
    let properties = schema.and_then(|s| s.get("properties")).and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let text = |key: &str| property.get(key).and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(page, "| `{prefix}{name}` | {} | {} |", text("type"), text("description"));
        // References look alike everywhere; Crossplane's documentation explains them.
        if !["Ref", "Refs", "Selector"].iter().any(|end| name.ends_with(end)) {
            rows(Some(property), &format!("{prefix}{name}."), page);
            rows(property.get("items"), &format!("{prefix}{name}[]."), page);
        }
    }
}
