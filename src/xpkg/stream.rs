//! `package.yaml`: the meta object, then everything that Crossplane installs, as one YAML stream.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::{Error, Kind, Meta, document::document};

const SEPARATOR: &str = "---\n";

/// The stream, meta first, then the objects by name, so that the order of `objects` does not matter.
///
/// Objects that Crossplane would refuse are refused here, by the rules of `crossplane xpkg build`.
pub fn package_yaml(meta: &Meta, objects: &[Value]) -> Result<String, Error> {
    let mut sorted = BTreeMap::new();
    for (number, object) in objects.iter().enumerate() {
        let id = Id::of(object).ok_or(Error::Nameless(number))?;
        if !id.may_be_in(meta.kind) {
            return Err(Error::Foreign { package: meta.kind, object: id.to_string() });
        }
        if sorted.insert(id, object).is_some() {
            return Err(Error::Twice(id.to_string()));
        }
    }
    // A separator at both ends, as the official CLI has it: its `resource validate` and `xpkg get-crds` read the layer's
    // tar as if it were text, and drop the first line (tar header) and the last document (tar padding).
    let mut stream = format!("{SEPARATOR}{}{SEPARATOR}", meta.to_yaml()?);
    for (id, object) in sorted {
        stream.push_str(&document(&id.to_string(), object)?);
        stream.push_str(SEPARATOR);
    }
    Ok(stream)
}

/// What tells one object from another; sorts by name first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Id<'a> {
    name: &'a str,
    kind: &'a str,
    api_version: &'a str,
}

impl<'a> Id<'a> {
    fn of(object: &'a Value) -> Option<Self> {
        let text = |pointer| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        Some(Self { name: text("/metadata/name")?, kind: text("/kind")?, api_version: text("/apiVersion")? })
    }

    fn may_be_in(self, package: Kind) -> bool {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        let allowed: &[(&str, &str)] = match package {
            Kind::Provider => &[
                ("apiextensions.k8s.io", "CustomResourceDefinition"),
                ("apiextensions.crossplane.io", "ManagedResourceDefinition"),
                ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
                ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
            ],
            Kind::Function => &[("apiextensions.k8s.io", "CustomResourceDefinition")],
            Kind::Configuration => &[
                ("apiextensions.crossplane.io", "CompositeResourceDefinition"),
                ("apiextensions.crossplane.io", "Composition"),
                ("apiextensions.crossplane.io", "ManagedResourceActivationPolicy"),
                ("ops.crossplane.io", "Operation"),
                ("ops.crossplane.io", "CronOperation"),
                ("ops.crossplane.io", "WatchOperation"),
            ],
        };
        allowed.contains(&(group, self.kind))
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.api_version, self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::xpkg::{About, Dependency};

    /// No strings to one YAML 1.1 reader or another, unless quoted.
    const TRAPS: [&str; 22] = [
        "on",
        "NO",
        "y",
        "Yes",
        "off",
        "1_000",
        "1:30",
        "012",
        "0o7",
        "0x1F",
        "0b1",
        "1e3",
        ".5",
        "+1",
        "2025-01-31",
        "~",
        "null",
        "=",
        "<<",
        "",
        "- a",
        "true",
    ];

    fn crd(name: &str, rest: &Value) -> Value {
        let meta = json!({"name": name});
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta, "spec": rest})
    }

    #[test]
    fn meta_comes_first_and_objects_follow_by_name() {
        let readme = "One\n---\nTwo: on\n".to_owned();
        let meta = Meta::provider("zz", About { readme: readme.clone(), ..About::default() });
        let stream = package_yaml(&meta, &[crd("b", &json!({})), crd("a", &json!({}))]).unwrap();
        let documents: Vec<Value> = serde_saphyr::from_multiple(&stream).unwrap();
        let names: Vec<_> = documents.iter().map(|d| d["metadata"]["name"].clone()).collect();
        assert_eq!(names, ["zz", "a", "b"]);
        assert_eq!(documents[0]["kind"], "Provider");
        assert_eq!(documents[0]["spec"]["capabilities"], json!(["safe-start"]));
        assert_eq!(documents[0]["metadata"]["annotations"]["meta.crossplane.io/readme"], json!(readme));
        assert!(stream.starts_with(SEPARATOR) && stream.ends_with(SEPARATOR));
        // Crossplane cuts the stream at lines that start so, before it reads any YAML.
        assert_eq!(stream.lines().filter(|line| line.starts_with("---")).count(), 4);
    }

    #[test]
    fn a_configuration_names_what_it_needs() {
        let needs = vec![Dependency::new(
            Kind::Provider,
            "xpkg.crossplane.io/kupenstack/provider-kupenstack",
            ">=v0.1.0",
        )];
        let yaml = Meta::configuration("c", About::default(), needs).to_yaml().unwrap();
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read["apiVersion"], "meta.pkg.crossplane.io/v1");
        assert_eq!(read["spec"]["crossplane"]["version"], ">=v2.0.0-0");
        assert_eq!(
            read["spec"]["dependsOn"],
            json!([{
                "apiVersion": "pkg.crossplane.io/v1",
                "kind": "Provider",
                "package": "xpkg.crossplane.io/kupenstack/provider-kupenstack",
                "version": ">=v0.1.0",
            }])
        );
    }

    #[test]
    fn strings_stay_strings_for_a_yaml_1_1_reader() {
        for trap in TRAPS {
            let value = document("list", &json!([trap])).unwrap();
            assert!(value.starts_with("- \"") || value.starts_with("- '"), "{value}");
            let key = document("map", &json!({trap: 1})).unwrap();
            assert!(key.starts_with('"') || key.starts_with('\''), "{key}");
        }
        let all = json!({"values": TRAPS, "keys": TRAPS.map(|t| json!({t: t})), "numbers": [1, -2, 0.5, 1e30, true, null]});
        let stream = package_yaml(&Meta::provider("p", About::default()), &[crd("a", &all)]).unwrap();
        let documents: Vec<Value> = serde_saphyr::from_multiple(&stream).unwrap();
        assert_eq!(documents[1]["spec"], all);
    }
}
