//! What all connections of a process share: the wall clock, the metrics of requests, the memory for lists, and
//! where clouds may be.

use super::{error::Error, memory::MemoryForLists};
use crate::source::{CloudAddresses, Guard};
use ::http::{Method, StatusCode};
use jiff::Timestamp;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use std::{sync::Arc, time::Duration};

/// Seconds.
const BUCKETS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Returns the time of day.
pub type Wall = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Wall clock, metrics, memory for lists, and the guard of addresses. Clones share them.
#[derive(Clone)]
pub struct Instruments {
    wall: Wall,
    requests: Family<CountLabels, Counter>,
    took: Family<DurationLabels, Histogram, fn() -> Histogram>,
    memory_for_lists: MemoryForLists,
    guard: Guard,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CountLabels {
    service: &'static str,
    verb: String,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    service: &'static str,
    verb: String,
}

fn seconds() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Instruments {
    /// Registers the metrics.
    pub fn new(wall: Wall, registry: &mut Registry) -> Self {
        let instruments = Self {
            wall,
            requests: Family::default(),
            took: Family::new_with_constructor(seconds),
            memory_for_lists: MemoryForLists::default(),
            guard: Guard::Clouds(CloudAddresses::default()),
        };
        let ours = registry.sub_registry_with_prefix("openstack");
        ours.register(
            "requests",
            "Requests to clouds, by class of the answer's code",
            instruments.requests.clone(),
        );
        ours.register(
            "request_duration_seconds",
            "How long answers of clouds take",
            instruments.took.clone(),
        );
        instruments
    }

    /// Clouds may be there, instead of where they may be by default.
    #[must_use]
    pub fn reaching(self, addresses: CloudAddresses) -> Self {
        Self { guard: Guard::Clouds(addresses), ..self }
    }

    /// Which addresses may be connected to.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The wall clock's time.
    pub fn now(&self) -> Timestamp {
        (self.wall)()
    }

    /// What lists may take while they are read.
    pub(super) fn memory_for_lists(&self) -> &MemoryForLists {
        &self.memory_for_lists
    }

    /// Counts a request, with or without a response.
    pub(super) fn exchanged(
        &self,
        service: &'static str,
        verb: &Method,
        outcome: Result<StatusCode, &Error>,
        took: Duration,
    ) {
        let (verb, code) = (verb.to_string(), code(outcome));
        self.requests.get_or_create(&CountLabels { service, verb: verb.clone(), code }).inc();
        self.took.get_or_create(&DurationLabels { service, verb }).observe(took.as_secs_f64());
    }
}

/// Classes instead of codes, so that there are few series.
fn code(outcome: Result<StatusCode, &Error>) -> &'static str {
    match outcome.map(|status| status.as_u16()) {
        Err(Error::Unreachable { .. }) => "unreachable",
        Err(_) => "unanswered",
        Ok(..=299) => "2xx",
        Ok(300..=399) => "3xx",
        Ok(429) => "429",
        Ok(400..=499) => "4xx",
        Ok(500..) => "5xx",
    }
}

#[cfg(test)]
impl Default for Instruments {
    fn default() -> Self {
        let wall = || Timestamp::from_second(1_800_000_000).unwrap();
        // The clouds of tests are on this machine.
        Self::new(Arc::new(wall), &mut Registry::default()).reaching(CloudAddresses::Loopback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_service_verb_and_class_of_code() {
        let mut registry = Registry::default();
        let instruments = Instruments::new(Arc::new(|| Timestamp::UNIX_EPOCH), &mut registry);
        let away = Error::TimedOut { service: "network", host: "h".to_owned() };
        let half = Duration::from_millis(500);
        instruments.exchanged("network", &Method::GET, Ok(StatusCode::OK), half);
        instruments.exchanged("network", &Method::GET, Ok(StatusCode::NO_CONTENT), half);
        instruments.exchanged("network", &Method::GET, Ok(StatusCode::TOO_MANY_REQUESTS), half);
        instruments.exchanged("compute", &Method::POST, Err(&away), half);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"openstack_requests_total{service="network",verb="GET",code="2xx"} 2"#,
            r#"openstack_requests_total{service="network",verb="GET",code="429"} 1"#,
            r#"openstack_requests_total{service="compute",verb="POST",code="unanswered"} 1"#,
            r#"openstack_request_duration_seconds_bucket{le="0.5",service="network",verb="GET"} 3"#,
        ] {
            assert!(text.lines().any(|l| l == line), "no {line} in\n{text}");
        }
    }
}
