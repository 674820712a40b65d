//! Metrics that count what there is, refreshed every few seconds (`--poll-state-metric`).

use super::reconcile::Reconciler;
use std::{sync::Arc, time::Duration};

/// Name of the queue that all kinds share.
pub(crate) const QUEUE: &str = "managed";

/// Refreshes them for ever.
pub(crate) async fn refresh(reconciler: Arc<Reconciler>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        reconciler.count();
    }
}

impl Reconciler {
    /// Kinds whose CRD is not there yet are left out (GATE-6).
    pub(crate) fn count(&self) {
        let populations = self.index.lock().populations();
        for (kind, population) in populations {
            if let Some(info) = self.kinds.iter().find(|known| known.id() == kind).map(|kind| kind.info()) {
                self.metrics.resources.population(&info.api_version(), info.kind, population);
            }
        }
        let held = self.held.counts();
        let each = held.iter().map(|(config, count)| {
            (config.kind.as_str(), config.namespace.as_str(), config.name.as_str(), *count)
        });
        self.metrics.held.waiting(each);
        self.metrics.queue.queued(QUEUE, self.queue.due(), self.clock.monotonic());
    }
}
