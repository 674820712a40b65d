//! Kinds of BGP VPNs: a part of the networking service, Neutron.

#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod bgpvpn;
pub mod bgpvpn_network_association;
pub mod bgpvpn_port_association;
pub mod bgpvpn_router_association;
mod shared;

kinds! {
    bgpvpn::BgpVpn,
    bgpvpn_network_association::BgpvpnNetworkAssociation,
    bgpvpn_port_association::BgpvpnPortAssociation,
    bgpvpn_router_association::BgpvpnRouterAssociation,
}

#[cfg(test)]
mod tests;
