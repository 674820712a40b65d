//! What all connections share.

use super::{charts::Charts, documents::Documents, helm::Helm, probe::Network};
use crate::kind::cloud::Backend;
use std::sync::Arc;

/// Helm, charts, documents, the network, clouds and the time.
pub struct Tools {
    /// Renders charts.
    pub helm: Arc<dyn Helm>,
    /// Fetches them.
    pub charts: Charts,
    /// Fetches what lies behind addresses and is no chart.
    pub documents: Documents,
    /// The way to Services of the cluster.
    pub network: Arc<dyn Network>,
    /// The way to the clouds themselves, by logins that requests carry.
    pub openstack: Arc<dyn Backend>,
    /// The time of day.
    pub now: Box<dyn Fn() -> jiff::Timestamp + Send + Sync>,
}
