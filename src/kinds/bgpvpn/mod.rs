//! Kinds of BGP VPNs: a part of the networking service, Neutron.

#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod bgpvpn;
pub mod bgpvpn_network_association;
pub mod bgpvpn_router_association;

/// API reference.
const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection";

kinds! {
    bgpvpn::BgpVpn,
    bgpvpn_network_association::BgpvpnNetworkAssociation,
    bgpvpn_router_association::BgpvpnRouterAssociation,
}

#[cfg(test)]
mod tests;
