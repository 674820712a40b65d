//! `controller_runtime_*`: passes, by controller and result.

use super::labels::{ControllerLabel, Histograms, PassLabel, pass};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::time::Duration;

/// How a pass ended: the label `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconcileResult {
    /// Nothing is left to do.
    Success,
    /// It failed.
    Error,
    /// It is to be done again at some time.
    RequeueAfter,
}

impl ReconcileResult {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::RequeueAfter => "requeue_after",
        }
    }
}

/// Instruments of passes.
pub struct PassMetrics {
    passes: Family<PassLabel, Counter>,
    errors: Family<ControllerLabel, Counter>,
    panics: Family<ControllerLabel, Counter>,
    took: Histograms<ControllerLabel>,
    active: Family<ControllerLabel, Gauge>,
    most: Family<ControllerLabel, Gauge>,
}

impl PassMetrics {
    /// The encoder puts _total behind the name of a counter.
    pub(super) fn new(to: &mut Registry) -> Self {
        let all = Self {
            passes: Family::default(),
            errors: Family::default(),
            panics: Family::default(),
            took: Family::new_with_constructor(pass),
            active: Family::default(),
            most: Family::default(),
        };
        to.register("reconcile", "Passes, by result", all.passes.clone());
        to.register("reconcile_errors", "Passes that failed", all.errors.clone());
        to.register("reconcile_panics", "Passes that panicked", all.panics.clone());
        to.register("reconcile_time_seconds", "How long passes take", all.took.clone());
        to.register("active_workers", "Passes under way", all.active.clone());
        to.register("max_concurrent_reconciles", "Passes that may be under way", all.most.clone());
        all
    }

    /// So many passes of every controller may be under way.
    pub fn limit(&self, controller: &str, most: u32) {
        self.most.get_or_create(&ControllerLabel::of(controller)).set(most.into());
    }

    /// A pass begins.
    pub fn begun(&self, controller: &str) {
        self.active.get_or_create(&ControllerLabel::of(controller)).inc();
    }

    /// A pass panicked (RT-4); it ends all the same.
    pub fn panicked(&self, controller: &str) {
        self.panics.get_or_create(&ControllerLabel::of(controller)).inc();
    }

    /// A pass ended.
    pub fn ended(&self, controller: &str, result: ReconcileResult, took: Duration) {
        let label = ControllerLabel::of(controller);
        let pass = PassLabel { controller: controller.to_owned(), result: result.as_str() };
        self.passes.get_or_create(&pass).inc();
        if result == ReconcileResult::Error {
            self.errors.get_or_create(&label).inc();
        }
        self.took.get_or_create(&label).observe(took.as_secs_f64());
        self.active.get_or_create(&label).dec();
    }
}
