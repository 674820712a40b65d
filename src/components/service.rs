//! What a component's requests are addressed to.

use crate::{api::DOMAIN, kind::request::service::Service};

/// What answers for releases: the room `kubernetes`.
pub const SERVICE: Service =
    Service { group: "component", domain: DOMAIN, types: &[], major: 0, project: "Kubernetes" };

/// The same for nodes, whose group is that of clouds.
pub const NODES: Service =
    Service { group: "cluster", domain: DOMAIN, types: &[], major: 0, project: "Kubernetes" };
