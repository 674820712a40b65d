//! Nova: <https://docs.openstack.org/nova/latest/>

use super::{
    chart::{Chart, Facts, Given, Probe, Scaled, Tell},
    image::{CATALOG_JOBS, DATABASE_JOBS, Image, MESSAGING_JOBS},
    parameters::replicas,
    wire::{CACHE, DATABASE, IDENTITY, MESSAGING, Use, Wire},
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
        shared_wiring: &[DATABASE, UNPLACED_DATABASE, CELL_DATABASE, MESSAGING, CACHE, IDENTITY],
        wiring: &[
            Wire::password("identity-nova", "endpoints.identity.auth.nova.password"),
            Wire::password("identity-neutron", "endpoints.identity.auth.neutron.password"),
            Wire::password("identity-placement", "endpoints.identity.auth.placement.password"),
            Wire::password("identity-cinder", "endpoints.identity.auth.cinder.password"),
            Wire::password("identity-service", "endpoints.identity.auth.service.password"),
            Wire::password("db-nova", "endpoints.oslo_db.auth.nova.password"),
            Wire::password("db-nova", "endpoints.oslo_db_cell1.auth.nova.password"),
            Wire::password("db-nova", "endpoints.oslo_db_cell0.auth.nova.password"),
            Wire::password("messaging-nova", "endpoints.oslo_messaging.auth.nova.password"),
            Wire::password("metadata-secret", "conf.nova.neutron.metadata_proxy_shared_secret"),
        ],
        shared_images: &[DATABASE_JOBS, CATALOG_JOBS, MESSAGING_JOBS],
        images: &[
            ("nova_api", Image::Project("nova")),
            ("nova_api_metadata_init", Image::Client),
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
            ("nova_service_cleaner", Image::Client),
            ("nova_storage_init", Image::Client),
            ("nova_archive_deleted_rows", Image::Project("nova")),
        ],
        switched_off: &[],
        migrations: &["nova-db-sync"],
        awaits_nodes: &["nova-cell-setup", "nova-bootstrap"],
        probe: Probe::Http { service: "nova-api", port: 8774, path: "/" },
        tells: &[Tell::Service { service: "nova-api", port: 8774 }],
        connection: &["endpoint", "port"],
    };
}

/// The cell in which servers are, in a database of its own.
const CELL_DATABASE: &[Wire] = &[
    Wire::text(Use::Database, "endpoint", "endpoints.oslo_db_cell1.host_fqdn_override.default"),
    Wire::number(Use::Database, "port", "endpoints.oslo_db_cell1.port.mysql.default"),
    Wire::text(Use::Database, "username", "endpoints.oslo_db_cell1.auth.admin.username"),
    Wire::text(Use::Database, "password", "endpoints.oslo_db_cell1.auth.admin.password"),
];

/// Servers that were never placed, in a database of its own.
const UNPLACED_DATABASE: &[Wire] = &[
    Wire::text(Use::Database, "endpoint", "endpoints.oslo_db_cell0.host_fqdn_override.default"),
    Wire::number(Use::Database, "port", "endpoints.oslo_db_cell0.port.mysql.default"),
    Wire::text(Use::Database, "username", "endpoints.oslo_db_cell0.auth.admin.username"),
    Wire::text(Use::Database, "password", "endpoints.oslo_db_cell0.auth.admin.password"),
];
