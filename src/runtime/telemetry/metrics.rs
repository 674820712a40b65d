//! Metrics, under the names and with the buckets of the Go runtime (contract §2.12), so that dashboards fit.
//!
//! Here are instruments only: what is remembered of one resource in order to measure it is [`super::timing`], kept by
//! UID. The Go runtime keeps it by name, so that equal names collide.

pub use super::passes::{PassMetrics, ReconcileResult};
use super::{held::HeldMetrics, labels::RequestLabel, resources::ResourceMetrics, workqueue::QueueMetrics};
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// All metrics of the runtime.
pub struct Metrics {
    /// Managed resources.
    pub resources: ResourceMetrics,
    /// Passes over them.
    pub passes: PassMetrics,
    /// The queue in front of the passes.
    pub queue: QueueMetrics,
    /// Managed resources that wait for the end of a hold.
    pub held: HeldMetrics,
    requests: Family<RequestLabel, Counter>,
}

impl Metrics {
    /// Makes all metrics known to a registry.
    pub fn new(registry: &mut Registry) -> Self {
        let requests = Family::default();
        let about = "Requests to the API server, by code, method and host";
        registry.register("rest_client_requests", about, requests.clone());
        Self {
            resources: ResourceMetrics::new(registry.sub_registry_with_prefix("crossplane_managed_resource")),
            passes: PassMetrics::new(registry.sub_registry_with_prefix("controller_runtime")),
            queue: QueueMetrics::new(registry.sub_registry_with_prefix("workqueue")),
            held: HeldMetrics::new(registry.sub_registry_with_prefix("kupenstack")),
            requests,
        }
    }

    /// The API server was asked; `None` if no answer came.
    pub fn requested(&self, method: &str, host: &str, code: Option<u16>) {
        let code = code.map_or_else(|| "<error>".to_owned(), |code| code.to_string());
        let label = RequestLabel { code, method: method.to_owned(), host: host.to_owned() };
        self.requests.get_or_create(&label).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::managed::Managed,
        runtime::{index::population::Population, telemetry::timing::Measurement},
    };
    use prometheus_client::encoding::text::encode;
    use std::time::Duration;
    use tokio::time::Instant;

    const CONTROLLER: &str = "managed/network.n.io";

    fn object() -> Managed {
        Managed { api_version: "n.io/v1".into(), kind: "Network".into(), ..Managed::default() }
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
        let (resources, passes, queue) = (&metrics.resources, &metrics.passes, &metrics.queue);
        for measurement in [
            Measurement::FirstPass(3.0),
            Measurement::FirstReady(7.0),
            Measurement::Drift(1.0),
            Measurement::Deletion(12.0),
        ] {
            resources.measured(&object(), measurement);
        }
        resources.population("n.io/v1", "Network", Population { exists: 3, ready: 2, synced: 1 });
        passes.limit(CONTROLLER, 100);
        passes.begun(CONTROLLER);
        let began = Instant::now();
        let number = queue.taken("managed", Duration::from_secs(1), began);
        queue.queued("managed", 5, began + Duration::from_secs(2));
        metrics.held.waiting([("ProviderConfig", "a", "former", 1)].into_iter());
        metrics.held.waiting([("ProviderConfig", "a", "b", 2)].into_iter());
        let held = text(&registry);
        assert!(!held.contains("former"), "a hold that is over is no line");
        for line in [
            r#"workqueue_depth{name="managed"} 5"#,
            r#"workqueue_unfinished_work_seconds{name="managed"} 2.0"#,
            r#"workqueue_longest_running_processor_seconds{name="managed"} 2.0"#,
            r#"controller_runtime_active_workers{controller="managed/network.n.io"} 1"#,
            r#"kupenstack_held_resources{kind="ProviderConfig",namespace="a",name="b"} 2"#,
        ] {
            assert!(held.lines().any(|l| l == line), "no {line} in\n{held}");
        }
        passes.ended(CONTROLLER, ReconcileResult::RequeueAfter, Duration::from_millis(3));
        queue.done("managed", number, true, began + Duration::from_secs(3));
        queue.queued("managed", 4, began + Duration::from_secs(4));
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
}
