//! Heat: <https://docs.openstack.org/heat/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::token_cache,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Wire},
};

/// The orchestration service.
pub struct Heat;

replicas! {
    /// How many pods Heat has of what.
    HeatReplicas {
        /// API servers.
        api,
        /// API servers in the way of CloudFormation.
        cfn,
        /// Engines, which do the work.
        engine,
    }
}

impl Chart for Heat {
    type Replicas = HeatReplicas;
    const FACTS: Facts = Facts {
        kind: "Heat",
        plural: "heats",
        about: "A Heat is the orchestration service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/heat/latest/",
        chart: Some("heat"),
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "heat-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("cfn", "pod.replicas.cfn"),
            ("engine", "pod.replicas.engine"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-heat", "endpoints.identity.auth.heat.password"),
            Wire::password("identity-heat-trustee", "endpoints.identity.auth.heat_trustee.password"),
            Wire::password("identity-heat-stack-user", "endpoints.identity.auth.heat_stack_user.password"),
            Wire::password("db-heat", "endpoints.oslo_db.auth.heat.password"),
            Wire::password("messaging-heat", "endpoints.oslo_messaging.auth.heat.password"),
            Wire::password("heat-encryption-key", "conf.heat.DEFAULT.auth_encryption_key"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("heat_db_sync", Image::Project("heat")),
            ("heat_api", Image::Project("heat")),
            ("heat_cfn", Image::Project("heat")),
            ("heat_engine", Image::Project("heat")),
            ("heat_engine_cleaner", Image::Project("heat")),
            ("heat_purge_deleted", Image::Project("heat")),
        ],
        settings: &[token_cache!("heat")],
        migrations: &["heat-db-sync"],
        probe: Probe::Http { service: "heat-api", port: 8004, path: "/" },
        tells: &[Tell::Service { service: "heat-api", port: 8004 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
