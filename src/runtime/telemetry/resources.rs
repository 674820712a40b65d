//! `crossplane_managed_resource_*`: how many managed resources there are, and how long their stages take.

use super::{
    labels::{GvkLabel, Histograms, fine, life},
    timing::Measurement,
};
use crate::{api::managed::Managed, runtime::index::population::Population};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// Instruments of managed resources, by kind.
pub struct ResourceMetrics {
    first_pass: Histograms<GvkLabel>,
    first_ready: Histograms<GvkLabel>,
    deletion: Histograms<GvkLabel>,
    drift: Histograms<GvkLabel>,
    exists: Family<GvkLabel, Gauge>,
    ready: Family<GvkLabel, Gauge>,
    synced: Family<GvkLabel, Gauge>,
}

impl ResourceMetrics {
    pub(super) fn new(to: &mut Registry) -> Self {
        let all = Self {
            first_pass: Family::new_with_constructor(fine),
            first_ready: Family::new_with_constructor(life),
            deletion: Family::new_with_constructor(life),
            drift: Family::new_with_constructor(fine),
            exists: Family::default(),
            ready: Family::default(),
            synced: Family::default(),
        };
        let first = "From creation to the first pass";
        to.register("first_time_to_reconcile_seconds", first, all.first_pass.clone());
        to.register("first_time_to_readiness_seconds", "From creation to ready", all.first_ready.clone());
        to.register("deletion_seconds", "From the wish to delete to gone", all.deletion.clone());
        let drift = "Since it was last as it should be, when it had to be corrected";
        to.register("drift_seconds", drift, all.drift.clone());
        to.register("exists", "Managed resources", all.exists.clone());
        to.register("ready", "Managed resources that are ready", all.ready.clone());
        to.register("synced", "Managed resources that are synced", all.synced.clone());
        all
    }

    /// Takes in a measurement of a resource of this object's kind.
    pub fn measured(&self, object: &Managed, measurement: Measurement) {
        let (histograms, seconds) = match measurement {
            Measurement::FirstPass(seconds) => (&self.first_pass, seconds),
            Measurement::FirstReady(seconds) => (&self.first_ready, seconds),
            Measurement::Drift(seconds) => (&self.drift, seconds),
            Measurement::Deletion(seconds) => (&self.deletion, seconds),
        };
        histograms.get_or_create(&GvkLabel::of(&object.api_version, &object.kind)).observe(seconds);
    }

    /// How many there are of a kind.
    pub fn population(&self, api_version: &str, kind: &str, population: Population) {
        let label = GvkLabel::of(api_version, kind);
        self.exists.get_or_create(&label).set(population.exists);
        self.ready.get_or_create(&label).set(population.ready);
        self.synced.get_or_create(&label).set(population.synced);
    }
}
