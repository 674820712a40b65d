//! Kinds of the compute service, Nova.

pub mod flavor;
pub mod key_pair;
pub mod server;
pub mod server_group;
pub mod volume_attachment;

kinds! {
    flavor::Flavor,
    key_pair::KeyPair,
    server::Server,
    server_group::ServerGroup,
    volume_attachment::VolumeAttachment,
}

#[cfg(test)]
mod tests;
