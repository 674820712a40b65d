//! Octavia: <https://docs.openstack.org/octavia/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::{Literal, token_cache},
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Use, Wire, database},
};

/// The load balancing service.
pub struct Octavia;

replicas! {
    /// How many pods Octavia has of what. Its workers and health managers run on nodes, by their labels.
    OctaviaReplicas {
        /// API servers.
        api,
        /// Agents of provider drivers.
        driver_agent,
        /// Services that clean up.
        housekeeping,
    }
}

impl Chart for Octavia {
    type Replicas = OctaviaReplicas;
    const FACTS: Facts = Facts {
        kind: "Octavia",
        plural: "octavias",
        about: "An Octavia is the load balancing service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/octavia/latest/",
        chart: Some("octavia"),
        needs: &["neutron"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.api", workload: "octavia-api" }),
        replicas: &[
            ("api", "pod.replicas.api"),
            ("driverAgent", "pod.replicas.driver_agent"),
            ("housekeeping", "pod.replicas.housekeeping"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY, database!("oslo_db_persistence")],
        wiring: &[
            Wire::password("identity-octavia", "endpoints.identity.auth.octavia.password"),
            Wire::password("db-octavia", "endpoints.oslo_db.auth.octavia.password"),
            Wire::password("messaging-octavia", "endpoints.oslo_messaging.auth.octavia.password"),
            Wire::password("db-octavia", "endpoints.oslo_db_persistence.auth.octavia.password"),
            Wire::password("octavia-heartbeat-key", "conf.octavia.health_manager.heartbeat_key"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("octavia_db_sync", Image::Project("octavia")),
            ("octavia_api", Image::Project("octavia")),
            ("octavia_driver_agent", Image::Project("octavia")),
            ("octavia_worker", Image::Project("octavia")),
            ("octavia_housekeeping", Image::Project("octavia")),
            ("octavia_health_manager", Image::Project("octavia")),
            ("octavia_worker_init", Image::Client),
            ("octavia_health_manager_init", Image::Client),
            ("openvswitch_vswitchd", Image::Project("openvswitch")),
        ],
        // Its workers would keep their tasks in a Valkey, which no component is.
        settings: &[
            &[("conf.octavia.task_flow.jobboard_enabled", Literal::Bool(false))],
            token_cache!("octavia"),
        ],
        migrations: &["octavia-db-sync"],
        probe: Probe::Http { service: "octavia-api", port: 9876, path: "/" },
        tells: &[Tell::Service { service: "octavia-api", port: 9876 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
