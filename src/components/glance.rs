//! Glance: <https://docs.openstack.org/glance/latest/>

use super::{
    chart::{Chart, Facts, Given, Probe, Scaled, Tell},
    image::{CATALOG_JOBS, DATABASE_JOBS, Image, MESSAGING_JOBS},
    parameters::replicas,
    wire::{CACHE, DATABASE, IDENTITY, MESSAGING, Wire},
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
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "glance-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, IDENTITY],
        wiring: &[
            Wire::password("identity-glance", "endpoints.identity.auth.glance.password"),
            Wire::password("db-glance", "endpoints.oslo_db.auth.glance.password"),
            Wire::password("messaging-glance", "endpoints.oslo_messaging.auth.glance.password"),
        ],
        shared_images: &[DATABASE_JOBS, CATALOG_JOBS, MESSAGING_JOBS],
        images: &[
            ("glance_api", Image::Project("glance")),
            ("glance_db_sync", Image::Project("glance")),
            ("glance_metadefs_load", Image::Project("glance")),
            ("glance_storage_init", Image::Client),
        ],
        switched_off: &[],
        migrations: &["glance-db-sync"],
        awaits_nodes: &[],
        probe: Probe::Http { service: "glance-api", port: 9292, path: "/" },
        tells: &[Tell::Service { service: "glance-api", port: 9292 }],
        connection: &["endpoint", "port"],
    };
}
