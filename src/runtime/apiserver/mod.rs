//! Everything that is said to the API server, with just the rights that Crossplane grants a provider.

pub mod client;
pub mod error;
pub mod gate;
pub(crate) mod granted;
pub mod history;
pub mod inputs;
pub mod installation;
pub mod lease;
pub mod names;
pub mod objects;
pub mod owner;
mod recent_events;
pub mod recorder;
