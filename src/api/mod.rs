//! Kubernetes vocabulary, pure: names, the managed-resource contract, schemas and CRDs. Depends on no other layer.

pub mod condition;
pub mod crd;
pub mod duration;
pub mod field;
pub mod glob;
pub mod managed;
pub mod merge;
pub mod meta;
pub mod policy;
pub mod provider_config;
pub mod reference;
pub mod schema;
pub mod secret;

/// Domain of every API group: `network.kupenstack.io`.
pub const DOMAIN: &str = "kupenstack.io";

/// The one version of every API.
pub const VERSION: &str = "v1alpha1";
