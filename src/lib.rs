//! KupenStack for Crossplane: OpenStack as Kubernetes resources.
//!
//! A registry of kinds ([`kinds::KINDS`]), each one small pure file that says what a resource is, and
//! generic code, written once, that derives everything else from it. Layers and decisions: `src/README.md`.

pub use kupenstack_lower::{api, components, function, kind, node, profile, release, source, xpkg};

pub mod cli;
pub mod generate;
pub mod kinds;
pub mod kubernetes;
pub mod openstack;
pub mod runtime;
#[cfg(test)]
mod simulation;
