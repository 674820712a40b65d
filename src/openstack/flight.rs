//! Work that many wait for, in a task of its own: who waits no longer does not break it off, and nobody waits for ever.

use std::time::Duration;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// Work under way, or its outcome.
#[derive(Clone, Debug)]
pub(super) struct Flight<T> {
    began: Instant,
    outcome: watch::Receiver<Option<T>>,
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Begins the work.
    pub(super) fn begin(work: impl Future<Output = T> + Send + 'static) -> Self {
        let (tell, outcome) = watch::channel(None);
        tokio::spawn(async move {
            let done = work.await;
            tell.send_replace(Some(done));
        });
        Self { began: Instant::now(), outcome }
    }

    /// Has it ended?
    pub(super) fn is_over(&self) -> bool {
        self.outcome.borrow().is_some() || self.outcome.has_changed().is_err()
    }

    /// How old it is, ended or not.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Its outcome, as soon as there is one; `None` if there is none so long after the beginning.
    pub(super) async fn within(mut self, patience: Duration) -> Option<T> {
        let ended = timeout_at(self.began + patience, self.outcome.wait_for(Option::is_some)).await;
        ended.ok()?.ok()?.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn work_goes_on_whoever_waits_and_its_age_ends_every_wait() {
        let flight = Flight::begin(async {
            tokio::time::sleep(10 * S).await;
            7
        });
        assert_eq!(flight.clone().within(5 * S).await, None);
        let late = Instant::now();
        assert_eq!((flight.clone().within(5 * S).await, late.elapsed()), (None, Duration::ZERO));
        assert_eq!((flight.clone().within(20 * S).await, flight.age()), (Some(7), 10 * S));
        assert_eq!((flight.is_over(), flight.within(S).await), (true, Some(7)));
    }

    #[tokio::test]
    async fn work_that_broke_is_over_and_has_no_outcome() {
        let flight: Flight<()> = Flight::begin(async { panic!("a mistake") });
        assert_eq!(flight.clone().within(60 * S).await, None);
        assert!(flight.is_over());
    }
}
