//! Kubernetes vocabulary, pure: names, the managed-resource contract, schemas and CRDs. Depends on no other layer.

/// Domain of every API group: `network.kupenstack.io`.
pub const DOMAIN: &str = "kupenstack.io";
