//! The layer as a whole against a cloud on a local port, by topic.

mod connection;
mod login;
