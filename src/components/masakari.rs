//! Masakari: <https://docs.openstack.org/masakari/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The service that brings servers back from hosts that died.
pub struct Masakari;

replicas! {
    /// How many pods Masakari has of what. Its monitors run on nodes, by their labels.
    MasakariReplicas {
        /// API servers.
        api,
        /// Engines, which move servers.
        engine,
    }
}

impl Chart for Masakari {
    type Replicas = MasakariReplicas;
    const FACTS: Facts = Facts {
        kind: "Masakari",
        plural: "masakaris",
        about: "A Masakari is the service that brings servers back from hosts that died of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/masakari/latest/",
        chart: Some("masakari"),
        needs: &["nova"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "masakari-api" }),
        replicas: &[("api", "pod.replicas.masakari_api"), ("engine", "pod.replicas.masakari_engine")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-masakari", "endpoints.identity.auth.masakari.password"),
            Wire::password("db-masakari", "endpoints.oslo_db.auth.masakari.password"),
            Wire::password("messaging-masakari", "endpoints.oslo_messaging.auth.masakari.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, MESSAGING_JOBS],
        images: &[
            ("db_sync", Image::Project("masakari")),
            ("masakari_api", Image::Project("masakari")),
            ("masakari_engine", Image::Project("masakari")),
            ("masakari_host_monitor", Image::Project("masakari-monitors")),
            ("masakari_process_monitor", Image::Project("masakari-monitors")),
            ("masakari_instance_monitor", Image::Project("masakari-monitors")),
            ("masakari_introspective_instance_monitor", Image::Project("masakari-monitors")),
        ],
        settings: &[token_cache!("masakari")],
        migrations: &["masakari-db-sync"],
        probe: Probe::Http { service: "masakari-api", port: 15868, path: "/" },
        tells: &[Tell::Service { service: "masakari-api", port: 15868 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
