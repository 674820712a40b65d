//! How things are named inside the runtime: managed resources, ProviderConfigs, controllers.

use crate::{api::managed::ProviderConfigReference, kind::Info};

/// Which managed resource: kind as `service.Kind`, namespace, name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// `network.Subnet`.
    pub kind: &'static str,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// A ProviderConfig of either kind. Ordered by kind, namespace, name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigKey {
    /// `ProviderConfig` or `ClusterProviderConfig`.
    pub kind: String,
    /// Empty for a `ClusterProviderConfig`.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ConfigKey {
    /// What a reference from a namespace points to (PC-5).
    pub fn of(reference: &ProviderConfigReference, namespace: &str) -> Self {
        let cluster = reference.kind.starts_with("Cluster");
        Self {
            kind: reference.kind.clone(),
            namespace: if cluster { String::new() } else { namespace.to_owned() },
            name: reference.name.clone(),
        }
    }
}

/// A controller a kind, as crossplane-runtime names it, in events and metrics.
pub fn controller(info: &Info) -> String {
    format!("managed/{}.{}", info.kind.to_lowercase(), info.api_group())
}
