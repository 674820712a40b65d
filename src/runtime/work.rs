//! Workers: take keys from the queue at the allowed rate, reconcile them, and put them back when it is time.

use super::{
    Settings,
    backoff::Backoffs,
    controller,
    gauges::QUEUE,
    index::ObjectKey,
    metrics::Outcome,
    queue::Rate,
    reconcile::{Reconciler, lock},
    verdict::Then,
};
use crate::api::{duration, meta};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet};

/// Longest pass: a minute for the cloud, and half a one to write down what came of it.
const LONGEST_PASS: Duration = Duration::from_secs(90);
/// Share of the poll interval by which polls are spread (RT-5).
const SPREAD: f64 = 0.1;

/// How fast to work, and how often to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    poll: Duration,
    min_poll: Duration,
    rate: u32,
}

impl Pace {
    pub(super) fn of(settings: &Settings) -> Self {
        Self { poll: settings.poll, min_poll: settings.min_poll, rate: settings.rate }
    }
}

/// What all passes share.
struct Desk {
    reconciler: Arc<Reconciler>,
    pace: Pace,
    failing: Mutex<Backoffs<ObjectKey>>,
    settling: Mutex<Backoffs<ObjectKey>>,
}

/// Works until the queue is closed, then waits for what is under way.
pub(super) async fn work(reconciler: Arc<Reconciler>, pace: Pace) {
    let clock = reconciler.clock.clone();
    let desk = Arc::new(Desk {
        reconciler: reconciler.clone(),
        pace,
        failing: Mutex::new(Backoffs::new(clock.clone())),
        settling: Mutex::new(Backoffs::new(clock.clone())),
    });
    let (rate, places) = (Rate::new(clock, pace.rate), Arc::new(Semaphore::new(pace.rate.max(1) as usize)));
    let mut running = JoinSet::new();
    for kind in reconciler.kinds {
        reconciler.metrics.limit(&controller(kind.info()), pace.rate);
    }
    while let Some((key, waited)) = reconciler.queue.take().await {
        rate.turn().await;
        // The semaphore is never closed.
        let place = places.clone().acquire_owned().await.ok();
        let desk = desk.clone();
        running.spawn(async move {
            desk.pass(&key, waited).await;
            drop(place);
        });
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

impl Desk {
    async fn pass(&self, key: &ObjectKey, waited: Duration) {
        let began = self.reconciler.clock.monotonic();
        let (metrics, controller) = (&self.reconciler.metrics, self.reconciler.controller(key));
        let number = metrics.taken(QUEUE, &controller, waited, began);
        let (reconciler, own) = (self.reconciler.clone(), key.clone());
        // In a task of its own, so that a panic ends this pass and nothing else (RT-4).
        let pass = tokio::spawn(async move { reconciler.reconcile(&own).await });
        let abort = pass.abort_handle();
        let then = match tokio::time::timeout(LONGEST_PASS, pass).await {
            Ok(Ok(then)) => then,
            Ok(Err(error)) => {
                metrics.panicked(&controller);
                tracing::error!(object = %key, %error, "the pass broke; this is a bug of the provider");
                Then::Backoff
            }
            Err(_) => {
                abort.abort();
                tracing::warn!(object = %key, "the pass took too long and was given up");
                Then::Backoff
            }
        };
        let outcome = match then {
            Then::Stop => Outcome::Success,
            Then::Poll | Then::Soon | Then::NotBefore(_) => Outcome::RequeueAfter,
            Then::Backoff => Outcome::Error,
        };
        let ended = self.reconciler.clock.monotonic();
        metrics.reconciled(&controller, outcome, ended.saturating_duration_since(began));
        metrics.done(QUEUE, &controller, number, then == Then::Backoff, ended);
        if let Some(wait) = self.wait(key, then) {
            self.reconciler.queue.add_after(key.clone(), wait);
        }
        self.reconciler.queue.done(key);
    }

    fn wait(&self, key: &ObjectKey, then: Then) -> Option<Duration> {
        if then != Then::Backoff {
            lock(&self.failing).reset(key);
        }
        if then != Then::Soon {
            lock(&self.settling).reset(key);
        }
        match then {
            Then::Stop => None,
            Then::Poll => Some(self.poll(key)),
            Then::Soon => Some(lock(&self.settling).next(key).min(self.poll(key))),
            Then::Backoff => Some(lock(&self.failing).next(key)),
            Then::NotBefore(wait) => Some(wait),
        }
    }

    /// The provider's interval, or the resource's own; spread, so that not all are due at once.
    fn poll(&self, key: &ObjectKey) -> Duration {
        let object = lock(&self.reconciler.index).get(key);
        let own = object.as_ref().and_then(|o| o.annotation(meta::POLL_INTERVAL)).and_then(duration::parse);
        let interval = own.map_or(self.pace.poll, |own| own.max(self.pace.min_poll));
        interval.mul_f64(1.0 + SPREAD * (2.0 * self.reconciler.clock.jitter() - 1.0))
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
