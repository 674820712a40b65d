//! A reference page a kind, from the same schema that `kubectl explain` shows.

use crate::{
    api::{
        crd::{about, default_text, sentences},
        field::{FieldOptions, Yields},
        reference::without_siblings,
        schema::properties,
    },
    kind::{
        Info, KindError, MarkerPlace, Rights,
        any::{AnyKind, annotated},
    },
};
use serde_json::Value;
use std::fmt::Write as _;

/// Where the page of a kind lies below the documentation.
pub(super) fn path(info: &Info) -> String {
    format!("{}/{}.md", info.group, info.kind.to_lowercase())
}

/// The page of one kind, with an example of it.
///
/// # Errors
/// An annotation in the kind's file can't be read.
pub(super) fn page(kind: &dyn AnyKind, example: &str) -> Result<String, KindError> {
    let info = kind.info();
    let mut page = format!("# {}\n\n{}\n\n```yaml\n{}\n```\n\n", info.kind, info.about, example.trim_end());
    let crd = kind.crd()?;
    page += &facts(kind, &crd);
    page += "\n## spec.forProvider\n\n";
    page += "| field | type | | required | immutable | default | reference | microversion |\n";
    page += "|---|---|---|---|---|---|---|---|\n";
    parameters(&kind.parameters(), "", info.requires, &mut page).map_err(annotated)?;
    tables(&[("status.atProvider", "/status/properties/atProvider")], &crd, &mut page);
    Ok(page)
}

const FILTER: &str =
    "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/import/properties/filter";

fn facts(kind: &dyn AnyKind, crd: &Value) -> String {
    let (info, options) = (kind.info(), kind.options());
    let mut facts = "| | |\n|---|---|\n".to_owned();
    let filter = crd.pointer(FILTER).map(looked_for).unwrap_or_default();
    let keys: Vec<_> = info.connection.iter().map(|key| format!("`{key}`")).collect();
    let rows = [
        ("API", Some(format!("`{}`, `{}`, short `{}`", info.api_version(), info.kind, info.short))),
        ("OpenStack", Some(format!("[API reference]({})", info.docs))),
        ("microversion", info.microversion.map(|microversion| format!("{microversion} at least"))),
        ("credentials", Some(rights(info.rights).to_owned())),
        ("external-name", Some(code(info.external_name))),
        ("import by filter", Some(filter).filter(|filter| !filter.is_empty())),
        ("connection secret", Some(keys.join(", ")).filter(|keys| !keys.is_empty())),
        ("marker", Some(marker(info.marker).to_owned())),
        ("scale", options.scale.map(|scale| format!("`kubectl scale` and autoscalers set `{}`", scale.spec))),
        (
            "deletion",
            options.guards.then(|| "waits while another resource uses its connection secret".to_owned()),
        ),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            // Writing to a String does not fail.
            let _ = writeln!(facts, "| {name} | {value} |");
        }
    }
    facts
}

/// Fields of a filter; that ids have references goes without saying.
fn looked_for(filter: &Value) -> String {
    without_siblings(filter).map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Who may manage it.
pub(super) fn rights(rights: Rights) -> &'static str {
    match rights {
        Rights::Project => "a member of a project",
        Rights::Domain => "a manager or administrator of a domain",
        Rights::System => "an administrator of the cloud",
    }
}

/// Where the marker stands.
pub(super) fn marker(place: MarkerPlace) -> &'static str {
    match place {
        MarkerPlace::Description => "behind the description",
        MarkerPlace::Tags => "among the tags",
        MarkerPlace::Metadata => "in the metadata",
        MarkerPlace::NaturalKey => "not needed: found by what identifies it",
        MarkerPlace::None => "nowhere: a create whose answer was lost needs a person",
    }
}

/// Placeholders in angle brackets, which may be several words, would be taken for HTML.
pub(super) fn code(text: &str) -> String {
    let mut inside = false;
    let words = text.split(|c| {
        inside = c == '<' || (inside && c != '>');
        c == ' ' && !inside
    });
    let word = |word: &str| if word.contains('<') { format!("`{word}`") } else { word.to_owned() };
    words.map(word).collect::<Vec<_>>().join(" ").replace(",`", "`,")
}

