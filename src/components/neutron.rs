//! Neutron: <https://docs.openstack.org/neutron/latest/>

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

/// The networking service.
pub struct Neutron;

replicas! {
    /// How many pods Neutron has of what. Its agents run on nodes, by their labels.
    NeutronReplicas {
        /// API servers.
        server,
        /// Servers of the agents' requests.
        rpc_server,
        /// Agents for bare-metal machines.
        ironic_agent,
    }
}

impl Chart for Neutron {
    type Replicas = NeutronReplicas;
    const FACTS: Facts = Facts {
        kind: "Neutron",
        plural: "neutrons",
        about: "A Neutron is the networking service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/neutron/latest/",
        chart: Some("neutron"),
        stage: Stage::Compute,
        usual: true,
        given: Given::ALL,
        scale: Some(Scaled { replicas: "replicas.server", workload: "neutron-server" }),
        replicas: &[
            ("server", "pod.replicas.server"),
            ("rpcServer", "pod.replicas.rpc_server"),
            ("ironicAgent", "pod.replicas.ironic_agent"),
        ],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-neutron", "endpoints.identity.auth.neutron.password"),
            Wire::password("identity-nova", "endpoints.identity.auth.nova.password"),
            Wire::password("identity-placement", "endpoints.identity.auth.placement.password"),
            Wire::password("identity-designate", "endpoints.identity.auth.designate.password"),
            Wire::password("identity-ironic", "endpoints.identity.auth.ironic.password"),
            Wire::password("db-neutron", "endpoints.oslo_db.auth.neutron.password"),
            Wire::password("messaging-neutron", "endpoints.oslo_messaging.auth.neutron.password"),
            Wire::password("metadata-secret", "conf.metadata_agent.DEFAULT.metadata_proxy_shared_secret"),
            Wire::password("metadata-secret", "conf.ovn_agent.DEFAULT.metadata_proxy_shared_secret"),
            Wire::password("metadata-secret", "conf.ovn_metadata_agent.DEFAULT.metadata_proxy_shared_secret"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("neutron_server", Image::Project("neutron")),
            ("neutron_rpc_server", Image::Project("neutron")),
            ("neutron_db_sync", Image::Project("neutron")),
            ("neutron_dhcp", Image::Project("neutron")),
            ("neutron_l3", Image::Project("neutron")),
            ("neutron_l2gw", Image::Project("neutron")),
            ("neutron_metadata", Image::Project("neutron")),
            ("neutron_ovn_agent", Image::Project("neutron")),
            ("neutron_ovn_metadata", Image::Project("neutron")),
            ("neutron_ovn_db_sync", Image::Project("neutron")),
            ("neutron_ovn_vpn", Image::Project("neutron")),
            ("neutron_sriov_agent", Image::Project("neutron")),
            ("neutron_sriov_agent_init", Image::Project("neutron")),
            ("neutron_bagpipe_bgp", Image::Project("neutron")),
            ("neutron_bgp_dragent", Image::Project("neutron")),
            ("neutron_openvswitch_agent", Image::Project("neutron")),
            ("neutron_netns_cleanup_cron", Image::Project("neutron")),
            ("neutron_ironic_agent", Image::Project("neutron")),
            ("neutron_ironic_agent_init", Image::Project("neutron")),
        ],
        settings: &[token_cache!("neutron")],
        migrations: &["neutron-db-sync"],
        probe: Probe::Http { service: "neutron-server", port: 9696, path: "/" },
        tells: &[Tell::Service { service: "neutron-server", port: 9696 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
