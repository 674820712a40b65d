//! Magnum: <https://docs.openstack.org/magnum/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The container infrastructure service.
pub struct Magnum;

replicas! {
    /// How many pods Magnum has of what.
    MagnumReplicas {
        /// API servers.
        api,
        /// Conductors, which make clusters.
        conductor,
    }
}

impl Chart for Magnum {
    type Replicas = MagnumReplicas;
    const FACTS: Facts = Facts {
        kind: "Magnum",
        plural: "magnums",
        about: "A Magnum is the container infrastructure service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/magnum/latest/",
        chart: Some("magnum"),
        needs: &["barbican", "heat"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "magnum-api" }),
        replicas: &[("api", "pod.replicas.api"), ("conductor", "pod.replicas.conductor")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-magnum", "endpoints.identity.auth.magnum.password"),
            Wire::password(
                "identity-magnum-stack-user",
                "endpoints.identity.auth.magnum_stack_user.password",
            ),
            Wire::password("db-magnum", "endpoints.oslo_db.auth.magnum.password"),
            Wire::password("messaging-magnum", "endpoints.oslo_messaging.auth.magnum.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("magnum_db_sync", Image::Project("magnum")),
            ("magnum_api", Image::Project("magnum")),
            ("magnum_conductor", Image::Project("magnum")),
        ],
        settings: &[token_cache!("magnum")],
        migrations: &["magnum-db-sync"],
        probe: Probe::Http { service: "magnum-api", port: 9511, path: "/" },
        tells: &[Tell::Service { service: "magnum-api", port: 9511 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
