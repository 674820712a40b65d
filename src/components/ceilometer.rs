//! Ceilometer: <https://docs.openstack.org/ceilometer/latest/>

use super::{
    chart::{Chart, Facts, Scaled},
    given::Given,
    image::{ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    wire::{CACHE, CACHE_KEY, IDENTITY, MESSAGING, Wire},
};

/// The metering service.
pub struct Ceilometer;

replicas! {
    /// How many pods Ceilometer has of what. Its other agents run on nodes, by their labels.
    CeilometerReplicas {
        /// Agents that ask the services.
        central,
        /// Agents that listen to notifications.
        notification,
    }
}

impl Chart for Ceilometer {
    type Replicas = CeilometerReplicas;
    const FACTS: Facts = Facts {
        kind: "Ceilometer",
        plural: "ceilometers",
        about: "A Ceilometer is the metering service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/ceilometer/latest/",
        chart: Some("ceilometer"),
        needs: &["gnocchi"],
        given: Given::ALL_BUT_DATABASE,
        scale: Some(Scaled { replicas: "replicas.notification", workload: "ceilometer-notification" }),
        replicas: &[("central", "pod.replicas.central"), ("notification", "pod.replicas.notification")],
        shared_wiring: &[MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-ceilometer", "endpoints.identity.auth.ceilometer.password"),
            Wire::password("messaging-ceilometer", "endpoints.oslo_messaging.auth.ceilometer.password"),
        ],
        shared_images: &[ENTRYPOINT, MESSAGING_JOBS],
        images: &[
            ("ks_user", Image::Client),
            ("ceilometer_db_sync", Image::Project("ceilometer")),
            ("ceilometer_central", Image::Project("ceilometer")),
            ("ceilometer_compute", Image::Project("ceilometer")),
            ("ceilometer_ipmi", Image::Project("ceilometer")),
            ("ceilometer_notification", Image::Project("ceilometer")),
        ],
        settings: &[token_cache!("ceilometer")],
        migrations: &["ceilometer-db-sync"],
        ..Facts::BARE
    };
}
