//! Releases of one namespace: seen, compared with what is wanted, and changed step by step. Each step looks at the cluster itself
//! before it does anything that must not be done twice, since what the plan saw may be old. May use its neighbours of the room.

mod compare;
mod found;
mod jobs;
mod namespace;
mod objects;
mod records;
mod rendering;
mod steps;
mod verified;
mod wanted;

pub use namespace::Releases;
pub use steps::Steps;
