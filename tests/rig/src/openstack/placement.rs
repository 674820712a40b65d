//! Placement: what Nova's scheduler asks for room.

use super::{
    common::{authtoken, database, oslo},
    http,
    ini::Ini,
    site::{PLACEMENT, Site},
    uwsgi,
};
use crate::{
    error::Result,
    part::{Context, Daemon, Part, Readiness},
};
use async_trait::async_trait;

/// The part.
#[derive(Debug)]
pub(super) struct Placement;

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(PLACEMENT.name)?;
    let ini = Ini::default().section("api", &[("auth_strategy", "keystone")]);
    let ini = authtoken(oslo(ini, site, PLACEMENT.name), PLACEMENT.name);
    let ini = database(ini, site, "placement_database", "placement");
    ini.write(&site.etc(PLACEMENT.name).join("placement.conf"))
}

#[async_trait]
impl Part for Placement {
    fn name(&self) -> &'static str {
        PLACEMENT.name
    }

    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        vec![uwsgi::api(&Site::of(cx), PLACEMENT, uwsgi::QUIET, "placement.wsgi.api:application")]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::serves(&format!("{}/", PLACEMENT.url())).await)
    }

    fn help(&self) -> &'static str {
        "Placement needs MariaDB and Keystone: see whether both are ready in `cargo rig status`"
    }
}
