//! Kinds of VPNs: a part of the networking service, Neutron.

pub mod ike_policy;
pub mod ipsec_policy;
pub mod ipsec_site_connection;
pub mod shared;
pub mod vpn_endpoint_group;
pub mod vpn_service;

kinds! {
    ike_policy::IkePolicy,
    ipsec_policy::IpsecPolicy,
    ipsec_site_connection::IpsecSiteConnection,
    vpn_endpoint_group::VpnEndpointGroup,
    vpn_service::VpnService,
}

#[cfg(test)]
mod tests;
