//! KupenStack for Crossplane: OpenStack as Kubernetes resources.
//!
//! A registry of kinds ([`kinds::KINDS`]), each one small pure file that says what a resource is, and
//! generic code, written once, that derives everything else from it. Layers and decisions: `src/README.md`.

pub mod api;
pub mod cli;
pub mod components;
pub mod function;
pub mod generate;
pub mod kind;
pub mod kinds;
pub mod kubernetes;
pub mod node;
pub mod openstack;
pub mod profile;
pub mod release;
pub mod runtime;
#[cfg(test)]
mod simulation;
pub mod source;
pub mod xpkg;
