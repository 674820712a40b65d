//! What a package says about itself: the object of `crossplane.yaml`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Error, Kind, document};

/// Every Crossplane that we support; `-0` admits its pre-releases.
const CROSSPLANE: &str = ">=v2.0.0-0";

/// The meta object of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    api_version: &'static str,
    /// Kind of the package.
    pub kind: Kind,
    /// Name and annotations.
    pub metadata: Metadata,
    /// What it needs and can do.
    pub spec: Spec,
}

/// Name and annotations of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// Name: `provider-kupenstack`.
    pub name: String,
    /// Shown in catalogues, and copied to the package revision.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// What a package needs and can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// Crossplane versions that it works with.
    pub crossplane: Versions,
    /// Packages that Crossplane installs beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Dependency>,
    /// Words by which Crossplane knows what it can do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
}

/// A constraint on versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// Semantic version constraint.
    pub version: String,
}

/// Another package that this one needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    api_version: &'static str,
    kind: Kind,
    package: String,
    version: String,
}

impl Dependency {
    /// Needs `package` (with registry, without tag) in a version that satisfies the constraint, or of this digest.
    pub fn new(kind: Kind, package: impl Into<String>, version: impl Into<String>) -> Self {
        Self { api_version: "pkg.crossplane.io/v1", kind, package: package.into(), version: version.into() }
    }
}

/// What catalogues show about a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Name for people.
    pub friendly_name: String,
    /// Who cares for it, with a way to reach them.
    pub maintainer: String,
    /// URL of the source.
    pub source: String,
    /// SPDX identifier.
    pub license: String,
    /// One sentence.
    pub description: String,
    /// More, in Markdown.
    pub readme: String,
}

impl Meta {
    /// A provider whose controllers wait for their CRDs.
    pub fn provider(name: impl Into<String>, about: About) -> Self {
        Self::new(Kind::Provider, name, about, &["safe-start"], Vec::new())
    }

    /// A function for compositions.
    pub fn function(name: impl Into<String>, about: About) -> Self {
        Self::new(Kind::Function, name, about, &["composition"], Vec::new())
    }

    /// A configuration and the packages that it needs.
    pub fn configuration(name: impl Into<String>, about: About, depends_on: Vec<Dependency>) -> Self {
        Self::new(Kind::Configuration, name, about, &[], depends_on)
    }

    fn new(
        kind: Kind,
        name: impl Into<String>,
        about: About,
        can: &[&str],
        depends_on: Vec<Dependency>,
    ) -> Self {
        Self {
            api_version: "meta.pkg.crossplane.io/v1",
            kind,
            metadata: Metadata { name: name.into(), annotations: about.annotations() },
            spec: Spec {
                crossplane: Versions { version: CROSSPLANE.to_owned() },
                depends_on,
                capabilities: can.iter().map(|&word| word.to_owned()).collect(),
            },
        }
    }

    /// The content of `crossplane.yaml`.
    pub fn to_yaml(&self) -> Result<String, Error> {
        document::document(&self.metadata.name, self)
    }
}

impl About {
    fn annotations(self) -> BTreeMap<String, String> {
        [
            ("friendly-name.meta.crossplane.io", self.friendly_name),
            ("meta.crossplane.io/maintainer", self.maintainer),
            ("meta.crossplane.io/source", self.source),
            ("meta.crossplane.io/license", self.license),
            ("meta.crossplane.io/description", self.description),
            ("meta.crossplane.io/readme", self.readme),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| (key.to_owned(), text))
        .collect()
    }
}
