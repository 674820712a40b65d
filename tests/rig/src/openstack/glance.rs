//! Glance: images, in files.

use super::{
    common::{authtoken, database, oslo},
    http,
    ini::Ini,
    site::{GLANCE, Site},
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
pub(super) struct Glance;

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(GLANCE.name)?;
    let data = |name: &str| site.data(GLANCE.name).join(name);
    for name in ["images", "staging", "tasks"] {
        files::make_dir(&data(name))?;
    }
    let store = |name: &str| data(name).display().to_string();
    let ini = Ini::default()
        .section(
            "DEFAULT",
            &[
                ("enabled_backends", "file:file"),
                // Without the brackets every POST /v2/images ends in a 500 that hides the parse error.
                ("enabled_import_methods", "[glance-direct,web-download,copy-image]"),
                ("worker_self_reference_url", &GLANCE.url()),
                ("node_staging_uri", &format!("file://{}", store("staging"))),
            ],
        )
        .section("glance_store", &[("default_backend", "file")])
        .section("file", &[("filesystem_store_datadir", &store("images"))])
        .section("os_glance_staging_store", &[("filesystem_store_datadir", &store("staging"))])
        .section("os_glance_tasks_store", &[("filesystem_store_datadir", &store("tasks"))])
        .section("paste_deploy", &[("flavor", "keystone")])
        // Tests upload a few bytes and call them what they like.
        .section(
            "image_formats",
            &[
                ("container_formats", "ami,ari,aki,bare,ovf,ova,docker,compressed"),
                ("require_image_format_match", "false"),
                ("gpt_safety_checks_nonfatal", "true"),
            ],
        );
    let ini = authtoken(oslo(ini, site, GLANCE.name), GLANCE.name);
    database(ini, site, "database", "glance").write(&site.etc(GLANCE.name).join("glance-api.conf"))
}

#[async_trait]
impl Part for Glance {
    fn name(&self) -> &'static str {
        GLANCE.name
    }

    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        vec![uwsgi::api(&Site::of(cx), GLANCE, uwsgi::QUIET, "glance.wsgi.api:application")]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::serves(&format!("{}/", GLANCE.url())).await)
    }

    fn help(&self) -> &'static str {
        "Glance needs MariaDB and room for images: see `cargo rig status` and the disk"
    }
}
