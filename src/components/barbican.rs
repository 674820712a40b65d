//! Barbican: <https://docs.openstack.org/barbican/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    generated_secret::SecretFormat,
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    stage::Stage,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The key manager.
pub struct Barbican;

replicas! {
    /// How many pods Barbican has of what.
    BarbicanReplicas {
        /// API servers.
        api,
    }
}

impl Chart for Barbican {
    type Replicas = BarbicanReplicas;
    const FACTS: Facts = Facts {
        kind: "Barbican",
        plural: "barbicans",
        about: "A Barbican is the key manager of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/barbican/latest/",
        chart: Some("barbican"),
        stage: Stage::Placement,
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "barbican-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-barbican", "endpoints.identity.auth.barbican.password"),
            Wire::password("db-barbican", "endpoints.oslo_db.auth.barbican.password"),
            Wire::password("messaging-barbican", "endpoints.oslo_messaging.auth.barbican.password"),
            Wire::password("barbican-kek", "conf.barbican.simple_crypto_plugin.kek"),
        ],
        formats: &[("barbican-kek", SecretFormat::Fernet, 44)],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("barbican_db_sync", Image::Project("barbican")),
            ("barbican_api", Image::Project("barbican")),
        ],
        settings: &[token_cache!("barbican")],
        migrations: &["barbican-db-sync"],
        probe: Probe::Http { service: "barbican-api", port: 9311, path: "/" },
        tells: &[Tell::Service { service: "barbican-api", port: 9311 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
