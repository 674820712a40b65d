//! Glance: <https://docs.openstack.org/glance/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    stage::Stage,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The image service.
pub struct Glance;

replicas! {
    /// How many pods Glance has of what.
    GlanceReplicas {
        /// API servers.
        api,
    }
}

impl Chart for Glance {
    type Replicas = GlanceReplicas;
    const FACTS: Facts = Facts {
        kind: "Glance",
        plural: "glances",
        about: "A Glance is the image service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/glance/latest/",
        chart: Some("glance"),
        stage: Stage::Placement,
        usual: true,
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "glance-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-glance", "endpoints.identity.auth.glance.password"),
            Wire::password("db-glance", "endpoints.oslo_db.auth.glance.password"),
            Wire::password("messaging-glance", "endpoints.oslo_messaging.auth.glance.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("glance_api", Image::Project("glance")),
            ("glance_db_sync", Image::Project("glance")),
            ("glance_metadefs_load", Image::Project("glance")),
            ("glance_storage_init", Image::Project("ceph-config-helper")),
        ],
        settings: &[token_cache!("glance")],
        migrations: &["glance-db-sync"],
        probe: Probe::Http { service: "glance-api", port: 9292, path: "/" },
        tells: &[Tell::Service { service: "glance-api", port: 9292 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
