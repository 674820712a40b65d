//! The packages that this program is released in.

use super::{error::Error, origin::Origin};
use crate::{
    components::provider::{COMMAND, HELM, components},
    kind::provider::Provider,
    kinds::provider::openstack,
    profile::xrd::{self, DEFINITIONS},
    xpkg::{About, Dependency, Meta, PackageKind},
};
use serde_json::Value;

/// Name of the function's package.
const FUNCTION: &str = "function-kupenstack";
/// Name of the package that installs all others.
const CONFIGURATION: &str = "configuration-kupenstack";

/// A package.
pub struct Package {
    /// What it is made of.
    pub content: Content,
    /// Word of the command line that runs it; `None` for what the program does without arguments, and where nothing runs.
    pub command: Option<&'static str>,
    /// Further files that its image holds, by their paths without leading slash.
    pub extra: &'static [&'static str],
    /// Whether one manifest runs it in a cluster without Crossplane.
    pub standalone: bool,
    /// Folder of the checkout that its metadata, rights and docs are written to.
    pub folder: &'static str,
    friendly_name: &'static str,
    description: &'static str,
    readme: &'static str,
}

/// What a package is made of.
pub enum Content {
    /// Kinds, and their ProviderConfigs.
    Provider(Provider),
    /// The composition function.
    Function,
    /// Composite resources and their compositions.
    Configuration,
}

/// All of them.
pub fn packages() -> Vec<Package> {
    vec![
        Package {
            content: Content::Provider(openstack()),
            command: None,
            extra: &[],
            standalone: true,
            folder: "package",
            friendly_name: "KupenStack",
            description: "OpenStack resources as Crossplane managed resources.",
            readme: include_str!("../../package/README.md"),
        },
        Package {
            content: Content::Provider(components()),
            command: Some(COMMAND),
            extra: &[HELM],
            standalone: false,
            folder: "package/components",
            friendly_name: "KupenStack components",
            description: "OpenStack's components, as Helm releases, as Crossplane managed resources.",
            readme: include_str!("../../package/components/README.md"),
        },
        Package {
            content: Content::Function,
            command: Some("function"),
            extra: &[],
            standalone: false,
            folder: "package/function",
            friendly_name: "KupenStack clouds, function",
            description: "Composes OpenStack clouds from their components.",
            readme: include_str!("../../package/function/README.md"),
        },
        Package {
            content: Content::Configuration,
            command: None,
            extra: &[],
            standalone: false,
            folder: "package/configuration",
            friendly_name: "KupenStack clouds",
            description: "OpenStack clouds on Kubernetes, each from one claim.",
            readme: include_str!("../../package/configuration/README.md"),
        },
    ]
}

impl Package {
    /// Its name, which is also that of its repository in a registry.
    pub fn name(&self) -> String {
        match &self.content {
            Content::Provider(provider) => provider.package(),
            Content::Function => FUNCTION.to_owned(),
            Content::Configuration => CONFIGURATION.to_owned(),
        }
    }

    /// Every object that it installs.
    ///
    /// # Errors
    /// A kind's file is wrong.
    pub fn objects(&self, origin: &Origin) -> Result<Vec<Value>, Error> {
        match &self.content {
            Content::Provider(provider) => crds(provider),
            Content::Function => Ok(vec![]),
            Content::Configuration => Ok(clouds(origin)),
        }
    }

    /// What it says about itself.
    pub fn meta(&self, origin: &Origin) -> Meta {
        let (name, about) = (self.name(), self.about());
        match self.content {
            Content::Provider(_) => Meta::provider(name, about),
            Content::Function => Meta::function(name, about),
            Content::Configuration => Meta::configuration(name, about, dependencies(origin)),
        }
    }

    fn about(&self) -> About {
        About {
            friendly_name: self.friendly_name.to_owned(),
            maintainer: "The KupenStack authors".to_owned(),
            source: env!("CARGO_PKG_REPOSITORY").to_owned(),
            license: env!("CARGO_PKG_LICENSE").to_owned(),
            description: self.description.to_owned(),
            readme: self.readme.to_owned(),
        }
    }
}

fn crds(provider: &Provider) -> Result<Vec<Value>, Error> {
    let mut all = provider.family.crds.build();
    for kind in provider.kinds {
        all.push(kind.crd().map_err(|source| Error::Kind { kind: kind.id().to_owned(), source })?);
    }
    Ok(all)
}

/// Definitions, compositions, and what activates the kinds that are composed.
fn clouds(origin: &Origin) -> Vec<Value> {
    let function = xrd::function_name(&origin.package(FUNCTION));
    let both = DEFINITIONS.iter().flat_map(|kind| [kind.xrd(), xrd::composition(kind, &function)]);
    both.chain([xrd::activation()]).collect()
}

/// All other packages, in the version that this one is released in, or a later one.
fn dependencies(origin: &Origin) -> Vec<Dependency> {
    let others = packages().into_iter().filter_map(|package| {
        let kind = match package.content {
            Content::Provider(_) => PackageKind::Provider,
            Content::Function => PackageKind::Function,
            Content::Configuration => return None,
        };
        Some(Dependency::new(kind, origin.package(&package.name()), format!(">={}", origin.version)))
    });
    others.collect()
}
