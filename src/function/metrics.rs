//! Metrics under the names that gRPC servers have.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use std::{sync::Arc, time::Duration};

/// From half a millisecond to a second; Crossplane waits two minutes for a whole pipeline.
const SECONDS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabel {
    grpc_method: &'static str,
    grpc_code: &'static str,
}

/// What is counted.
#[derive(Clone)]
pub struct Metrics {
    calls: Family<CallLabel, Counter>,
    seconds: Arc<Histogram>,
}

impl Metrics {
    /// Makes them known to a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let (calls, seconds) = (Family::default(), Histogram::new(SECONDS));
        registry.register("grpc_server_handled", "Calls, by method and code", calls.clone());
        registry.register(
            "grpc_server_handling_seconds",
            "Seconds until a call was answered",
            seconds.clone(),
        );
        Self { calls, seconds: Arc::new(seconds) }
    }

    /// A call was answered.
    pub fn answered(&self, took: Duration) {
        self.calls.get_or_create(&CallLabel { grpc_method: "RunFunction", grpc_code: "OK" }).inc();
        self.seconds.observe(took.as_secs_f64());
    }
}
