//! Trove: <https://docs.openstack.org/trove/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The database service.
pub struct Trove;

replicas! {
    /// How many pods Trove has of what.
    TroveReplicas {
        /// API servers.
        api,
        /// Conductors, which hear from the databases.
        conductor,
        /// Services that make databases.
        taskmanager,
    }
}

impl Chart for Trove {
    type Replicas = TroveReplicas;
    const FACTS: Facts = Facts {
        kind: "Trove",
        plural: "troves",
        about: "A Trove is the database service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/trove/latest/",
        chart: Some("trove"),
        needs: &["cinder", "glance", "neutron", "nova"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "trove-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("conductor", "pod.replicas.conductor"),
            ("taskmanager", "pod.replicas.taskmanager"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-trove", "endpoints.identity.auth.trove.password"),
            Wire::password("identity-cinder", "endpoints.identity.auth.cinder.password"),
            Wire::password("identity-glance", "endpoints.identity.auth.glance.password"),
            Wire::password("identity-neutron", "endpoints.identity.auth.neutron.password"),
            Wire::password("identity-nova", "endpoints.identity.auth.nova.password"),
            Wire::password("db-trove", "endpoints.oslo_db.auth.trove.password"),
            Wire::password("messaging-trove", "endpoints.oslo_messaging.auth.trove.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, MESSAGING_JOBS],
        images: &[
            ("trove_db_sync", Image::Project("trove")),
            ("trove_api", Image::Project("trove")),
            ("trove_conductor", Image::Project("trove")),
            ("trove_taskmanager", Image::Project("trove")),
            ("trove_db_purge", Image::Project("trove")),
        ],
        settings: &[token_cache!("trove")],
        migrations: &["trove-db-sync"],
        probe: Probe::Http { service: "trove-api", port: 8779, path: "/" },
        tells: &[Tell::Service { service: "trove-api", port: 8779 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
