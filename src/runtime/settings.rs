//! What the command line decides about a run.

use super::{index::references::Permission, managed::workers::WorkerLimits};
use std::{net::SocketAddr, time::Duration};

/// How the provider is to run.
pub struct Settings {
    /// How often every resource is compared with the cloud.
    pub poll: Duration,
    /// Lower bound of a resource's own poll interval.
    pub min_poll: Duration,
    /// Reconciles a second, and at once.
    pub rate: u32,
    /// How often metrics that count resources are refreshed.
    pub poll_state_metric: Duration,
    /// Where metrics are served.
    pub metrics: SocketAddr,
    /// Where health is served.
    pub health: SocketAddr,
    /// Only one of several replicas works.
    pub leader_election: bool,
    /// Which installation this is; kept in a ConfigMap unless given.
    pub installation: Option<String>,
    /// Namespaces that references may point to, beside their own.
    pub may_refer_to: Box<Permission>,
}

impl Settings {
    /// What the workers need of it.
    pub(crate) fn worker_limits(&self) -> WorkerLimits {
        WorkerLimits { poll: self.poll, min_poll: self.min_poll, rate: self.rate }
    }
}
