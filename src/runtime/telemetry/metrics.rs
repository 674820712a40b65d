//! Metrics, under the names and with the buckets of the Go runtime (contract §2.12), so that dashboards fit.
//!
//! What is remembered of a resource is kept by UID: the Go runtime keeps it by name, so that equal names collide.

use crate::{api::managed::Managed, runtime::index::population::Population};
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use std::{collections::HashMap, sync::atomic::AtomicU64, time::Duration};
use tokio::time::Instant;

const LIFE: [f64; 11] = [1.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
const PASS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Gvk {
    gvk: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Controller {
    controller: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Pass {
    controller: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueName {
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    code: String,
    method: String,
    host: String,
}

type Fraction = Gauge<f64, AtomicU64>;
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to do.
    Success,
    /// It failed.
    Error,
    /// It is to be done again soon.
    Requeue,
    /// It is to be done again at some time.
    RequeueAfter,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Requeue => "requeue",
            Self::RequeueAfter => "requeue_after",
        }
    }
}

/// All metrics of the runtime.
pub struct Metrics {
    first_pass: Histograms<Gvk>,
    first_ready: Histograms<Gvk>,
    deletion: Histograms<Gvk>,
    drift: Histograms<Gvk>,
    exists: Family<Gvk, Gauge>,
    ready: Family<Gvk, Gauge>,
    synced: Family<Gvk, Gauge>,
    passes: Family<Pass, Counter>,
    errors: Family<Controller, Counter>,
    panics: Family<Controller, Counter>,
    took: Histograms<Controller>,
    active: Family<Controller, Gauge>,
    most: Family<Controller, Gauge>,
    adds: Family<QueueName, Counter>,
    retries: Family<QueueName, Counter>,
    waited: Histograms<QueueName>,
    worked: Histograms<QueueName>,
    depth: Family<QueueName, Gauge>,
    unfinished: Family<QueueName, Fraction>,
    longest: Family<QueueName, Fraction>,
    requests: Family<Asked, Counter>,
    running: Mutex<HashMap<u64, Instant>>,
    seen: Mutex<HashMap<String, Seen>>,
}

/// What is remembered of a managed resource.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Its first pass was ours, and it has not been ready since.
    becoming: bool,
    /// When it was last found as it should be.
    unchanged: Option<Timestamp>,
}

fn fine() -> Histogram {
    Histogram::new(exponential_buckets(1e-8, 10.0, 10))
}

fn work() -> Histogram {
    Histogram::new(exponential_buckets(1e-8, 10.0, 12))
}

fn life() -> Histogram {
    Histogram::new(LIFE)
}

fn pass() -> Histogram {
    Histogram::new(PASS)
}

/// Value of the label `gvk`: `network.kupenstack.io/v1alpha1, Kind=Network`.
pub fn gvk(api_version: &str, kind: &str) -> String {
    format!("{api_version}, Kind={kind}")
}

fn label(object: &Managed) -> Gvk {
    Gvk { gvk: gvk(&object.api_version, &object.kind) }
}

fn seconds(since: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(since).as_secs_f64().max(0.0)
}

