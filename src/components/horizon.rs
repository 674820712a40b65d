//! Horizon: <https://docs.openstack.org/horizon/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{DATABASE_JOBS, ENTRYPOINT, Image},
    parameters::replicas,
    tell::Tell,
    wire::{CACHE, DATABASE, IDENTITY, Wire},
};

/// The dashboard.
pub struct Horizon;

replicas! {
    /// How many pods Horizon has of what.
    HorizonReplicas {
        /// Web servers.
        server,
    }
}

impl Chart for Horizon {
    type Replicas = HorizonReplicas;
    const FACTS: Facts = Facts {
        kind: "Horizon",
        plural: "horizons",
        about: "A Horizon is the dashboard of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/horizon/latest/",
        chart: Some("horizon"),
        given: Given::ALL_BUT_MESSAGING,
        scale: Some(Scaled { replicas: "replicas.server", workload: "horizon" }),
        replicas: &[("server", "pod.replicas.server")],
        shared_wiring: &[DATABASE, CACHE, IDENTITY],
        wiring: &[
            Wire::password("db-horizon", "endpoints.oslo_db.auth.horizon.password"),
            Wire::password("horizon-secret-key", "conf.horizon.local_settings.config.horizon_secret_key"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS],
        images: &[("horizon_db_sync", Image::Project("horizon")), ("horizon", Image::Project("horizon"))],
        migrations: &["horizon-db-sync"],
        probe: Probe::Http { service: "horizon-int", port: 80, path: "/" },
        tells: &[Tell::Url { service: "horizon-int", port: 80, path: "/" }],
        connection: &["url"],
        ..Facts::BARE
    };
}
