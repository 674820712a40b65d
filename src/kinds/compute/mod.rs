//! Kinds of the compute service, Nova.

pub mod compute_quota;
pub mod compute_service;
pub mod flavor;
pub mod flavor_access;
pub mod host_aggregate;
pub mod interface_attachment;
pub mod key_pair;
pub mod server;
pub mod server_group;
pub mod server_snapshot;
pub mod volume_attachment;

kinds! {
    compute_quota::ComputeQuota,
    compute_service::ComputeService,
    flavor::Flavor,
    flavor_access::FlavorAccess,
    host_aggregate::HostAggregate,
    interface_attachment::InterfaceAttachment,
    key_pair::KeyPair,
    server::Server,
    server_group::ServerGroup,
    server_snapshot::ServerSnapshot,
    volume_attachment::VolumeAttachment,
}

#[cfg(test)]
mod tests;
