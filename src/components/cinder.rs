//! Cinder: <https://docs.openstack.org/cinder/latest/>

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

/// The block storage service.
pub struct Cinder;

replicas! {
    /// How many pods Cinder has of what.
    CinderReplicas {
        /// API servers.
        api,
        /// Services that make volumes.
        volume,
        /// Schedulers.
        scheduler,
        /// Services that make backups.
        backup,
    }
}

impl Chart for Cinder {
    type Replicas = CinderReplicas;
    const FACTS: Facts = Facts {
        kind: "Cinder",
        plural: "cinders",
        about: "A Cinder is the block storage service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/cinder/latest/",
        chart: Some("cinder"),
        stage: Stage::BlockStorage,
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "cinder-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("volume", "pod.replicas.volume"),
            ("scheduler", "pod.replicas.scheduler"),
            ("backup", "pod.replicas.backup"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-cinder", "endpoints.identity.auth.cinder.password"),
            Wire::password("identity-glance", "endpoints.identity.auth.glance.password"),
            Wire::password("identity-nova", "endpoints.identity.auth.nova.password"),
            Wire::password("identity-service", "endpoints.identity.auth.service.password"),
            Wire::password("identity-swift", "endpoints.identity.auth.swift.password"),
            Wire::password("db-cinder", "endpoints.oslo_db.auth.cinder.password"),
            Wire::password("messaging-cinder", "endpoints.oslo_messaging.auth.cinder.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("cinder_db_sync", Image::Project("cinder")),
            ("cinder_api", Image::Project("cinder")),
            ("cinder_scheduler", Image::Project("cinder")),
            ("cinder_volume", Image::Project("cinder")),
            ("cinder_volume_usage_audit", Image::Project("cinder")),
            ("cinder_db_purge", Image::Project("cinder")),
            ("cinder_backup", Image::Project("cinder")),
            ("cinder_storage_init", Image::Project("ceph-config-helper")),
            ("cinder_backup_storage_init", Image::Project("ceph-config-helper")),
        ],
        settings: &[token_cache!("cinder")],
        migrations: &["cinder-db-sync"],
        probe: Probe::Http { service: "cinder-api", port: 8776, path: "/" },
        tells: &[Tell::Service { service: "cinder-api", port: 8776 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
