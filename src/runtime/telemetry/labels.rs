//! Labels and buckets, as the Go runtime has them.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
};

const LIFE: [f64; 11] = [1.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
const PASS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct GvkLabel {
    gvk: String,
}

impl GvkLabel {
    /// `network.kupenstack.io/v1alpha1, Kind=Network`.
    pub(super) fn of(api_version: &str, kind: &str) -> Self {
        Self { gvk: format!("{api_version}, Kind={kind}") }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ControllerLabel {
    pub(super) controller: String,
}

impl ControllerLabel {
    pub(super) fn of(controller: &str) -> Self {
        Self { controller: controller.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct PassLabel {
    pub(super) controller: String,
    pub(super) result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct QueueLabel {
    name: String,
}

impl QueueLabel {
    pub(super) fn of(queue: &str) -> Self {
        Self { name: queue.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ConfigLabel {
    kind: String,
    namespace: String,
    name: String,
}

impl ConfigLabel {
    pub(super) fn of(kind: &str, namespace: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabel {
    pub(super) code: String,
    pub(super) method: String,
    pub(super) host: String,
}

/// Histograms that are made when their label is first seen.
pub(super) type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// From 10 ns to 10 s, as controller-runtime measures what is short.
pub(super) fn fine() -> Histogram {
    Histogram::new(exponential_buckets(1e-8, 10.0, 10))
}

/// From 10 ns to 1000 s, as client-go measures its work queues.
pub(super) fn work() -> Histogram {
    Histogram::new(exponential_buckets(1e-8, 10.0, 12))
}

/// From a second to an hour: stages in the life of a resource.
pub(super) fn life() -> Histogram {
    Histogram::new(LIFE)
}

/// From 5 ms to a minute: passes.
pub(super) fn pass() -> Histogram {
    Histogram::new(PASS)
}
