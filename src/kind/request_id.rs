//! What joins an event, the log, and the logs of all services: the global request id, which OpenStack's services take in
//! `X-Openstack-Request-Id` and hand on to each other; and the id that a service gave to its answer.

use data_encoding::HEXLOWER;
use parking_lot::Mutex;
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::Arc;

tokio::task_local! {
    static CURRENT: Arc<RequestIds>;
}

/// The ids of one pass.
#[derive(Debug, Default)]
pub struct RequestIds {
    /// All requests of the pass have it.
    pub global: String,
    last: Mutex<Option<String>>,
}

impl RequestIds {
    /// With a new global request id.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { global: fresh(), last: Mutex::default() })
    }

    /// Does some work of which all requests have the global id. What it begins in tasks of its own is not part of it: that
    /// may serve others as well.
    pub async fn cover<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    /// The service's own id of the last answer that was a change or a failure.
    pub fn last(&self) -> Option<String> {
        self.last.lock().clone()
    }
}

/// The ids of the work that this is part of, if there are any.
pub fn current() -> Option<Arc<RequestIds>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// The global request id of the work that this is part of, or a new one.
pub fn global() -> String {
    current().map_or_else(fresh, |ids| ids.global.clone())
}

/// A service gave this id to a change or a failure.
pub fn answered(id: &str) {
    if let Some(ids) = current() {
        *ids.last.lock() = Some(id.to_owned());
    }
}

/// `req-` and a random UUID, the only form that services take. Without randomness all are the same, and joined by nothing.
fn fresh() -> String {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).ok();
    let hex = HEXLOWER.encode(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("req-{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_has_one_global_id_and_what_is_outside_of_it_another() {
        let ids = RequestIds::new();
        let form: Vec<_> = ids.global.split('-').map(str::len).collect();
        assert_eq!(form, [3, 8, 4, 4, 4, 12]);
        let within = ids.clone().cover(async {
            answered("req-1");
            (global(), tokio::spawn(async { global() }).await.unwrap())
        });
        let (own, beside) = within.await;
        assert!(own == ids.global && beside != own && global() != own && global() != global());
        answered("req-2");
        assert_eq!(ids.last().as_deref(), Some("req-1"));
    }
}
