//! Manila: <https://docs.openstack.org/manila/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The shared file system service.
pub struct Manila;

replicas! {
    /// How many pods Manila has of what.
    ManilaReplicas {
        /// API servers.
        api,
        /// Services that copy shares.
        data,
        /// Schedulers.
        scheduler,
        /// Services that make shares.
        share,
    }
}

impl Chart for Manila {
    type Replicas = ManilaReplicas;
    const FACTS: Facts = Facts {
        kind: "Manila",
        plural: "manilas",
        about: "A Manila is the shared file system service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/manila/latest/",
        chart: Some("manila"),
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "manila-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("data", "pod.replicas.data"),
            ("scheduler", "pod.replicas.scheduler"),
            ("share", "pod.replicas.share"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-manila", "endpoints.identity.auth.manila.password"),
            Wire::password("db-manila", "endpoints.oslo_db.auth.manila.password"),
            Wire::password("messaging-manila", "endpoints.oslo_messaging.auth.manila.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("manila_db_sync", Image::Project("manila")),
            ("manila_api", Image::Project("manila")),
            ("manila_data", Image::Project("manila")),
            ("manila_scheduler", Image::Project("manila")),
            ("manila_share", Image::Project("manila")),
            ("manila_db_purge", Image::Project("manila")),
        ],
        settings: &[token_cache!("manila")],
        migrations: &["manila-db-sync"],
        probe: Probe::Http { service: "manila-api", port: 8786, path: "/" },
        tells: &[Tell::Service { service: "manila-api", port: 8786 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
