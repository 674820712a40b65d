//! What the provider measures, and how long each managed resource takes.

mod held;
mod labels;
pub mod metrics;
mod passes;
mod resources;
pub mod timing;
mod workqueue;
