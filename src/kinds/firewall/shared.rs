//! What the kinds of firewalls share.

use crate::kind::marker;

/// API reference.
pub(super) const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules";

/// Room for people in a description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);
