//! Aodh: <https://docs.openstack.org/aodh/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::{Literal, token_cache},
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The alarm service.
pub struct Aodh;

replicas! {
    /// How many pods Aodh has of what.
    AodhReplicas {
        /// API servers.
        api,
        /// Evaluators of alarms.
        evaluator,
        /// Listeners to events.
        listener,
        /// Notifiers of alarms.
        notifier,
    }
}

impl Chart for Aodh {
    type Replicas = AodhReplicas;
    const FACTS: Facts = Facts {
        kind: "Aodh",
        plural: "aodhs",
        about: "An Aodh is the alarm service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/aodh/latest/",
        chart: Some("aodh"),
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "aodh-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("evaluator", "pod.replicas.evaluator"),
            ("listener", "pod.replicas.listener"),
            ("notifier", "pod.replicas.notifier"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-aodh", "endpoints.identity.auth.aodh.password"),
            Wire::password("db-aodh", "endpoints.oslo_db.auth.aodh.password"),
            Wire::password("messaging-aodh", "endpoints.oslo_messaging.auth.aodh.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("aodh_db_sync", Image::Project("aodh")),
            ("aodh_api", Image::Project("aodh")),
            ("aodh_evaluator", Image::Project("aodh")),
            ("aodh_listener", Image::Project("aodh")),
            ("aodh_notifier", Image::Project("aodh")),
            ("aodh_alarms_cleaner", Image::Project("aodh")),
        ],
        // It mounts a volume that it does not have, so the API server refuses it.
        settings: &[&[("manifests.cron_job_alarms_cleaner", Literal::Bool(false))], token_cache!("aodh")],
        migrations: &["aodh-db-sync"],
        probe: Probe::Http { service: "aodh-api", port: 8042, path: "/" },
        tells: &[Tell::Service { service: "aodh-api", port: 8042 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
