//! Where packages are published, for those that need others.

/// Registry, folder and version of all packages of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Registry and folder: `registry.example.org/kupenstack`.
    pub registry: String,
    /// Version: `v0.1.0`.
    pub version: String,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            registry: "registry.example.org/kupenstack".to_owned(),
            version: concat!("v", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl Origin {
    /// Where a package is, without version.
    pub fn package(&self, name: &str) -> String {
        format!("{}/{name}", self.registry)
    }
}
