//! The composite resources of this project, as Crossplane's definitions, and the compositions that send them to the function.

mod cloud;
mod composition;
mod configuration;
mod entry;
mod nodes;
mod profile;
mod schema;

pub use composition::{activation, composition, function_name};

use super::GROUP;
use crate::{
    api::{DOMAIN, VERSION},
    components::remote_profile,
};
use serde_json::{Map, Value, json};

/// Kind of clouds.
pub const CLOUD: &str = "OpenStackCloud";
/// Kind of clouds that are claimed from another namespace.
pub const CLAIMED_CLOUD: &str = "XOpenStackCloud";
/// Kind of the claim.
pub const CLAIM: &str = "OpenStackCloudClaim";
/// Kind of profiles.
pub const PROFILE: &str = remote_profile::PROFILE;
/// Kind of KupenStack's own configuration file.
pub const CONFIGURATION: &str = "KupenstackConfiguration";
/// Fields of a profile's spec that are no component; `crossplane` is Crossplane's own.
pub const NO_COMPONENTS: [&str; 4] = ["from", "fromSha256", "providerConfigRef", "crossplane"];

/// A composite resource.
pub struct Definition {
    /// Its kind.
    pub kind: &'static str,
    /// First label of its API group; none for the group that has just the domain.
    label: Option<&'static str>,
    /// The kind of its claim, for the older sort of composite resources.
    pub claim: Option<&'static str>,
    short: &'static [&'static str],
    about: &'static str,
    spec: fn() -> Value,
    status: fn() -> Value,
    columns: &'static [(&'static str, &'static str, bool)],
}

/// All of them.
pub const DEFINITIONS: [Definition; 4] = [
    Definition {
        kind: CLOUD,
        label: Some(GROUP),
        claim: None,
        short: &["oscloud"],
        about: cloud::ABOUT,
        spec: cloud::spec,
        status: cloud::status,
        columns: &cloud::COLUMNS,
    },
    Definition {
        kind: CLAIMED_CLOUD,
        label: Some(GROUP),
        claim: Some(CLAIM),
        short: &[],
        about: cloud::ABOUT_CLAIMED,
        spec: cloud::spec,
        status: cloud::status,
        columns: &cloud::COLUMNS,
    },
    Definition {
        kind: PROFILE,
        label: Some(GROUP),
        claim: None,
        short: &["occp"],
        about: profile::ABOUT,
        spec: profile::spec,
        status: profile::status,
        columns: &profile::COLUMNS,
    },
    Definition {
        kind: CONFIGURATION,
        // As KupenStack has it.
        label: None,
        claim: None,
        short: &[],
        about: configuration::ABOUT,
        spec: configuration::spec,
        status: configuration::status,
        columns: &configuration::COLUMNS,
    },
];

/// Plural of a kind.
pub fn plural(kind: &str) -> String {
    format!("{}s", kind.to_lowercase())
}

/// `apiVersion` of a kind; none of another one than ours.
pub fn api_version(kind: &str) -> Option<String> {
    DEFINITIONS.iter().find(|definition| definition.kind == kind).map(Definition::api_version)
}

impl Definition {
    /// Its name: plural and group.
    pub fn name(&self) -> String {
        format!("{}.{}", plural(self.kind), self.group())
    }

    fn group(&self) -> String {
        self.label.map_or_else(|| DOMAIN.to_owned(), |label| format!("{label}.{DOMAIN}"))
    }

    /// Its `apiVersion`.
    pub fn api_version(&self) -> String {
        format!("{}/{VERSION}", self.group())
    }

    /// The `CompositeResourceDefinition`.
    pub fn xrd(&self) -> Value {
        let legacy = self.claim.is_some();
        let mut spec = json!({
            "group": self.group(),
            "names": self.names(),
            "scope": if legacy { "LegacyCluster" } else { "Namespaced" },
            "defaultCompositionRef": {"name": self.name()},
            "versions": [{
                "name": VERSION, "served": true, "referenceable": true,
                "additionalPrinterColumns": self.columns(),
                "schema": {"openAPIV3Schema": {"type": "object", "description": self.about,
                    "required": ["spec"], "properties": {"spec": (self.spec)(), "status": (self.status)()}}},
            }],
        });
        if let (Some(claim), Value::Object(spec)) = (self.claim, &mut spec) {
            let names = json!({"kind": claim, "plural": plural(claim), "singular": claim.to_lowercase(),
                "listKind": format!("{claim}List"), "shortNames": ["oscloudclaim"], "categories": ["openstack", "kupenstack"]});
            spec.insert("claimNames".to_owned(), names);
            spec.insert("connectionSecretKeys".to_owned(), json!(cloud::SECRET_KEYS));
        }
        json!({
            // Only the older version can offer claims and connection secrets.
            "apiVersion": if legacy { "apiextensions.crossplane.io/v1" } else { "apiextensions.crossplane.io/v2" },
            "kind": "CompositeResourceDefinition",
            "metadata": {"name": self.name()},
            "spec": spec,
        })
    }

    fn names(&self) -> Value {
        let mut names = json!({"kind": self.kind, "listKind": format!("{}List", self.kind), "plural": plural(self.kind),
            "singular": self.kind.to_lowercase(), "categories": ["openstack", "kupenstack"]});
        if let (Value::Object(names), [_, ..]) = (&mut names, self.short) {
            names.insert("shortNames".to_owned(), json!(self.short));
        }
        names
    }

    fn columns(&self) -> Value {
        let column = |(name, path, wide): &(&str, &str, bool)| {
            let column = json!({"name": name, "type": "string", "jsonPath": path});
            let mut column: Map<String, Value> = column.as_object().cloned().unwrap_or_default();
            column.extend(wide.then(|| ("priority".to_owned(), json!(1))));
            Value::Object(column)
        };
        self.columns.iter().map(column).collect()
    }
}

#[cfg(test)]
mod tests;
