//! Bytes from the web, on their way into a cloud: over http and https only, never from an address of this machine or
//! its link, redirects included, summed up and unpacked as they flow. May use `kind`, nothing else of ours.

pub mod address;
pub mod error;
pub mod fetch;
mod verify;

pub use address::AllowedNetwork;
pub use error::Error;
pub use fetch::{Download, Sources};