impl Metrics {
    /// Makes all metrics known to a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            first_pass: Family::new_with_constructor(fine),
            first_ready: Family::new_with_constructor(life),
            deletion: Family::new_with_constructor(life),
            drift: Family::new_with_constructor(fine),
            exists: Family::default(),
            ready: Family::default(),
            synced: Family::default(),
            passes: Family::default(),
            errors: Family::default(),
            panics: Family::default(),
            took: Family::new_with_constructor(pass),
            active: Family::default(),
            most: Family::default(),
            adds: Family::default(),
            retries: Family::default(),
            waited: Family::new_with_constructor(work),
            worked: Family::new_with_constructor(work),
            depth: Family::default(),
            unfinished: Family::default(),
            longest: Family::default(),
            requests: Family::default(),
            running: Mutex::default(),
            seen: Mutex::default(),
        };
        metrics.register_resources(registry.sub_registry_with_prefix("crossplane_managed_resource"));
        metrics.register_passes(registry.sub_registry_with_prefix("controller_runtime"));
        metrics.register_queue(registry.sub_registry_with_prefix("workqueue"));
        registry.register(
            "rest_client_requests",
            "Requests to the API server, by code, method and host",
            metrics.requests.clone(),
        );
        metrics
    }

    fn register_resources(&self, to: &mut Registry) {
        to.register(
            "first_time_to_reconcile_seconds",
            "From creation to the first pass",
            self.first_pass.clone(),
        );
        to.register("first_time_to_readiness_seconds", "From creation to ready", self.first_ready.clone());
        to.register("deletion_seconds", "From the wish to delete to gone", self.deletion.clone());
        let drift = "Since it was last as it should be, when it had to be corrected";
        to.register("drift_seconds", drift, self.drift.clone());
        to.register("exists", "Managed resources", self.exists.clone());
        to.register("ready", "Managed resources that are ready", self.ready.clone());
        to.register("synced", "Managed resources that are synced", self.synced.clone());
    }

    /// The encoder puts _total behind the name of a counter.
    fn register_passes(&self, to: &mut Registry) {
        to.register("reconcile", "Passes, by result", self.passes.clone());
        to.register("reconcile_errors", "Passes that failed", self.errors.clone());
        to.register("reconcile_panics", "Passes that panicked", self.panics.clone());
        to.register("reconcile_time_seconds", "How long passes take", self.took.clone());
        to.register("active_workers", "Passes under way", self.active.clone());
        to.register("max_concurrent_reconciles", "Passes that may be under way", self.most.clone());
    }

    fn register_queue(&self, to: &mut Registry) {
        to.register("adds", "Keys that fell due", self.adds.clone());
        to.register("retries", "Keys that are to be tried again", self.retries.clone());
        to.register("queue_duration_seconds", "How long keys are due before they run", self.waited.clone());
        to.register("work_duration_seconds", "How long keys run", self.worked.clone());
        to.register("depth", "Keys that are due and do not run yet", self.depth.clone());
        to.register("unfinished_work_seconds", "How long running keys run, in all", self.unfinished.clone());
        to.register("longest_running_processor_seconds", "How long the longest runs", self.longest.clone());
    }

    /// A pass begins.
    pub fn begun(&self, object: &Managed, now: Timestamp) {
        let first = !object.status.conditions.iter().any(|c| c.r#type == "Synced");
        let mut seen = self.seen();
        let seen = seen.entry(object.metadata.uid.clone()).or_default();
        if first && !seen.becoming {
            seen.becoming = true;
            self.observe(&self.first_pass, object, &object.metadata.creation_timestamp, now);
        }
    }

    /// It is ready.
    pub fn ready(&self, object: &Managed, now: Timestamp) {
        if let Some(seen) = self.seen().get_mut(&object.metadata.uid)
            && std::mem::take(&mut seen.becoming)
        {
            self.observe(&self.first_ready, object, &object.metadata.creation_timestamp, now);
        }
    }

    /// It was found as it should be.
    pub fn unchanged(&self, object: &Managed, now: Timestamp) {
        self.seen().entry(object.metadata.uid.clone()).or_default().unchanged = Some(now);
    }

    /// It had drifted and was corrected.
    pub fn drifted(&self, object: &Managed, now: Timestamp) {
        let before = self.seen().get_mut(&object.metadata.uid).and_then(|seen| seen.unchanged.replace(now));
        if let Some(before) = before {
            self.drift.get_or_create(&label(object)).observe(seconds(before, now));
        }
    }

    /// Its finalizer was removed.
    pub fn deleted(&self, object: &Managed, now: Timestamp) {
        let asked = object.metadata.deletion_timestamp.as_deref().unwrap_or_default();
        self.observe(&self.deletion, object, asked, now);
        self.forget(&object.metadata.uid);
    }

    /// It is gone.
    pub fn forget(&self, uid: &str) {
        self.seen().remove(uid);
    }

    /// How many there are of a kind.
    pub fn population(&self, api_version: &str, kind: &str, population: Population) {
        let label = Gvk { gvk: gvk(api_version, kind) };
        self.exists.get_or_create(&label).set(population.exists);
        self.ready.get_or_create(&label).set(population.ready);
        self.synced.get_or_create(&label).set(population.synced);
    }

    /// A pass of a controller ended.
    pub fn reconciled(&self, controller: &str, outcome: Outcome, took: Duration) {
        let label = Controller { controller: controller.to_owned() };
        self.passes
            .get_or_create(&Pass { controller: controller.to_owned(), result: outcome.as_str() })
            .inc();
        if outcome == Outcome::Error {
            self.errors.get_or_create(&label).inc();
        }
        self.took.get_or_create(&label).observe(took.as_secs_f64());
    }

    /// A pass of a controller panicked (RT-4).
    pub fn panicked(&self, controller: &str) {
        self.panics.get_or_create(&Controller { controller: controller.to_owned() }).inc();
    }

    /// So many passes of every controller may be under way.
    pub fn limit(&self, controller: &str, most: u32) {
        self.most.get_or_create(&Controller { controller: controller.to_owned() }).set(most.into());
    }

    /// A key that was due for so long begins to run; gives a number to end it by.
    pub fn taken(&self, queue: &str, controller: &str, waited: Duration, now: Instant) -> u64 {
        let name = QueueName { name: queue.to_owned() };
        self.adds.get_or_create(&name).inc();
        self.waited.get_or_create(&name).observe(waited.as_secs_f64());
        self.active.get_or_create(&Controller { controller: controller.to_owned() }).inc();
        let mut running = self.running();
        let number = running.keys().max().map_or(0, |last| last.wrapping_add(1));
        running.insert(number, now);
        number
    }

    /// It runs no more; perhaps it is to be tried again.
    pub fn done(&self, queue: &str, controller: &str, number: u64, again: bool, now: Instant) {
        let name = QueueName { name: queue.to_owned() };
        if let Some(began) = self.running().remove(&number) {
            self.worked.get_or_create(&name).observe(now.saturating_duration_since(began).as_secs_f64());
        }
        if again {
            self.retries.get_or_create(&name).inc();
        }
        self.active.get_or_create(&Controller { controller: controller.to_owned() }).dec();
    }

    /// How many keys of a queue are due, and how long others have been running.
    pub fn queued(&self, queue: &str, depth: usize, now: Instant) {
        let name = QueueName { name: queue.to_owned() };
        self.depth.get_or_create(&name).set(i64::try_from(depth).unwrap_or(i64::MAX));
        let since: Vec<f64> = self
            .running()
            .values()
            .map(|began| now.saturating_duration_since(*began).as_secs_f64())
            .collect();
        self.unfinished.get_or_create(&name).set(since.iter().fold(0.0, |all, one| all + one));
        self.longest.get_or_create(&name).set(since.iter().copied().fold(0.0, f64::max));
    }

    /// The API server was asked; `None` if no answer came.
    pub fn requested(&self, method: &str, host: &str, code: Option<u16>) {
        let code = code.map_or_else(|| "<error>".to_owned(), |code| code.to_string());
        self.requests.get_or_create(&Asked { code, method: method.to_owned(), host: host.to_owned() }).inc();
    }

    fn running(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.running.lock()
    }

    fn observe(&self, histogram: &Histograms<Gvk>, object: &Managed, since: &str, now: Timestamp) {
        if let Ok(since) = since.parse() {
            histogram.get_or_create(&label(object)).observe(seconds(since, now));
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;

    fn at(second: u8) -> Timestamp {
        format!("2026-11-21T06:00:{second:02}Z").parse().unwrap()
    }

    fn object(uid: &str) -> Managed {
        let mut object =
            Managed { api_version: "n.io/v1".into(), kind: "Network".into(), ..Managed::default() };
        object.metadata.uid = uid.into();
        object.metadata.creation_timestamp = "2026-11-21T06:00:00Z".into();
        object.metadata.deletion_timestamp = Some("2026-11-21T06:00:30Z".into());
        object
    }

    fn text(registry: &Registry) -> String {
        let mut text = String::new();
        encode(&mut text, registry).unwrap();
        text
    }

    #[test]
    fn names_labels_and_buckets_are_those_of_the_go_runtime() {
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry);
        metrics.begun(&object("u1"), at(3));
        metrics.ready(&object("u1"), at(7));
        metrics.unchanged(&object("u1"), at(8));
        metrics.drifted(&object("u1"), at(9));
        metrics.deleted(&object("u1"), at(42));
        metrics.population("n.io/v1", "Network", Population { exists: 3, ready: 2, synced: 1 });
        metrics.reconciled("managed/network.n.io", Outcome::RequeueAfter, Duration::from_millis(3));
        let began = Instant::now();
        let number = metrics.taken("managed", "managed/network.n.io", Duration::from_secs(1), began);
        metrics.queued("managed", 5, began + Duration::from_secs(2));
        let held = text(&registry);
        metrics.done("managed", "managed/network.n.io", number, true, began + Duration::from_secs(3));
        metrics.queued("managed", 4, began + Duration::from_secs(4));
        metrics.limit("managed/network.n.io", 100);
        for line in [
            r#"workqueue_depth{name="managed"} 5"#,
            r#"workqueue_unfinished_work_seconds{name="managed"} 2.0"#,
            r#"workqueue_longest_running_processor_seconds{name="managed"} 2.0"#,
            r#"controller_runtime_active_workers{controller="managed/network.n.io"} 1"#,
        ] {
            assert!(held.lines().any(|l| l == line), "no {line} in\n{held}");
        }
        let text = text(&registry);
        for line in [
            r#"crossplane_managed_resource_first_time_to_reconcile_seconds_sum{gvk="n.io/v1, Kind=Network"} 3.0"#,
            r#"crossplane_managed_resource_first_time_to_readiness_seconds_bucket{le="5.0",gvk="n.io/v1, Kind=Network"} 0"#,
            r#"crossplane_managed_resource_first_time_to_readiness_seconds_bucket{le="10.0",gvk="n.io/v1, Kind=Network"} 1"#,
            r#"crossplane_managed_resource_deletion_seconds_sum{gvk="n.io/v1, Kind=Network"} 12.0"#,
            r#"crossplane_managed_resource_drift_seconds_sum{gvk="n.io/v1, Kind=Network"} 1.0"#,
            r#"crossplane_managed_resource_exists{gvk="n.io/v1, Kind=Network"} 3"#,
            r#"crossplane_managed_resource_ready{gvk="n.io/v1, Kind=Network"} 2"#,
            r#"crossplane_managed_resource_synced{gvk="n.io/v1, Kind=Network"} 1"#,
            r#"controller_runtime_reconcile_total{controller="managed/network.n.io",result="requeue_after"} 1"#,
            r#"controller_runtime_active_workers{controller="managed/network.n.io"} 0"#,
            r#"controller_runtime_max_concurrent_reconciles{controller="managed/network.n.io"} 100"#,
            r#"workqueue_adds_total{name="managed"} 1"#,
            r#"workqueue_retries_total{name="managed"} 1"#,
            r#"workqueue_queue_duration_seconds_sum{name="managed"} 1.0"#,
            r#"workqueue_work_duration_seconds_sum{name="managed"} 3.0"#,
            r#"workqueue_depth{name="managed"} 4"#,
            r#"workqueue_unfinished_work_seconds{name="managed"} 0.0"#,
        ] {
            assert!(text.lines().any(|l| l == line), "no {line} in\n{text}");
        }
    }

    #[test]
    fn first_times_are_measured_once_a_uid_and_only_if_we_saw_the_beginning() {
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry);
        let mut old = object("old");
        old.status.conditions = vec![crate::api::condition::Condition::reconciled()];
        metrics.begun(&old, at(1));
        metrics.ready(&old, at(2));
        for uid in ["u1", "u2"] {
            metrics.begun(&object(uid), at(1));
            metrics.begun(&object(uid), at(2));
            metrics.ready(&object(uid), at(3));
            metrics.ready(&object(uid), at(4));
        }
        let text = text(&registry);
        for name in ["reconcile", "readiness"] {
            let line = format!(
                r#"crossplane_managed_resource_first_time_to_{name}_seconds_count{{gvk="n.io/v1, Kind=Network"}} 2"#
            );
            assert!(text.contains(&line), "{text}");
        }
    }
}
