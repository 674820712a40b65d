//! Everything that is said to an OpenStack cloud. The only user of the crate `openstack`: its `Session` holds our HTTP client
//! and our `AuthType` plugin. Requests, errors and pages are our own, because the crate's errors lose status, code,
//! request id and `Retry-After`. May use `kind` and, for what flows into a cloud, `source`.
//!
//! From top to bottom: [`backend`] keeps one connection ([`cloud`]) per credentials. A connection reads and writes through a
//! [`transport`]: directly, page by page ([`page`]), or many objects at once ([`list_cache`]). The transport finds the
//! service's URL (`endpoints`, [`endpoint`]) and sends (`sender`) with a token ([`auth`]) whose catalog ([`catalog`])
//! names the services, when the service's throttle ([`throttle`]) allows it, over [`http`]. [`response`] and [`error`]
//! say what came of it; [`config`] reads how to log in.
//!
//! Time is the runtime's monotonic clock (`tokio::time::Instant`), which tests move. A token's lifetime is the difference of
//! two times of Keystone's, so a node's clock may be wrong. The wall clock comes with [`Instruments`]: passcodes follow from
//! it, and an outage's text says when it began.

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
mod flight;
pub mod http;
mod http_request;
pub mod instruments;
mod json;
pub mod list_cache;
pub mod memory;
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
