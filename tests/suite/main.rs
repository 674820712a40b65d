//! Everything that is tested on real parts: one binary, one rig, one provider installed through Crossplane.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test that meets something unexpected fails; real parts run in real time"
)]

mod alone;
mod conformance;
mod contract;
mod exchanges;
mod fields;
mod image;
mod layers;
mod login;
mod network;
mod package;
mod quickstart;
mod requirements;
mod truth;
mod world;
