//! Metrics, under the names and with the buckets of the Go runtime (contract §2.12), so that dashboards fit.
//!
//! What is remembered of a resource is kept by UID: the Go runtime keeps it by name, so that equal names collide.

use crate::api::managed::Managed;
use jiff::Timestamp;
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
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

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

/// How many managed resources of a kind there are, and how they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// All.
    pub exists: i64,
    /// The ones that are ready.
    pub ready: i64,
    /// The ones that are synced.
    pub synced: i64,
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
    depth: Family<QueueName, Gauge>,
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
            depth: Family::default(),
            seen: Mutex::default(),
        };
        let mr = registry.sub_registry_with_prefix("crossplane_managed_resource");
        mr.register(
            "first_time_to_reconcile_seconds",
            "From creation to the first pass",
            metrics.first_pass.clone(),
        );
        mr.register("first_time_to_readiness_seconds", "From creation to ready", metrics.first_ready.clone());
        mr.register("deletion_seconds", "From the wish to delete to gone", metrics.deletion.clone());
        mr.register(
            "drift_seconds",
            "Since it was last as it should be, when it had to be corrected",
            metrics.drift.clone(),
        );
        mr.register("exists", "Managed resources", metrics.exists.clone());
        mr.register("ready", "Managed resources that are ready", metrics.ready.clone());
        mr.register("synced", "Managed resources that are synced", metrics.synced.clone());
        // The encoder puts _total behind the name of a counter.
        let passes = registry.sub_registry_with_prefix("controller_runtime");
        passes.register("reconcile", "Passes, by result", metrics.passes.clone());
        passes.register("reconcile_errors", "Passes that failed", metrics.errors.clone());
        passes.register("reconcile_panics", "Passes that panicked", metrics.panics.clone());
        passes.register("reconcile_time_seconds", "How long passes take", metrics.took.clone());
        registry.register("workqueue_depth", "Keys that are due and do not run yet", metrics.depth.clone());
        metrics
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

    /// How many keys of a queue are due.
    pub fn depth(&self, queue: &str, depth: usize) {
        let depth = i64::try_from(depth).unwrap_or(i64::MAX);
        self.depth.get_or_create(&QueueName { name: queue.to_owned() }).set(depth);
    }

    fn observe(&self, histogram: &Histograms<Gvk>, object: &Managed, since: &str, now: Timestamp) {
        if let Ok(since) = since.parse() {
            histogram.get_or_create(&label(object)).observe(seconds(since, now));
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
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
        metrics.depth("managed", 5);
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
            r#"workqueue_depth{name="managed"} 5"#,
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
