//! Ironic: <https://docs.openstack.org/ironic/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The bare-metal service.
pub struct Ironic;

replicas! {
    /// How many pods Ironic has of what.
    IronicReplicas {
        /// API servers.
        api,
        /// Conductors, which drive the machines.
        conductor,
        /// Proxies to consoles.
        novncproxy,
    }
}

impl Chart for Ironic {
    type Replicas = IronicReplicas;
    const FACTS: Facts = Facts {
        kind: "Ironic",
        plural: "ironics",
        about: "An Ironic is the bare-metal service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/ironic/latest/",
        chart: Some("ironic"),
        needs: &["glance", "neutron"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "ironic-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("conductor", "pod.replicas.conductor"),
            ("novncproxy", "pod.replicas.novncproxy"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-ironic", "endpoints.identity.auth.ironic.password"),
            Wire::password("identity-glance", "endpoints.identity.auth.glance.password"),
            Wire::password("db-ironic", "endpoints.oslo_db.auth.ironic.password"),
            Wire::password("messaging-ironic", "endpoints.oslo_messaging.auth.ironic.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("ironic_manage_cleaning_network", Image::Client),
            ("ironic_retrive_swift_config", Image::Client),
            ("ironic_db_sync", Image::Project("ironic")),
            ("ironic_api", Image::Project("ironic")),
            ("ironic_conductor", Image::Project("ironic")),
            ("ironic_novncproxy", Image::Project("ironic")),
            ("ironic_pxe", Image::Project("ironic")),
            ("ironic_pxe_init", Image::Project("ironic")),
            ("ironic_pxe_http", Image::Project("nginx")),
        ],
        settings: &[token_cache!("ironic")],
        migrations: &["ironic-db-sync"],
        probe: Probe::Http { service: "ironic-api", port: 6385, path: "/" },
        tells: &[Tell::Service { service: "ironic-api", port: 6385 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
