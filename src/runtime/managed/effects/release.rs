//! The end of a managed resource.

use super::kubernetes::Writer;
use crate::runtime::{
    base::clock::Clock,
    managed::{pass::Pass, tracked::TrackedResources},
    plan::outcome::Outcome,
    provider_config::usage::UsageTracker,
    telemetry::{metrics::Metrics, timing},
};
use std::sync::Arc;

/// Lets managed resources go.
pub(crate) struct Releaser {
    pub(crate) tracker: UsageTracker,
    pub(crate) tracked: Arc<TrackedResources>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Releaser {
    /// Our finalizer goes first, the usage last (PC-7).
    pub(crate) async fn release(&self, pass: &Pass<'_>, writer: &Writer) -> Outcome {
        let outcome = writer.let_go(pass).await;
        let Outcome::Written(object) = &outcome else { return outcome };
        let uid = &object.metadata.uid;
        self.tracked.with(pass.key, uid, |record| record.flow = None);
        if let Some(measured) = timing::deletion(object, self.clock.now()) {
            self.metrics.resources.measured(object, measured);
        }
        if let Err(error) = self.tracker.release(&object.metadata.namespace, uid).await {
            // The ProviderConfig controller releases it later.
            tracing::debug!(object = %pass.key, %error, "usage not released");
        }
        outcome
    }
}
