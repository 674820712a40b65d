//! Nova: servers without guests, on one host called `rig`. Of another one, `spare`, there is only an entry: it is off.

use super::{
    common::{authtoken, client, database, oslo, service_user},
    http::{self, Admin},
    ini::Ini,
    job,
    site::{GLANCE, NOVA, REGION, Site, TRANSPORT},
    uwsgi,
};
use crate::{
    error::{Error, Result},
    files,
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
};
use async_trait::async_trait;
use std::time::Duration;

/// The part.
#[derive(Debug)]
pub(super) struct Nova;

/// How often the host is looked for before giving up, and how long between.
const DISCOVERIES: usize = 20;
const DISCOVERY_PAUSE: Duration = Duration::from_millis(500);

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(NOVA.name)?;
    let etc = site.etc(NOVA.name);
    files::make_dir(&site.data(NOVA.name).join("instances"))?;
    let ini = oslo(services(defaults(Ini::default(), site)), site, NOVA.name)
        .section("wsgi", &[("api_paste_config", &etc.join("api-paste.ini").display().to_string())]);
    // nova-compute has no business in a database, and says so where it finds one configured.
    ini.write(&etc.join("nova-compute.conf"))?;
    let ini = database(database(ini, site, "api_database", "nova_api"), site, "database", "nova");
    ini.write(&etc.join("nova.conf"))
}

fn defaults(ini: Ini, site: &Site) -> Ini {
    ini.section(
        "DEFAULT",
        &[
            ("transport_url", TRANSPORT),
            ("state_path", &site.data(NOVA.name).display().to_string()),
            ("my_ip", BRIDGE),
            ("host", "rig"),
            ("compute_driver", "rig.RigDriver"),
            // A resize has no second host to go to.
            ("allow_resize_to_same_host", "true"),
            ("max_concurrent_builds", "0"),
            ("max_concurrent_snapshots", "0"),
            ("max_concurrent_live_migrations", "0"),
            // Ports are bound without an agent, so nobody reports a plugged interface.
            ("vif_plugging_is_fatal", "false"),
            ("vif_plugging_timeout", "0"),
            ("sync_power_state_interval", "-1"),
            ("heal_instance_info_cache_interval", "300"),
            ("running_deleted_instance_poll_interval", "0"),
            ("rpc_response_timeout", "60"),
            ("reserved_host_memory_mb", "0"),
            ("cpu_allocation_ratio", "100.0"),
            ("ram_allocation_ratio", "10.0"),
            ("disk_allocation_ratio", "100.0"),
        ],
    )
    .section(
        "quota",
        &[
            ("instances", "-1"),
            ("cores", "-1"),
            ("ram", "-1"),
            ("injected_files", "-1"),
            ("injected_file_content_bytes", "-1"),
            ("injected_file_path_length", "-1"),
            ("key_pairs", "-1"),
            ("server_groups", "-1"),
            ("server_group_members", "-1"),
        ],
    )
    .section("conductor", &[("workers", "1")])
    .section("scheduler", &[("workers", "1"), ("discover_hosts_in_cells_interval", "30")])
    .section("filter_scheduler", &[("track_instance_changes", "true")])
    .section(
        "vnc",
        &[
            ("enabled", "true"),
            ("novncproxy_base_url", &format!("http://{BRIDGE}:6080/vnc_auto.html")),
            ("server_listen", BRIDGE),
            ("server_proxyclient_address", BRIDGE),
        ],
    )
    .section("spice", &[("enabled", "false")])
    .section("key_manager", &[("fixed_key", &"0".repeat(64))])
}

fn services(ini: Ini) -> Ini {
    let ini = ini
        .section("api", &[("auth_strategy", "keystone"), ("max_limit", "1000")])
        .section("glance", &[("region_name", REGION), ("api_servers", &GLANCE.url())]);
    let ini = service_user(authtoken(ini, NOVA.name), NOVA.name);
    let ini = client(client(client(ini, "neutron", "neutron"), "placement", "placement"), "cinder", "cinder");
    ini.section("neutron", &[("service_metadata_proxy", "true"), ("metadata_proxy_shared_secret", "rig")])
        .section("cinder", &[("os_region_name", REGION)])
}

/// Maps the host into its cell: without it the scheduler does not see it.
async fn discover(site: &Site) -> Result<()> {
    let mut seen = String::new();
    for _ in 0..DISCOVERIES {
        let admin = Admin::sign_in().await?;
        let answer = admin.get(&format!("{}/v2.1/os-hypervisors", NOVA.url())).await?;
        if http::items(&answer, "hypervisors").count() > 0 {
            return Ok(());
        }
        seen = answer.to_string();
        job::run(
            site,
            NOVA.name,
            "map the host into its cell",
            &["nova-manage", "cell_v2", "discover_hosts"],
        )
        .await?;
        tokio::time::sleep(DISCOVERY_PAUSE).await;
    }
    Err(Error::Part {
        part: NOVA.name.to_owned(),
        why: format!("no hypervisor is listed: {seen}"),
        log: Some(site.logs.join("nova-compute.log")),
        help: Nova.help().to_owned(),
    })
}

#[async_trait]
impl Part for Nova {
    fn name(&self) -> &'static str {
        NOVA.name
    }

    /// nova-compute asks Placement as it starts and would try again only after a minute.
    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached", "rabbitmq", "keystone", "placement"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let site = Site::of(cx);
        let daemon = |name: &str| job::daemon(&site, NOVA.name, name);
        let mut compute = daemon("nova-compute");
        let own = site.etc(NOVA.name).join("nova-compute.conf");
        compute.argv.extend(["--config-file".to_owned(), own.display().to_string()]);
        vec![
            uwsgi::api(&site, NOVA, uwsgi::BUSY, "nova.wsgi.osapi_compute:application"),
            daemon("nova-conductor"),
            daemon("nova-scheduler"),
            compute,
        ]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        http::workers_up(
            &format!("{}/v2.1/os-services", NOVA.url()),
            &["nova-conductor", "nova-scheduler", "nova-compute"],
        )
        .await
    }

    async fn settle(&self, cx: &Context) -> Result<()> {
        let site = Site::of(cx);
        discover(&site).await?;
        let what = "register the host that is off";
        job::run(&site, NOVA.name, what, &["python", "-m", "rig_drivers.spare"]).await
    }

    fn help(&self) -> &'static str {
        "look into nova-compute's log, then nova-conductor's; RabbitMQ and Placement must be ready first"
    }
}
