//! `kupenstack_held_resources`: how many managed resources wait for the end of a hold.

use super::labels::ConfigLabel;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// The instrument.
pub struct HeldMetrics(Family<ConfigLabel, Gauge>);

impl HeldMetrics {
    pub(super) fn new(to: &mut Registry) -> Self {
        let all = Self(Family::default());
        let about = "Managed resources with changes that their ProviderConfig holds back";
        to.register("held_resources", about, all.0.clone());
        all
    }

    /// How many wait now, by the kind, namespace and name of their ProviderConfig. Where none waits there is no number.
    pub fn waiting<'a>(&self, counts: impl Iterator<Item = (&'a str, &'a str, &'a str, i64)>) {
        self.0.clear();
        for (kind, namespace, name, count) in counts {
            self.0.get_or_create(&ConfigLabel::of(kind, namespace, name)).set(count);
        }
    }
}
