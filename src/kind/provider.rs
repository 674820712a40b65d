//! A provider as a value: its name, its family of ProviderConfigs and its kinds. The runtime, the generated files and
//! the packages are made from it, so that several providers can live in one program and in one namespace.

use super::{any::AnyKind, cloud::Credentials, request::service::Service};
use crate::api::{
    VERSION,
    provider_config::{Changes, ConfigCrds, SecretKeyReference},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// One provider. What it keeps in its namespace is named after it, so a name is never changed: every marker in every
/// cloud is derived from the installation's id.
#[derive(Clone, Copy)]
pub struct Provider {
    /// The package's name without its prefix: `kupenstack` of `provider-kupenstack`.
    pub name: &'static str,
    /// The ProviderConfigs that its resources use.
    pub family: &'static ConfigFamily,
    /// The registry.
    pub kinds: &'static [Box<dyn AnyKind>],
}

impl Provider {
    /// Name of the package.
    pub fn package(&self) -> String {
        format!("provider-{}", self.name)
    }

    /// Name of the Lease that its replicas compete for, as Crossplane's own providers call theirs.
    pub fn lease(&self) -> String {
        format!("crossplane-leader-election-{}", self.package())
    }

    /// Name of the ConfigMap that holds the installation's id, and of the Secret that holds its key.
    pub fn installation(&self) -> String {
        format!("{}-installation", self.name)
    }

    /// Every service that has a kind, once.
    pub fn services(&self) -> Vec<&'static Service> {
        let mut services: Vec<_> = self.kinds.iter().map(|kind| kind.info().service).collect();
        services.sort_by_key(|service| service.group);
        services.dedup();
        services
    }

    /// Plural of one of its kinds; `None` for a kind that is not its own.
    pub fn plural(&self, api_version: &str, kind: &str) -> Option<&'static str> {
        let mut infos = self.kinds.iter().map(|kind| kind.info());
        infos.find(|info| info.kind == kind && info.api_version() == api_version).map(|info| info.plural)
    }

    /// Names of the CRDs of its kinds: `networks.network.kupenstack.io`.
    pub fn crd_names(&self) -> BTreeSet<String> {
        self.kinds.iter().map(|kind| kind.info().crd_name()).collect()
    }
}

/// A family of ProviderConfigs: the three kinds of one API group that Crossplane knows by their names.
pub struct ConfigFamily {
    /// Group, schemas and columns.
    pub crds: ConfigCrds,
    /// Reads the `spec` of a ProviderConfig, with the namespace that it is in, or of a ClusterProviderConfig.
    pub read: fn(Value, namespace: Option<&str>) -> Result<ConfigSpec, serde_json::Error>,
    /// What is expected in a Secret, for messages.
    pub expects: Expected,
}

/// What a family expects in the Secrets of its ProviderConfigs, in words that fit behind "with".
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Under the one key that the spec names.
    pub document: &'static str,
    /// In the whole Secret, where the spec names no key.
    pub fields: &'static str,
}

/// What a ProviderConfig's spec says.
#[derive(Clone, Debug, Default)]
pub struct ConfigSpec {
    /// Namespaces whose managed resources may use a ClusterProviderConfig; all unless set (PC-11).
    pub allowed_namespaces: Option<Vec<String>>,
    /// Whether resources that use a ClusterProviderConfig may take over those of other namespaces.
    pub take_over_across_namespaces: bool,
    /// Whether anything may be changed.
    pub changes: Changes,
    /// The Secret to log in with, whose content becomes the credentials' `given`. `None` where the spec says everything.
    pub secret: Option<SecretKeyReference>,
    /// What the spec itself says.
    pub credentials: Credentials,
}

impl ConfigFamily {
    /// API group of the three kinds.
    pub fn group(&self) -> &'static str {
        self.crds.group
    }

    /// `apiVersion` of the three kinds.
    pub fn api_version(&self) -> String {
        format!("{}/{VERSION}", self.group())
    }
}
