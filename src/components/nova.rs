//! Nova: <https://docs.openstack.org/nova/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{BOOTSTRAP_JOB, CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::{Literal, Setting, cache, token_cache},
    stage::Stage,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING, Use, Wire, database},
};

/// The compute service.
pub struct Nova;

replicas! {
    /// How many pods Nova has of what. Its agents run on nodes, by their labels.
    NovaReplicas {
        /// API servers.
        osapi,
        /// Servers of what machines ask about themselves.
        api_metadata,
        /// Conductors, which reach the database for the agents.
        conductor,
        /// Schedulers.
        scheduler,
        /// Proxies to consoles.
        novncproxy,
        /// Agents for bare-metal machines.
        compute_ironic,
    }
}

impl Chart for Nova {
    type Replicas = NovaReplicas;
    const FACTS: Facts = Facts {
        kind: "Nova",
        plural: "novas",
        about: "A Nova is the compute service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/nova/latest/",
        chart: Some("nova"),
        stage: Stage::Compute,
        usual: true,
        needs: &["placement", "glance", "neutron"],
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.osapi", workload: "nova-api-osapi" }),
        replicas: &[
            ("osapi", "pod.replicas.osapi"),
            ("apiMetadata", "pod.replicas.api_metadata"),
            ("conductor", "pod.replicas.conductor"),
            ("scheduler", "pod.replicas.scheduler"),
            ("novncproxy", "pod.replicas.novncproxy"),
            ("computeIronic", "pod.replicas.compute_ironic"),
        ],
        shared_wiring: &[
            DATABASE,
            // Servers that were never placed, and the cell in which the others are.
            database!("oslo_db_cell0"),
            database!("oslo_db_cell1"),
            MESSAGING,
            CACHE,
            CACHE_KEY,
            IDENTITY,
        ],
        wiring: &[
            Wire::password("identity-nova", "endpoints.identity.auth.nova.password"),
            Wire::password("identity-neutron", "endpoints.identity.auth.neutron.password"),
            Wire::password("identity-placement", "endpoints.identity.auth.placement.password"),
            Wire::password("identity-cinder", "endpoints.identity.auth.cinder.password"),
            Wire::password("identity-ironic", "endpoints.identity.auth.ironic.password"),
            Wire::password("identity-service", "endpoints.identity.auth.service.password"),
            Wire::password("db-nova", "endpoints.oslo_db.auth.nova.password"),
            Wire::password("db-nova", "endpoints.oslo_db_cell1.auth.nova.password"),
            Wire::password("db-nova", "endpoints.oslo_db_cell0.auth.nova.password"),
            Wire::password("messaging-nova", "endpoints.oslo_messaging.auth.nova.password"),
            Wire::password("metadata-secret", "conf.nova.neutron.metadata_proxy_shared_secret"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("nova_api", Image::Project("nova")),
            ("nova_cell_setup", Image::Project("nova")),
            ("nova_cell_setup_init", Image::Client),
            ("nova_compute", Image::Project("nova")),
            ("nova_compute_ironic", Image::Project("nova")),
            ("nova_compute_ssh", Image::Project("nova")),
            ("nova_conductor", Image::Project("nova")),
            ("nova_db_sync", Image::Project("nova")),
            ("nova_novncproxy", Image::Project("nova")),
            ("nova_novncproxy_assets", Image::Project("nova")),
            ("nova_scheduler", Image::Project("nova")),
            ("nova_service_cleaner", Image::Project("ceph-config-helper")),
            ("nova_storage_init", Image::Project("ceph-config-helper")),
            ("nova_wait_for_computes_init", Image::Project("ceph-config-helper")),
            ("nova_serialproxy", Image::Project("nova")),
            ("nova_spiceproxy", Image::Project("nova")),
            ("nova_spiceproxy_assets", Image::Project("nova")),
            ("nova_archive_deleted_rows", Image::Project("nova")),
        ],
        // The chart maps new computes to a cell once an hour, and until then a node that was added gets no server.
        sets: &[Setting {
            component: "nova",
            path: "conf.nova.scheduler.discover_hosts_in_cells_interval",
            to: Literal::Number(60),
        }],
        settings: &[token_cache!("nova"), cache!("nova", "cache", "memcache")],
        migrations: &["nova-db-sync"],
        awaits_nodes: &["nova-cell-setup", "nova-bootstrap"],
        probe: Probe::Http { service: "nova-api", port: 8774, path: "/" },
        tells: &[Tell::Service { service: "nova-api", port: 8774 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
