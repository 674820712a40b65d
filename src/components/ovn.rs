//! OVN: <https://docs.ovn.org/>

use super::{
    chart::{Chart, Facts, Probe},
    image::{ENTRYPOINT, Image},
    parameters::replicas,
    setting::{Literal, Setting},
    stage::Stage,
    tell::Tell,
};

/// The control plane of virtual networks.
pub struct Ovn;

replicas! {
    /// How many pods OVN has of what. Its controllers run on nodes, by their labels.
    OvnReplicas {
        /// Databases of what is wanted: one, or three and more.
        ovsdb_nb,
        /// Databases of what is where: one, or three and more.
        ovsdb_sb,
        /// Daemons that make the one of the other.
        northd,
    }
}

impl Chart for Ovn {
    type Replicas = OvnReplicas;
    const FACTS: Facts = Facts {
        kind: "OVN",
        plural: "ovns",
        about: "An OVN is the control plane of virtual networks over the Open vSwitch of every node, as a Helm release.",
        docs: "https://docs.ovn.org/",
        chart: Some("ovn"),
        stage: Stage::Compute,
        needs: &["openvswitch"],
        sets: &[
            Setting { component: "neutron", path: "network.backend", to: Literal::Texts(&["ovn"]) },
            Setting {
                component: "neutron",
                path: "conf.neutron.DEFAULT.service_plugins",
                to: Literal::Text("ovn-router"),
            },
            Setting {
                component: "neutron",
                path: "conf.plugins.ml2_conf.ml2.type_drivers",
                to: Literal::Text("flat,vlan,vxlan,geneve"),
            },
            Setting {
                component: "neutron",
                path: "conf.plugins.ml2_conf.ml2.tenant_network_types",
                to: Literal::Text("geneve"),
            },
            Setting {
                component: "neutron",
                path: "manifests.daemonset_dhcp_agent",
                to: Literal::Bool(false),
            },
            Setting { component: "neutron", path: "manifests.daemonset_l3_agent", to: Literal::Bool(false) },
            Setting {
                component: "neutron",
                path: "manifests.daemonset_metadata_agent",
                to: Literal::Bool(false),
            },
            Setting {
                component: "neutron",
                path: "manifests.daemonset_netns_cleanup_cron",
                to: Literal::Bool(false),
            },
            Setting { component: "neutron", path: "manifests.daemonset_ovs_agent", to: Literal::Bool(false) },
            Setting {
                component: "neutron",
                path: "manifests.daemonset_ovn_metadata_agent",
                to: Literal::Bool(true),
            },
            Setting {
                component: "neutron",
                path: "manifests.deployment_rpc_server",
                to: Literal::Bool(false),
            },
            Setting { component: "nova", path: "network.backend", to: Literal::Texts(&["ovn"]) },
            Setting { component: "libvirt", path: "network.backend", to: Literal::Texts(&["ovn"]) },
            Setting {
                component: "openvswitch",
                path: "conf.openvswitch_db_server.ptcp_port",
                to: Literal::Number(6640),
            },
        ],
        replicas: &[
            ("ovsdbNb", "pod.replicas.ovn_ovsdb_nb"),
            ("ovsdbSb", "pod.replicas.ovn_ovsdb_sb"),
            ("northd", "pod.replicas.ovn_northd"),
        ],
        shared_images: &[ENTRYPOINT],
        images: &[
            ("ovn_ovsdb_nb", Image::Project("ovn")),
            ("ovn_ovsdb_sb", Image::Project("ovn")),
            ("ovn_northd", Image::Project("ovn")),
            ("ovn_controller", Image::Project("ovn")),
            ("ovn_controller_kubectl", Image::Project("ceph-config-helper")),
            ("ovn_logging_parser", Image::Project("neutron")),
            ("ovn_bgp_agent", Image::Project("ovn-bgp-agent")),
            ("frr", Image::Project("ovn-bgp-agent")),
        ],
        probe: Probe::Tcp { service: "ovn-ovsdb-nb", port: 6641 },
        tells: &[Tell::Service { service: "ovn-ovsdb-nb", port: 6641 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
