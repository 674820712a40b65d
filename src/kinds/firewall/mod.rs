//! Kinds of firewalls: a part of the networking service, Neutron. It tells tags of them, and fails where some are set.

pub mod firewall_group;
pub mod firewall_policy;
pub mod firewall_rule;

/// API reference.
const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules";

kinds! {
    firewall_group::FirewallGroup,
    firewall_policy::FirewallPolicy,
    firewall_rule::FirewallRule,
}

#[cfg(test)]
mod tests;
