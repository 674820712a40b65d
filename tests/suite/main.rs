//! Everything that is tested on real parts: one binary, one rig, one provider installed through Crossplane.

mod contract;
mod layers;
mod network;
mod package;
mod truth;
mod world;
