//! Cinder: volumes that hold nothing, in a pool that never fills, and backups of nothing.

use super::{
    common::{authtoken, client, database, oslo, service_user},
    http::{self, Admin},
    ini::Ini,
    job,
    site::{CINDER, GLANCE, Site, TRANSPORT},
    uwsgi,
};
use crate::{
    error::Result,
    files,
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
};
use async_trait::async_trait;
use serde_json::json;

/// The part.
#[derive(Debug)]
pub(super) struct Cinder;

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(CINDER.name)?;
    let (etc, data) = (site.etc(CINDER.name), site.data(CINDER.name));
    files::make_dir(&data.join("conversion"))?;
    files::make_dir(&data.join("backups"))?;
    let file = |name: &str| etc.join(name).display().to_string();
    let ini = Ini::default().section(
        "DEFAULT",
        &[
            ("transport_url", TRANSPORT),
            ("auth_strategy", "keystone"),
            ("api_paste_config", &file("api-paste.ini")),
            ("resource_query_filters_file", &file("resource_filters.json")),
            ("rootwrap_config", &file("rootwrap.conf")),
            ("state_path", &data.display().to_string()),
            ("image_conversion_dir", &data.join("conversion").display().to_string()),
            ("my_ip", BRIDGE),
            ("host", "rig"),
            ("enabled_backends", "rig"),
            ("backup_driver", "cinder.backup.drivers.posix.PosixBackupDriver"),
            ("backup_manager", "rig_drivers.backup.RigBackupManager"),
            ("backup_posix_path", &data.join("backups").display().to_string()),
            ("default_volume_type", "rig"),
            ("glance_api_servers", &GLANCE.url()),
            // No CapacityFilter: the pool never fills.
            ("scheduler_default_filters", "AvailabilityZoneFilter,CapabilitiesFilter"),
            // There is no second backend to try.
            ("scheduler_max_attempts", "1"),
            ("osapi_volume_workers", "1"),
            ("allow_availability_zone_fallback", "true"),
        ],
    );
    let ini = quotas(ini)
        .section(
            "rig",
            &[("volume_driver", "rig_drivers.volume.RigVolumeDriver"), ("volume_backend_name", "rig")],
        )
        .section("key_manager", &[("fixed_key", &"0".repeat(64))])
        .section(
            "coordination",
            &[("backend_url", &format!("file://{}", data.join("coordination").display()))],
        );
    let ini = service_user(authtoken(oslo(ini, site, CINDER.name), CINDER.name), CINDER.name);
    database(client(ini, "nova", "nova"), site, "database", "cinder").write(&etc.join("cinder.conf"))
}

/// Tests that want a quota's error set one on their own project.
fn quotas(ini: Ini) -> Ini {
    ini.section(
        "DEFAULT",
        &[
            ("quota_volumes", "-1"),
            ("quota_snapshots", "-1"),
            ("quota_gigabytes", "-1"),
            ("quota_backups", "-1"),
            ("quota_backup_gigabytes", "-1"),
            ("quota_groups", "-1"),
            ("per_volume_size_limit", "-1"),
        ],
    )
}

#[async_trait]
impl Part for Cinder {
    fn name(&self) -> &'static str {
        CINDER.name
    }

    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached", "rabbitmq", "keystone"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let site = Site::of(cx);
        vec![
            uwsgi::api(&site, CINDER, uwsgi::BUSY, "cinder.wsgi.api:application"),
            job::daemon(&site, CINDER.name, "cinder-scheduler"),
            job::daemon(&site, CINDER.name, "cinder-volume"),
            job::daemon(&site, CINDER.name, "cinder-backup"),
        ]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        let workers = ["cinder-scheduler", "cinder-volume", "cinder-backup"];
        http::workers_up(&format!("{}/v3/os-services", CINDER.url()), &workers).await
    }

    /// Makes the default volume type: volumes that name none are refused without it.
    async fn settle(&self, _: &Context) -> Result<()> {
        let admin = Admin::sign_in().await?;
        let url = format!("{}/v3/types", CINDER.url());
        let types = admin.get(&url).await?;
        if http::items(&types, "volume_types").any(|kind| kind["name"] == "rig") {
            return Ok(());
        }
        let kind = json!({"volume_type": {"name": "rig", "extra_specs": {"volume_backend_name": "rig"}}});
        admin.post(&url, &kind).await.map(drop)
    }

    fn help(&self) -> &'static str {
        "look into cinder-volume's log: it loads the rig's own driver from tests/rig/drivers"
    }
}
