//! What nodes are there for, and OpenStack-Helm's labels for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a node is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// APIs, schedulers, databases, and Neutron's agents for DHCP and routers.
    Control,
    /// Servers.
    Compute,
    /// OVN's databases and gateways, and Octavia's workers.
    Network,
}

/// Value of a label by which pods find their nodes.
pub const ENABLED: &str = "enabled";
/// Beginning of the label of a node whose agents have a profile's configuration; the profile's name follows. It has no slash, since
/// the charts make names of DaemonSets of it.
pub const PROFILE: &str = "openstack-profile-";

impl Role {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 3] = [Self::Control, Self::Compute, Self::Network];

    /// KupenStack's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Compute => "compute",
            Self::Network => "network",
        }
    }

    /// The labels that OpenStack-Helm's charts select nodes by; the first is the role's own.
    pub fn labels(self) -> &'static [&'static str] {
        match self {
            Self::Control => &["openstack-control-plane", "openvswitch"],
            Self::Compute => &["openstack-compute-node", "openvswitch"],
            Self::Network => &["openstack-network-node", "l3-agent", "openvswitch"],
        }
    }
}