fn parameters(
    schema: &Value,
    prefix: &str,
    groups: &[&[&str]],
    page: &mut String,
) -> Result<(), serde_json::Error> {
    for (name, property) in properties(schema) {
        let options = FieldOptions::of(property)?;
        let group = groups.iter().find(|group| group.contains(&name.as_str()));
        let cells = [
            format!("`{prefix}{name}`"),
            type_of(property),
            std::iter::once(about(property))
                .chain(sentences(&options))
                .collect::<Vec<_>>()
                .join(" ")
                .replace('|', "\\|"),
            required(name, &options, group.copied()),
            immutable(&options).to_owned(),
            default_text(&options).unwrap_or_default(),
            reference(&options),
            options.since.clone().unwrap_or_default(),
        ];
        // Writing to a String does not fail.
        let _ = writeln!(page, "| {} |", cells.join(" | "));
        parameters(property, &format!("{prefix}{name}."), &[], page)?;
        if let Some(items) = property.get("items") {
            parameters(items, &format!("{prefix}{name}[]."), &[], page)?;
        }
    }
    Ok(())
}

fn required(name: &str, options: &FieldOptions, group: Option<&[&str]>) -> String {
    let others = group.into_iter().flatten().filter(|other| **other != name).map(|other| (*other).to_owned());
    let others: Vec<_> = others.chain(options.or_else.clone()).map(|other| format!("`{other}`")).collect();
    match (options.required, others.as_slice()) {
        (true, _) => "yes".to_owned(),
        (false, []) => String::new(),
        (false, others) => format!("or {}", others.join(" or ")),
    }
}

fn immutable(options: &FieldOptions) -> &'static str {
    match (options.immutable, options.by_provider) {
        (false, _) => "",
        (true, false) => "yes",
        (true, true) => "yes, by this provider",
    }
}

/// What a field is taken from.
fn reference(options: &FieldOptions) -> String {
    let target = options.r#ref.as_deref().map(link).unwrap_or_default();
    match options.yields {
        Yields::ExternalName => target,
        Yields::ConnectionSecret => format!("connection secret of {target}"),
    }
}

/// `network.Network` as a link from another kind's page.
fn link(target: &str) -> String {
    let (service, kind) = target.split_once('.').unwrap_or_default();
    format!("[{kind}](../{service}/{}.md)", kind.to_lowercase())
}

const WITH_SECRET: &str = "\
Credentials of a cloud: a `ProviderConfig` is for the managed resources of its own namespace, with a Secret of that
namespace (`secretRef` has no `namespace` then); a `ClusterProviderConfig` is for every namespace.
What the Secret may hold: [credentials](credentials.md).
";
const WITHOUT_SECRET: &str = "\
Whose rights are used: a `ProviderConfig` is for the managed resources of its own namespace, with a ServiceAccount of that
namespace; a `ClusterProviderConfig` is for every namespace.
";

/// The page of ProviderConfigs of both kinds, from the CRD of the one with more fields.
pub(super) fn provider_config(crd: &Value) -> String {
    let mut page = "# ProviderConfig and ClusterProviderConfig\n\n".to_owned();
    let credentials = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/credentials";
    page += if crd.pointer(credentials).is_some() { WITH_SECRET } else { WITHOUT_SECRET };
    tables(&[("spec", "/spec"), ("status", "/status")], crd, &mut page);
    page
}

fn tables(parts: &[(&str, &str)], crd: &Value, page: &mut String) {
    for (title, pointer) in parts {
        let schema = crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties{pointer}"));
        // Writing to a String does not fail.
        let _ = write!(page, "\n## {title}\n\n| field | type | |\n|---|---|---|\n");
        rows(schema.unwrap_or(&Value::Null), "", page);
    }
}

fn rows(schema: &Value, prefix: &str, page: &mut String) {
    for (name, property) in properties(schema) {
        let about = property.get("description").and_then(Value::as_str).unwrap_or_default();
        // Writing to a String does not fail.
        let _ =
            writeln!(page, "| `{prefix}{name}` | {} | {} |", type_of(property), about.replace('|', "\\|"));
        rows(property, &format!("{prefix}{name}."), page);
        rows(property.get("items").unwrap_or(&Value::Null), &format!("{prefix}{name}[]."), page);
    }
}

/// `string`, or `[]string` for a list of them.
fn type_of(property: &Value) -> String {
    let name = property.get("type").and_then(Value::as_str).unwrap_or_default();
    match property.get("items").filter(|_| name == "array") {
        Some(items) => format!("[]{}", type_of(items)),
        None => name.to_owned(),
    }
}
