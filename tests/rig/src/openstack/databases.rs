//! The services' databases: made once a release, kept in the cache as a template, copied into each rig.
//!
//! Making the schemas takes half a minute on two cores, nearly all of it Python; copying them takes
//! a second. The template is MariaDB's folder after a clean stop, with Keystone's keys beside it.

use super::{
    cinder, glance, job, keystone,
    mariadb::{self, Draft},
    neutron, nova, placement,
    site::{ADMIN_PASSWORD, REGION, Site, TRANSPORT, auth_url},
    venv,
};
use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    part::Context,
    paths::Paths,
    process,
    progress::Progress,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::{fs, path::Path, path::PathBuf};

/// Raised when what is made here changes in a way that the jobs' text does not show.
const REVISION: &str = "1";
const NAMES: [&str; 8] =
    ["keystone", "placement", "glance", "neutron", "nova", "nova_api", "nova_cell0", "cinder"];
const KEYS: [&str; 2] = ["fernet", "credential"];

/// A cell's databases follow nova.conf, so that a template made behind a socket serves over TCP as well.
const CELL: &str = "{scheme}://{username}:{password}@{hostname}";

/// Each service's jobs as a shell script, the longest first: they decide how long all take.
fn jobs() -> [(&'static str, String); 6] {
    let (url, cell0, cell1) =
        (auth_url(), format!("{CELL}/nova_cell0?{{query}}"), format!("{CELL}/nova?{{query}}"));
    [
        (
            "neutron",
            "neutron-db-manage --config-file \"$HOME/.neutron/neutron.conf\" upgrade heads".to_owned(),
        ),
        (
            "nova",
            // Exit code 2: the cell is there already.
            format!(
                "nova-manage api_db sync\n\
                 nova-manage cell_v2 map_cell0 --database_connection '{cell0}'\n\
                 nova-manage cell_v2 create_cell --name cell1 --database_connection '{cell1}' \
                 --transport-url '{TRANSPORT}' || [ $? -eq 2 ]\n\
                 nova-manage db sync"
            ),
        ),
        (
            "keystone",
            format!(
                "mkdir -p -m 700 fernet credential\n\
                 keystone-manage db_sync\n\
                 keystone-manage fernet_setup --keystone-user root --keystone-group root\n\
                 keystone-manage credential_setup --keystone-user root --keystone-group root\n\
                 keystone-manage bootstrap --bootstrap-password {ADMIN_PASSWORD} --bootstrap-region-id {REGION} \
                 --bootstrap-admin-url {url} --bootstrap-internal-url {url} --bootstrap-public-url {url}"
            ),
        ),
        ("cinder", "cinder-manage db sync".to_owned()),
        (
            "glance",
            "glance-manage db_sync\nglance-manage db_load_metadefs \"$HOME/.glance/metadefs\"".to_owned(),
        ),
        ("placement", "placement-manage db sync".to_owned()),
    ]
}

/// A key over what the databases hold; drivers and patches are not part of it.
fn key(paths: &Paths) -> Result<String> {
    Ok(cache::key([venv::release_key(paths)?, format!("{REVISION}{NAMES:?}{:?}", jobs())]))
}

/// The template, made unless the cache has it. Needs the virtual environment and MariaDB's programs.
pub async fn provision_databases(cache: &Cache, paths: &Paths, venv: &Path) -> Result<PathBuf> {
    let key = key(paths)?;
    let log = cache.log("databases", &key);
    let build = async |at: &Path| {
        let (mysql, draft) = (at.join("mysql"), at.join("draft"));
        mariadb::install(&mysql, &log).await?;
        // Not in the folder that is built: a socket's path may have 107 bytes only.
        let socket = cache.root.join(format!("{key}.sock"));
        let site = Site::draft(&draft, venv, &cache.root.join("log"), &socket);
        synchronize(&site, &mysql, &log).await?;
        for name in KEYS {
            fs::rename(site.data("keystone").join(name), at.join(name)).map_err(io(at))?;
        }
        files::remove(&draft)
    };
    cache.ensure("databases", &key, "the services' databases", build).await
}

/// Puts a rig's databases in place before its MariaDB starts: a copy of the template, or what is there,
/// brought to the release that is installed now.
pub(super) async fn place(cx: &Context, site: &Site, mysql: &Path) -> Result<()> {
    let (key, stamp) = (key(&cx.paths)?, site.data("databases.key"));
    let log = cx.paths.log("databases");
    if !mysql.exists() {
        let cache = Cache::new(&cx.paths.cache, &Progress::quiet());
        let template = provision_databases(&cache, &cx.paths, &cx.venv).await?;
        for name in KEYS {
            copy(&template.join(name), &site.data("keystone").join(name), &log).await?;
        }
        copy(&template.join("mysql"), mysql, &log).await?;
    } else if fs::read_to_string(&stamp).is_ok_and(|have| have == key) {
        return Ok(());
    } else {
        let site = site.behind(&cx.paths.run().join("mariadb.sock"));
        synchronize(&site, mysql, &log).await?;
    }
    files::write(&stamp, key)
}

/// Copies a folder, whole or not at all.
async fn copy(from: &Path, to: &Path, log: &Path) -> Result<()> {
    let fresh = to.with_extension("new");
    files::remove(&fresh)?;
    files::remove(to)?;
    if let Some(folder) = to.parent() {
        files::make_dir(folder)?;
    }
    let words = ["cp".as_ref(), "-a".as_ref(), from.as_os_str(), fresh.as_os_str()];
    process::run("copy the databases' template", words, &[], None, log).await?;
    fs::rename(&fresh, to).map_err(io(to))
}

/// Runs all jobs against a database that listens on the site's socket only. Idempotent.
async fn synchronize(site: &Site, mysql: &Path, log: &Path) -> Result<()> {
    let Some(socket) = &site.socket else {
        let why = "the site names no socket".to_owned();
        return Err(Error::Command { what: "making the databases".to_owned(), why, log: None });
    };
    for configure in [
        keystone::configure,
        placement::configure,
        glance::configure,
        neutron::configure,
        nova::configure,
        cinder::configure,
    ] {
        configure(site)?;
    }
    let draft = Draft::start(mysql, socket, log).await?;
    draft.execute(&grants(), log).await?;
    let all: Vec<_> = jobs().into_iter().map(|(service, script)| make(site, service, script)).collect();
    stream::iter(all).buffer_unordered(side_by_side()).try_collect::<()>().await?;
    draft.stop(log).await
}

async fn make(site: &Site, service: &str, script: String) -> Result<()> {
    job::run(site, service, &format!("making {service}'s database"), &["sh", "-exc", &script]).await
}

/// One more than there are cores: each job waits for the database now and then.
fn side_by_side() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

fn grants() -> String {
    let mut sql = String::new();
    for host in ["%", "localhost"] {
        sql += &format!(
            "CREATE USER IF NOT EXISTS 'rig'@'{host}' IDENTIFIED BY 'rig'; GRANT ALL ON *.* TO 'rig'@'{host}';"
        );
    }
    for name in NAMES {
        sql += &format!("CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3;");
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_are_templates_that_nova_fills_from_its_configuration() {
        let [_, (service, script), ..] = jobs();
        assert_eq!(service, "nova");
        assert!(
            script.contains("'{scheme}://{username}:{password}@{hostname}/nova_cell0?{query}'"),
            "{script}"
        );
    }
}
