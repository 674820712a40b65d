//! Everything that is said to a cloud. The only user of the crate `openstack`: its `Session` holds our HTTP
//! client and our `AuthType` plugin; requests, errors and pages are our own, because the crate's errors
//! lose status, code, request id and `Retry-After`. May use `kind` and, for what flows into a cloud, `source`.
//!
//! Downwards: [`backend`] keeps one [`cloud`] per credentials; a cloud reads (with [`page`], and many objects at once
//! with [`snapshot`]) and sends through a [`transport`], at the [`pace`] that a service stands, which needs a token and
//! catalog ([`auth`], [`catalog`]) and an [`endpoint`]. [`config`] says
//! how to log in; [`answer`] and [`error`] say what an answer means.
//!
//! Time is the runtime's monotonic clock (`tokio::time::Instant`), which tests move. A token's life is the difference of
//! two times that Keystone gives, so a skewed node does not matter. The wall clock comes in with [`Instruments`], for passcodes
//! that follow from it and for telling since when something fails.

pub mod auth;
pub mod backend;
pub mod catalog;
pub mod cloud;
pub mod config;
mod describe;
pub mod description;
pub mod endpoint;
mod endpoints;
pub mod error;
mod fault;
pub mod http;
mod http_request;
pub mod instruments;
pub mod list_cache;
pub mod page;
pub mod response;
mod sender;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod text;
pub mod throttle;
pub mod transport;
mod upload;

pub use backend::OpenStack;
pub use error::Error;
pub use instruments::Instruments;
