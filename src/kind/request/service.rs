//! OpenStack services: how an API group finds its endpoint, and the versions of an API.

use std::fmt;

use crate::api::DOMAIN;

/// One OpenStack service, as the service catalog and the API group name it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Service {
    /// First label of the API group: `network` in `network.kupenstack.io`.
    pub group: &'static str,
    /// The rest of the API group: `kupenstack.io`.
    pub domain: &'static str,
    /// Catalog types, the official one first, then the aliases that clouds use.
    pub types: &'static [&'static str],
    /// Major version that our paths are written for: 2 in `/v2.0/networks`.
    pub major: u16,
    /// The project's code name, for messages: `Neutron`.
    pub project: &'static str,
}

impl Service {
    /// Kubernetes API group of the service's kinds.
    pub fn api_group(&self) -> String {
        format!("{}.{}", self.group, self.domain)
    }
}

/// A microversion, `2.79`; compared number by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microversion(pub u16, pub u16);

impl Microversion {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn read(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Networking: <https://docs.openstack.org/api-ref/network/v2/>
pub const NETWORK: Service =
    Service { group: "network", domain: DOMAIN, types: &["network"], major: 2, project: "Neutron" };
/// Identity: <https://docs.openstack.org/api-ref/identity/v3/>
pub const IDENTITY: Service =
    Service { group: "identity", domain: DOMAIN, types: &["identity"], major: 3, project: "Keystone" };
/// Compute: <https://docs.openstack.org/api-ref/compute/>
pub const COMPUTE: Service =
    Service { group: "compute", domain: DOMAIN, types: &["compute"], major: 2, project: "Nova" };
/// Images: <https://docs.openstack.org/api-ref/image/v2/>
pub const IMAGE: Service =
    Service { group: "image", domain: DOMAIN, types: &["image"], major: 2, project: "Glance" };
/// Block storage: <https://docs.openstack.org/api-ref/block-storage/v3/>
pub const BLOCK_STORAGE: Service = Service {
    group: "blockstorage",
    domain: DOMAIN,
    types: &["block-storage", "volumev3", "block-store", "volume"],
    major: 3,
    project: "Cinder",
};
/// What there is and what of it is used: <https://docs.openstack.org/api-ref/placement/>
pub const PLACEMENT: Service =
    Service { group: "placement", domain: DOMAIN, types: &["placement"], major: 1, project: "Placement" };
