//! Clouds and their profiles, pure: from what people write and what is observed to what is composed and told.

pub mod chain;
mod check;
pub mod cloud;
pub mod component;
mod compose;
pub mod composed_resource;
pub mod configuration;
pub mod input;
pub mod layer;
pub mod nodes;
pub mod occp;
mod path;
pub mod planned_changes;
mod provenance;
pub mod refusal;
pub mod remote;
pub mod rollout;
mod rotation;
mod selection;
pub mod spec;
mod status;
pub mod version;
pub mod xrd;

/// First label of the API group of clouds and profiles.
pub const GROUP: &str = "cluster";
