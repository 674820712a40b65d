//! The packages that this program is released in.

use super::error::Error;
use crate::{
    kind::provider::Provider,
    kinds::provider::openstack,
    xpkg::{About, Meta},
};
use serde_json::Value;

/// The package of one provider.
pub struct Package {
    /// Its kinds, and their ProviderConfigs.
    pub provider: Provider,
    /// Word of the command line that runs it; `None` for what the program does without arguments.
    pub command: Option<&'static str>,
    /// Further files that its image holds, by their paths without leading slash.
    pub extra: &'static [&'static str],
    /// Folder of the checkout that its metadata, rights and docs are written to.
    pub folder: &'static str,
    friendly_name: &'static str,
    description: &'static str,
    readme: &'static str,
}

/// All of them.
pub fn packages() -> Vec<Package> {
    vec![Package {
        provider: openstack(),
        command: None,
        extra: &[],
        folder: "package",
        friendly_name: "KupenStack",
        description: "Every OpenStack resource as a Crossplane managed resource.",
        readme: include_str!("../../package/README.md"),
    }]
}

impl Package {
    /// Every CRD that it installs.
    ///
    /// # Errors
    /// A kind's file is wrong.
    pub fn crds(&self) -> Result<Vec<Value>, Error> {
        let mut all = self.provider.family.crds.build();
        for kind in self.provider.kinds {
            all.push(kind.crd().map_err(|source| Error::Kind { kind: kind.id().to_owned(), source })?);
        }
        Ok(all)
    }

    /// What it says about itself.
    pub fn meta(&self) -> Meta {
        Meta::provider(
            self.provider.package(),
            About {
                friendly_name: self.friendly_name.to_owned(),
                maintainer: "The KupenStack authors".to_owned(),
                source: env!("CARGO_PKG_REPOSITORY").to_owned(),
                license: env!("CARGO_PKG_LICENSE").to_owned(),
                description: self.description.to_owned(),
                readme: self.readme.to_owned(),
            },
        )
    }
}
