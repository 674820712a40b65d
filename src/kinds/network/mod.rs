//! Kinds of the networking service, Neutron.

pub mod floating_ip;
#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod network;
pub mod port;
pub mod port_parts;
pub mod router;
pub mod router_interface;
pub mod security_group;
pub mod security_group_rule;
pub mod shared;
pub mod subnet;
pub mod subnet_pool;

kinds! {
    floating_ip::FloatingIp,
    network::Network,
    port::Port,
    router::Router,
    router_interface::RouterInterface,
    security_group::SecurityGroup,
    security_group_rule::SecurityGroupRule,
    subnet::Subnet,
    subnet_pool::SubnetPool,
}

#[cfg(test)]
mod tests;
