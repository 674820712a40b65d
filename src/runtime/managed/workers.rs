//! Workers: take keys from the queue at the allowed rate, reconcile them, and put them back when it is time.

use super::{gauges::QUEUE, places::Places, reconcile::Reconciler};
use crate::{
    api::{duration, meta},
    runtime::{
        base::{
            backoff::Backoffs,
            keys::{ConfigKey, ObjectKey, controller},
            queue::{Due, Lane, Queue, Rate},
        },
        plan::pass_result::Requeue,
        telemetry::metrics::ReconcileResult,
    },
};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Longest pass: a minute for the cloud, and half a one to write down what came of it.
const LONGEST_PASS: Duration = Duration::from_secs(90);
/// Longest poll interval, whatever somebody writes: sums of times stay within what can be reckoned with.
const LONGEST_POLL: Duration = Duration::from_secs(7 * 24 * 3600);
/// When a key whose pass broke outside of its own task comes again.
const AFTER_A_BREAK: Duration = Duration::from_secs(60);
/// Share of the poll interval by which polls are spread (RT-5).
const SPREAD: f64 = 0.1;

/// How fast to work, and how often to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkerLimits {
    /// How often every resource is compared with the cloud.
    pub(crate) poll: Duration,
    /// Lower bound of a resource's own poll interval.
    pub(crate) min_poll: Duration,
    /// Passes a second, and at once.
    pub(crate) rate: u32,
}

/// What all passes share.
struct Workers {
    reconciler: Arc<Reconciler>,
    limits: WorkerLimits,
    failing: Mutex<Backoffs<ObjectKey>>,
    settling: Mutex<Backoffs<ObjectKey>>,
}

/// Works until the queue is closed, then waits for what is under way.
pub(crate) async fn work(reconciler: Arc<Reconciler>, limits: WorkerLimits) {
    let clock = reconciler.clock.clone();
    let workers = Arc::new(Workers {
        reconciler: reconciler.clone(),
        limits,
        failing: Mutex::new(Backoffs::new(clock.clone())),
        settling: Mutex::new(Backoffs::new(clock.clone())),
    });
    let (rate, places) = (Rate::new(clock, limits.rate), Arc::new(Places::new(limits.rate.max(1) as usize)));
    let mut running = JoinSet::new();
    for kind in reconciler.kinds {
        reconciler.metrics.passes.limit(&controller(kind.info()), limits.rate);
    }
    while let Some(Due { key, lane, waited }) = reconciler.queue.take().await {
        if lane == Lane::Poll && reconciler.rests(&key) {
            let again = workers.wait(&key, Requeue::Poll);
            drop(Taken { queue: &reconciler.queue, key: &key, again });
            continue;
        }
        let share = workers.config(&key);
        let Some(place) = places.enter(&share, &key).await else {
            reconciler.queue.done(&key);
            continue;
        };
        rate.turn().await;
        let (workers, places) = (workers.clone(), places.clone());
        running.spawn(async move {
            workers.pass(&key, waited).await;
            places.leave(place).into_iter().for_each(|next| workers.reconciler.queue.add(next));
        });
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

/// A key that was taken from the queue. It is given back however its pass ends, or it would never run again.
struct Taken<'a> {
    queue: &'a Queue<ObjectKey>,
    key: &'a ObjectKey,
    again: Option<(Lane, Duration)>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some((lane, wait)) = self.again {
            self.queue.put(self.key.clone(), lane, wait);
        }
        self.queue.done(self.key);
    }
}

impl Workers {
    /// Whose places its pass needs; none for a resource that is gone.
    fn config(&self, key: &ObjectKey) -> Option<ConfigKey> {
        let object = self.reconciler.index.lock().get(key)?;
        Some(ConfigKey::of(&object.spec.provider_config_ref, &key.namespace))
    }

    async fn pass(&self, key: &ObjectKey, waited: Duration) {
        let mut taken =
            Taken { queue: &self.reconciler.queue, key, again: Some((Lane::Later, AFTER_A_BREAK)) };
        let began = self.reconciler.clock.monotonic();
        let (metrics, controller) = (&self.reconciler.metrics, self.reconciler.controller(key));
        metrics.passes.begun(&controller);
        let number = metrics.queue.taken(QUEUE, waited, began);
        let (reconciler, own) = (self.reconciler.clone(), key.clone());
        // In a task of its own, so that a panic ends this pass and nothing else (RT-4).
        let pass = tokio::spawn(async move { reconciler.reconcile(&own).await });
        let abort = pass.abort_handle();
        let then = match tokio::time::timeout(LONGEST_PASS, pass).await {
            Ok(Ok(then)) => then,
            Ok(Err(error)) => {
                metrics.passes.panicked(&controller);
                tracing::error!(object = %key, %error, "the pass broke; this is a bug of the provider");
                Requeue::Backoff
            }
            Err(_) => {
                abort.abort();
                tracing::warn!(object = %key, "the pass took too long and was given up");
                Requeue::Backoff
            }
        };
        let result = match then {
            Requeue::Stop => ReconcileResult::Success,
            Requeue::Poll | Requeue::Soon | Requeue::NotBefore(_) => ReconcileResult::RequeueAfter,
            Requeue::Backoff => ReconcileResult::Error,
        };
        let ended = self.reconciler.clock.monotonic();
        metrics.passes.ended(&controller, result, ended.saturating_duration_since(began));
        metrics.queue.done(QUEUE, number, then == Requeue::Backoff, ended);
        taken.again = self.wait(key, then);
    }

    fn wait(&self, key: &ObjectKey, then: Requeue) -> Option<(Lane, Duration)> {
        if then != Requeue::Backoff {
            self.failing.lock().reset(key);
        }
        if then != Requeue::Soon {
            self.settling.lock().reset(key);
        }
        match then {
            Requeue::Stop => None,
            Requeue::Poll => Some((Lane::Poll, self.poll(key))),
            Requeue::Soon => Some((Lane::Later, self.settling.lock().next(key).min(self.poll(key)))),
            Requeue::Backoff => Some((Lane::Later, self.failing.lock().next(key))),
            Requeue::NotBefore(wait) => Some((Lane::Later, wait)),
        }
    }

    /// The provider's interval, or the resource's own; spread, so that not all are due at once.
    fn poll(&self, key: &ObjectKey) -> Duration {
        let object = self.reconciler.index.lock().get(key);
        let own = object.as_ref().and_then(|o| o.annotation(meta::POLL_INTERVAL)).and_then(duration::parse);
        let interval = own.map_or(self.limits.poll, |own| own.max(self.limits.min_poll)).min(LONGEST_POLL);
        interval.mul_f64(1.0 + SPREAD * (2.0 * self.reconciler.clock.jitter() - 1.0))
    }
}

#[cfg(test)]
mod tests;
