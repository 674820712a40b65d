//! Kinds of firewalls: a part of the networking service, Neutron. Some tell tags of them, and fail where one is set.

pub mod firewall_group;
pub mod firewall_policy;
pub mod firewall_rule;
mod shared;

kinds! {
    firewall_group::FirewallGroup,
    firewall_policy::FirewallPolicy,
    firewall_rule::FirewallRule,
}

#[cfg(test)]
mod tests;
