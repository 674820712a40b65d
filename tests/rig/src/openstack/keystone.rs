//! Keystone: identity and the catalog. Its schema, keys and first administrator come with the
//! databases' template; users, roles and the catalog are put in over its API once it serves.

use super::{
    catalog, clouds,
    common::{database, oslo},
    http,
    ini::Ini,
    site::{KEYSTONE, Site},
    uwsgi,
};
use crate::{
    error::Result,
    files,
    part::{Context, Daemon, Part, Readiness},
};
use async_trait::async_trait;

/// What checks the tokens of an identity provider, in a module of its own before Keystone's.
const FEDERATION: &str = include_str!("../../drivers/federation/rig_federation.py");

/// The part.
#[derive(Debug)]
pub(super) struct Keystone;

/// Writes its configuration.
pub(super) fn configure(site: &Site) -> Result<()> {
    site.furnish(KEYSTONE.name)?;
    let data = site.data(KEYSTONE.name);
    let (fernet, credential) =
        (data.join("fernet").display().to_string(), data.join("credential").display().to_string());
    let ini = Ini::default()
        .section("DEFAULT", &[("log_opts", "false"), ("max_token_size", "512")])
        .section("token", &[("provider", "fernet"), ("expiration", "86400")])
        .section("fernet_tokens", &[("key_repository", &fernet)])
        .section("fernet_receipts", &[("key_repository", &fernet)])
        .section("credential", &[("key_repository", &credential)])
        .section(
            "cache",
            &[
                // While the template is made there is no memcached.
                ("enabled", if site.socket.is_some() { "false" } else { "true" }),
                ("backend", "oslo_cache.memcache_pool"),
                ("memcache_servers", "10.85.0.1:11211"),
            ],
        )
        // The fewest rounds bcrypt allows: a token takes milliseconds.
        .section("identity", &[("password_hash_algorithm", "bcrypt"), ("password_hash_rounds", "4")])
        .section("auth", &[("methods", "external,password,token,oauth1,mapped,application_credential,totp")]);
    let ini = database(oslo(ini, site, KEYSTONE.name), site, "database", "keystone");
    files::write(&site.data(KEYSTONE.name).join("rig_federation.py"), FEDERATION)?;
    ini.write(&site.etc(KEYSTONE.name).join("keystone.conf"))
}

#[async_trait]
impl Part for Keystone {
    fn name(&self) -> &'static str {
        KEYSTONE.name
    }

    fn needs(&self) -> &'static [&'static str] {
        &["mariadb", "memcached"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        configure(&Site::of(cx))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let site = Site::of(cx);
        let mut daemon = uwsgi::api(&site, KEYSTONE, uwsgi::BUSY, "rig_federation:application");
        let folder = site.data(KEYSTONE.name).display().to_string();
        daemon.argv.extend(["--pythonpath".to_owned(), folder]);
        vec![daemon]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::serves(&format!("{}/v3", KEYSTONE.url())).await)
    }

    async fn settle(&self, cx: &Context) -> Result<()> {
        catalog::fill().await?;
        clouds::write(&cx.paths.clouds_yaml())
    }

    fn help(&self) -> &'static str {
        "Keystone answers from MariaDB: look into mariadb's log as well; `cargo rig down --purge` makes the databases anew"
    }
}
