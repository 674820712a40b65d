//! Kinds of the compute service, Nova.

pub mod flavor;
pub mod key_pair;
pub mod server;
pub mod server_group;
pub mod volume_attachment;
