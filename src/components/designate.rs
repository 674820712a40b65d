//! Designate: <https://docs.openstack.org/designate/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::{Literal, token_cache},
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The DNS service.
pub struct Designate;

replicas! {
    /// How many pods Designate has of what.
    DesignateReplicas {
        /// API servers.
        api,
        /// Services that reach the database.
        central,
        /// DNS servers that hand zones over.
        mdns,
        /// Services of periodic work.
        producer,
        /// Listeners to events of other services.
        sink,
        /// Services that change DNS servers.
        worker,
    }
}

impl Chart for Designate {
    type Replicas = DesignateReplicas;
    const FACTS: Facts = Facts {
        kind: "Designate",
        plural: "designates",
        about: "A Designate is the DNS service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/designate/latest/",
        chart: Some("designate"),
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "designate-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("central", "pod.replicas.central"),
            ("mdns", "pod.replicas.mdns"),
            ("producer", "pod.replicas.producer"),
            ("sink", "pod.replicas.sink"),
            ("worker", "pod.replicas.worker"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-designate", "endpoints.identity.auth.designate.password"),
            Wire::password("db-designate", "endpoints.oslo_db.auth.designate.password"),
            Wire::password("messaging-designate", "endpoints.oslo_messaging.auth.designate.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("designate_db_sync", Image::Project("designate")),
            ("designate_api", Image::Project("designate")),
            ("designate_central", Image::Project("designate")),
            ("designate_mdns", Image::Project("designate")),
            ("designate_worker", Image::Project("designate")),
            ("designate_producer", Image::Project("designate")),
            ("designate_sink", Image::Project("designate")),
            ("designate_service_cleaner", Image::Project("designate")),
        ],
        // It mounts a volume that it does not have, so the API server refuses it.
        settings: &[
            &[("manifests.cron_job_service_cleaner", Literal::Bool(false))],
            token_cache!("designate"),
        ],
        migrations: &["designate-db-sync"],
        probe: Probe::Http { service: "designate-api", port: 9001, path: "/" },
        tells: &[Tell::Service { service: "designate-api", port: 9001 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
