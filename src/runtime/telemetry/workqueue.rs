//! `workqueue_*`: how long keys wait and run.

use super::labels::{Histograms, QueueLabel, work};
use parking_lot::Mutex;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::{collections::HashMap, sync::atomic::AtomicU64, time::Duration};
use tokio::time::Instant;

type Fraction = Gauge<f64, AtomicU64>;

/// Instruments of the work queue.
pub struct QueueMetrics {
    adds: Family<QueueLabel, Counter>,
    retries: Family<QueueLabel, Counter>,
    waited: Histograms<QueueLabel>,
    worked: Histograms<QueueLabel>,
    depth: Family<QueueLabel, Gauge>,
    unfinished: Family<QueueLabel, Fraction>,
    longest: Family<QueueLabel, Fraction>,
    /// When the keys that run began to, by the number that [`QueueMetrics::taken`] returned.
    running: Mutex<HashMap<u64, Instant>>,
}

impl QueueMetrics {
    pub(super) fn new(to: &mut Registry) -> Self {
        let all = Self {
            adds: Family::default(),
            retries: Family::default(),
            waited: Family::new_with_constructor(work),
            worked: Family::new_with_constructor(work),
            depth: Family::default(),
            unfinished: Family::default(),
            longest: Family::default(),
            running: Mutex::default(),
        };
        to.register("adds", "Keys that fell due", all.adds.clone());
        to.register("retries", "Keys that are to be tried again", all.retries.clone());
        to.register("queue_duration_seconds", "How long keys are due before they run", all.waited.clone());
        to.register("work_duration_seconds", "How long keys run", all.worked.clone());
        to.register("depth", "Keys that are due and do not run yet", all.depth.clone());
        to.register("unfinished_work_seconds", "How long running keys run, in all", all.unfinished.clone());
        to.register("longest_running_processor_seconds", "How long the longest runs", all.longest.clone());
        all
    }

    /// A key that was due for so long begins to run; returns a number to end it by.
    pub fn taken(&self, queue: &str, waited: Duration, now: Instant) -> u64 {
        let name = QueueLabel::of(queue);
        self.adds.get_or_create(&name).inc();
        self.waited.get_or_create(&name).observe(waited.as_secs_f64());
        let mut running = self.running.lock();
        let number = running.keys().max().map_or(0, |last| last.wrapping_add(1));
        running.insert(number, now);
        number
    }

    /// It runs no more; perhaps it is to be tried again.
    pub fn done(&self, queue: &str, number: u64, again: bool, now: Instant) {
        let name = QueueLabel::of(queue);
        if let Some(began) = self.running.lock().remove(&number) {
            self.worked.get_or_create(&name).observe(now.saturating_duration_since(began).as_secs_f64());
        }
        if again {
            self.retries.get_or_create(&name).inc();
        }
    }

    /// How many keys of a queue are due, and how long others have been running.
    pub fn queued(&self, queue: &str, depth: usize, now: Instant) {
        let name = QueueLabel::of(queue);
        self.depth.get_or_create(&name).set(i64::try_from(depth).unwrap_or(i64::MAX));
        let running = self.running.lock();
        let since = || running.values().map(|began| now.saturating_duration_since(*began).as_secs_f64());
        // Not `sum`: an empty one is -0.0.
        self.unfinished.get_or_create(&name).set(since().fold(0.0, |all, one| all + one));
        self.longest.get_or_create(&name).set(since().fold(0.0, f64::max));
    }
}
