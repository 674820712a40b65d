//! The process that the provider is: its pod, and the signals that end it.

use tokio::signal::unix::{SignalKind, signal};

/// The pod that this process runs in.
pub(crate) struct Pod {
    /// Where the provider's own objects lie.
    pub(crate) namespace: String,
    /// Its name, which tells replicas apart.
    pub(crate) name: String,
}

impl Pod {
    /// As the environment says.
    pub(crate) fn own() -> Self {
        let said =
            |variable, otherwise: &str| std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned());
        Self { namespace: said("POD_NAMESPACE", "crossplane-system"), name: said("HOSTNAME", "provider") }
    }
}

/// Returns once the process is asked to end.
pub(crate) async fn terminated() {
    let mut signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [terminate, interrupt] = &mut signals;
    match (terminate, interrupt) {
        (Ok(terminate), Ok(interrupt)) => {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
        }
        // Without handlers the signals end the process by themselves.
        _ => std::future::pending().await,
    }
}
