//! A real Kubernetes with a kubelet, a real Crossplane and a real OpenStack on one machine,
//! in a network namespace of their own. `cargo rig` drives it; the integration tests use it as a library.
#![allow(
    clippy::disallowed_methods,
    reason = "the rule keeps time out of the provider's logic; the rig measures real time"
)]

pub mod ahead;
pub mod audit;
pub mod cache;
pub mod cgroup;
pub mod checks;
pub mod cli;
pub mod clock;
pub mod cloud;
pub mod daemon;
pub mod debian;
pub mod demo;
pub mod error;
pub mod files;
pub mod forward;
pub mod go;
pub mod handle;
pub mod images;
pub mod kubernetes;
pub mod lifecycle;
pub mod manifests;
pub mod netns;
pub mod openstack;
pub mod packages;
pub mod part;
pub mod paths;
pub mod pki;
pub mod preflight;
pub mod proc;
pub mod process;
pub mod progress;
pub mod provider;
pub mod quickstart;
pub mod report;
pub mod supervisor;
pub mod sweep;
pub mod tools;
pub mod trial;

pub use handle::Rig;
