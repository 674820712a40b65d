//! The end of a managed resource.

use super::kubernetes::Writer;
use crate::runtime::{
    base::clock::Clock,
    managed::{pass::Pass, uploads::Uploads},
    plan::outcome::Outcome,
    provider_config::usage,
    telemetry::metrics::Metrics,
};
use kube::Client;
use std::sync::Arc;

/// Lets managed resources go.
pub(crate) struct Releaser {
    pub(crate) client: Client,
    pub(crate) uploads: Uploads,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Releaser {
    /// Our finalizer goes first, the usage last (PC-7).
    pub(crate) async fn release(&self, pass: &Pass<'_>, writer: &Writer) -> Outcome {
        let outcome = writer.let_go(pass).await;
        let Outcome::Written(object) = &outcome else { return outcome };
        let uid = &object.metadata.uid;
        self.uploads.forget(uid);
        self.metrics.deleted(object, self.clock.now());
        self.metrics.forget(uid);
        if let Err(error) = usage::release(&self.client, &object.metadata.namespace, uid).await {
            // The ProviderConfig controller releases it later.
            tracing::debug!(object = %pass.key, %error, "usage not released");
        }
        outcome
    }
}
