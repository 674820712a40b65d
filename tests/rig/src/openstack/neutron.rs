//! Neutron: networks without a data plane. No agent runs: the rig's own drivers (`tests/rig/drivers`)
//! bind ports and settle floating IPs, so neither RPC workers nor periodic ones are run. Some agents are there all the same,
//! and are given nothing but by hand.

use super::{
    answers,
    common::{authtoken, client, database, oslo},
    http,
    ini::Ini,
    site::{NEUTRON, Site, TRANSPORT},
    uwsgi,
};
use crate::{
    error::Result,
    files,
    part::{Context, Daemon, Part, Readiness},
};
use async_trait::async_trait;

/// The part.
#[derive(Debug)]
pub(super) struct Neutron;

const PLUGINS: &str = "router,qos,trunk,port_forwarding,segments,metering,tag,flavors,auto_allocate,\
    network_ip_availability,network_segment_range,conntrack_helper,local_ip,ndp_proxy,revisions,timestamp,log,\
    vpnaas,firewall_v2,bgpvpn,bgp,taas,tapmirror,flow_classifier,sfc";

/// Who realises the services of plugins that ask for that: type, and class. All are the rig's own drivers.
const PROVIDERS: [(&str, &str); 4] = [
    ("VPN", "rig_drivers.network_services.RigVpnDriver"),
    ("FIREWALL_V2", "rig_drivers.network_services.RigFirewallDriver"),
    ("BGPVPN", "rig_drivers.network_services.RigBgpVpnDriver"),
    ("TAAS", "rig_drivers.network_services.RigTapDriver"),
];

/// Gives BGP speakers to no agent by itself.
const STATIC_SCHEDULER: &str =
    "neutron_dynamic_routing.services.bgp.scheduler.bgp_dragent_scheduler.StaticScheduler";

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(NEUTRON.name)?;
    let etc = site.etc(NEUTRON.name);
    let ini = quotas(ml2(Ini::default())).section(
        "DEFAULT",
        &[
            ("core_plugin", "ml2"),
            ("service_plugins", PLUGINS),
            ("transport_url", TRANSPORT),
            ("auth_strategy", "keystone"),
            ("api_paste_config", &etc.join("api-paste.ini").display().to_string()),
            ("state_path", &site.data(NEUTRON.name).display().to_string()),
            ("notify_nova_on_port_status_changes", "true"),
            ("notify_nova_on_port_data_changes", "true"),
            ("vlan_transparent", "true"),
            ("enable_dvr", "false"),
            ("l3_ha", "false"),
            ("max_subnet_host_routes", "60"),
            ("max_dns_nameservers", "10"),
            ("max_allowed_address_pair", "50"),
            ("rpc_workers", "0"),
            ("rpc_state_report_workers", "0"),
            ("dns_domain", "rig.test."),
            ("agent_down_time", "2000000"),
            ("network_auto_schedule", "false"),
            ("router_scheduler_driver", "rig_drivers.agents.ByHand"),
            ("bgp_drscheduler_driver", STATIC_SCHEDULER),
        ],
    );
    let ini = authtoken(oslo(ini, site, NEUTRON.name), NEUTRON.name);
    let ini = client(client(ini, "nova", "nova"), "placement", "placement");
    let ini = PROVIDERS.iter().fold(ini, |ini, (service, class)| {
        ini.another("service_providers", "service_provider", &format!("{service}:rig:{class}:default"))
    });
    for (file, text) in answers::MODULES {
        files::write(&site.data(NEUTRON.name).join(file), text)?;
    }
    database(ini, site, "database", "neutron").write(&etc.join("neutron.conf"))
}

/// `external_network_type` stays unset: `flat` would break external networks without a physical one.
fn ml2(ini: Ini) -> Ini {
    ini.section(
        "ml2",
        &[
            ("type_drivers", "flat,vlan,vxlan,geneve,gre,local"),
            ("tenant_network_types", "vxlan"),
            ("mechanism_drivers", "rig"),
            (
                "extension_drivers",
                "port_security,dns_domain_ports,qos,data_plane_status,uplink_status_propagation,port_numa_affinity_policy",
            ),
        ],
    )
    .section("ml2_type_flat", &[("flat_networks", "*")])
    .section("ml2_type_vlan", &[("network_vlan_ranges", "physnet1:1:4000,physnet2:1:4000")])
    .section("ml2_type_vxlan", &[("vni_ranges", "1:65536")])
    .section("ml2_type_geneve", &[("vni_ranges", "65537:131072"), ("max_header_size", "38")])
    .section("ml2_type_gre", &[("tunnel_id_ranges", "1:1000")])
}

/// Tests that want a quota's error set one on their own project.
fn quotas(ini: Ini) -> Ini {
    ini.section(
        "quotas",
        &[
            ("default_quota", "-1"),
            ("quota_network", "-1"),
            ("quota_subnet", "-1"),
            ("quota_port", "-1"),
            ("quota_router", "-1"),
            ("quota_floatingip", "-1"),
            ("quota_security_group", "-1"),
            ("quota_security_group_rule", "-1"),
            ("quota_rbac_policy", "-1"),
            ("quota_firewall_group", "-1"),
            ("quota_firewall_policy", "-1"),
            ("quota_firewall_rule", "-1"),
            ("quota_flow_classifier", "-1"),
            ("quota_port_chain", "-1"),
            ("quota_port_pair", "-1"),
            ("quota_port_pair_group", "-1"),
            ("track_quota_usage", "true"),
        ],
    )
}

#[async_trait]
impl Part for Neutron {
    fn name(&self) -> &'static str {
        NEUTRON.name
    }

    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let site = Site::of(cx);
        let mut daemon = uwsgi::api(&site, NEUTRON, uwsgi::BUSY, "rig_neutron:application");
        daemon.argv.extend(["--pythonpath".to_owned(), site.data(NEUTRON.name).display().to_string()]);
        vec![daemon]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::serves(&format!("{}/", NEUTRON.url())).await)
    }

    fn help(&self) -> &'static str {
        "Neutron loads the rig's own drivers: a mistake in tests/rig/drivers is named in its log"
    }
}
