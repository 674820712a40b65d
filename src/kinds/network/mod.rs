//! Kinds of the networking service, Neutron.

#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod network;
pub mod subnet;

/// Neutron's limit for a description, 255, less the marker behind it.
const DESCRIPTION: usize = 255 - 1 - 70;
