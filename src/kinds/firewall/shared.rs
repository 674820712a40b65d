//! What the kinds of firewalls share.

/// API reference.
pub(super) const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules";
