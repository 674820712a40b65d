//! Gnocchi: <https://docs.openstack.org/gnocchi/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    generated_secret::SecretFormat,
    given::Given,
    image::{CATALOG_JOBS, ENTRYPOINT, Image},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, Wire},
};

/// The metric service.
pub struct Gnocchi;

replicas! {
    /// How many pods Gnocchi has of what. Its agents run on nodes, by their labels.
    GnocchiReplicas {
        /// API servers.
        api,
    }
}

impl Chart for Gnocchi {
    type Replicas = GnocchiReplicas;
    const FACTS: Facts = Facts {
        kind: "Gnocchi",
        plural: "gnocchis",
        about: "A Gnocchi is the metric service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/gnocchi/latest/",
        chart: Some("gnocchi"),
        given: Given::ALL_BUT_MESSAGING,
        scale: Some(Scaled { replicas: "replicas.api", workload: "gnocchi-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-gnocchi", "endpoints.identity.auth.gnocchi.password"),
            Wire::password("db-gnocchi", "endpoints.oslo_db.auth.gnocchi.password"),
            Wire::password("gnocchi-statsd-resource", "conf.gnocchi.statsd.resource_id"),
            Wire::password("gnocchi-statsd-user", "conf.gnocchi.statsd.user_id"),
            Wire::password("gnocchi-statsd-project", "conf.gnocchi.statsd.project_id"),
        ],
        formats: &[
            ("gnocchi-statsd-resource", SecretFormat::Hex, 32),
            ("gnocchi-statsd-user", SecretFormat::Hex, 32),
            ("gnocchi-statsd-project", SecretFormat::Hex, 32),
        ],
        shared_images: &[ENTRYPOINT, CATALOG_JOBS],
        images: &[
            ("db_init", Image::Project("gnocchi")),
            ("db_init_indexer", Image::Project("postgres")),
            ("db_sync", Image::Project("gnocchi")),
            ("gnocchi_api", Image::Project("gnocchi")),
            ("gnocchi_statsd", Image::Project("gnocchi")),
            ("gnocchi_metricd", Image::Project("gnocchi")),
            ("gnocchi_resources_cleaner", Image::Project("gnocchi")),
            ("gnocchi_storage_init", Image::Project("ceph-config-helper")),
        ],
        settings: &[token_cache!("gnocchi")],
        migrations: &["gnocchi-db-sync"],
        probe: Probe::Http { service: "gnocchi-api", port: 8041, path: "/" },
        tells: &[Tell::Service { service: "gnocchi-api", port: 8041 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
