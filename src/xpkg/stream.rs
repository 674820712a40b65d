//! `package.yaml`: the meta object, then everything that Crossplane installs, as one YAML stream.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::{Error, Meta, PackageKind, document::yaml};

const SEPARATOR: &str = "---\n";

/// Builds the stream: meta first, then the objects by name, so that the order of `objects` does not matter.
///
/// # Errors
/// An object that Crossplane would refuse, by the rules of `crossplane xpkg build`.
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
    // A separator at both ends, as the official CLI writes it: its `resource validate` and `xpkg get-crds` read the layer's
    // tar as text, and drop the first line (tar header) and the last document (tar padding).
    let mut stream = format!("{SEPARATOR}{}{SEPARATOR}", meta.to_yaml()?);
    for (id, object) in sorted {
        stream.push_str(&yaml(&id.to_string(), object)?);
        stream.push_str(SEPARATOR);
    }
    Ok(stream)
}

/// Identity of an object; sorts by name first.
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

    fn may_be_in(self, package: PackageKind) -> bool {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        let allowed: &[(&str, &str)] = match package {
            PackageKind::Provider => &[
                ("apiextensions.k8s.io", "CustomResourceDefinition"),
                ("apiextensions.crossplane.io", "ManagedResourceDefinition"),
                ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
                ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
            ],
            PackageKind::Function => &[("apiextensions.k8s.io", "CustomResourceDefinition")],
            PackageKind::Configuration => &[
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
mod tests;
