//! Secrets: what is made here, how values are compared without being kept, and where they go out.

pub mod connection;
pub mod keyring;
pub mod mint;
pub mod referenced;
