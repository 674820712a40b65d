//! Nodes of a cloud, pure: the labels by which OpenStack-Helm's pods find them, what Kubernetes and OpenStack say of one, and the
//! next step between that and what is wanted. Who asks the API server and the cloud is elsewhere.
//!
//! [`state`] is what is known of a node and [`next`] decides on nothing else; [`picture`] makes the one from what was gathered.

pub mod agents;
pub mod health;
pub mod labels;
pub mod next;
pub mod picture;
pub mod providers;
pub mod remedy;
pub mod role;
pub mod servers;
pub mod silence;
pub mod state;
pub mod wanted;

#[cfg(test)]
mod tests;
