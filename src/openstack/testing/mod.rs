//! Clouds for tests: one behind a local port, for this layer's own; one without sockets, for the simulation.

pub(super) mod fake_cloud;
pub mod simulated;
