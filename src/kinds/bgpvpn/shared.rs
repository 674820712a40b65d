//! What the kinds of BGP VPNs share.

/// API reference.
pub(super) const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection";
