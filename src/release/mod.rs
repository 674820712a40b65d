//! Helm releases, pure: what is wanted of one, what it is found to be, and the next step between the two. Helm renders,
//! the API server is asked elsewhere; nothing here reads a clock, a file or a socket.
//!
//! [`state`] is what is known of a release and [`next`] decides on nothing else; `picture` makes the one from what was
//! gathered. Helm's own formats are kept, so that people's `helm` works on these releases and theirs can be adopted.

pub mod accounts;
pub mod cause;
pub mod connection;
pub mod depends;
pub mod drift;
pub mod expiry;
pub mod facts;
pub mod jobs;
pub mod manifest;
pub mod migrate;
pub mod next;
pub mod picture;
pub mod ready;
pub mod record;
pub mod state;
pub mod trim;
pub mod update_plan;
pub mod values;
pub mod view;
pub mod yaml;
