//! MariaDB, with every promise about a power failure given up: schemas are made and tests run faster.

use super::{databases, http, site::Site};
use crate::{
    error::{Error, Result},
    files::{self, io},
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
    process,
};
use async_trait::async_trait;
use std::{fs::OpenOptions, path::Path, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    net::UnixStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

const PORT: u16 = 3306;
const SERVER: &str = "/usr/sbin/mariadbd";
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// The part.
#[derive(Debug)]
pub(super) struct MariaDb;

impl MariaDb {
    fn folder(site: &Site) -> PathBuf {
        site.data("mysql")
    }

    fn socket(cx: &Context) -> PathBuf {
        cx.paths.run().join("mariadb.sock")
    }
}

#[async_trait]
impl Part for MariaDb {
    fn name(&self) -> &'static str {
        "mariadb"
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        let site = Site::of(cx);
        if UnixStream::connect(Self::socket(cx)).await.is_ok() {
            // It runs, so its databases are in place.
            return Ok(());
        }
        databases::place(cx, &site, &Self::folder(&site)).await
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let mut argv = server(&Self::folder(&Site::of(cx)), &Self::socket(cx));
        argv.extend([format!("--bind-address={BRIDGE}"), format!("--port={PORT}")]);
        vec![Daemon { name: "mariadb".to_owned(), argv, ..Daemon::default() }]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::listens(BRIDGE, PORT).await)
    }

    fn help(&self) -> &'static str {
        "a database of an earlier release or a full disk: `cargo rig down --purge` makes it anew"
    }
}

/// The server's command, but for where it listens.
fn server(folder: &Path, socket: &Path) -> Vec<String> {
    let fixed = [
        "--user=root",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--performance-schema=OFF",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=256M",
        "--innodb-log-file-size=16M",
        "--max-connections=2000",
        "--table-open-cache=4000",
        "--character-set-server=utf8mb3",
    ];
    let mut argv = vec![SERVER.to_owned(), "--no-defaults".to_owned()];
    argv.push(format!("--datadir={}", folder.display()));
    argv.push(format!("--socket={}", socket.display()));
    argv.push(format!("--pid-file={}", socket.with_extension("pid").display()));
    argv.extend(fixed.map(str::to_owned));
    argv
}

/// Makes an empty data folder.
pub(super) async fn install(folder: &Path, log: &Path) -> Result<()> {
    let words = [
        "mariadb-install-db",
        "--no-defaults",
        "--user=root",
        &format!("--datadir={}", folder.display()),
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        // Otherwise the first redo log's size stays for good.
        "--innodb-log-file-size=16M",
    ];
    process::run("making MariaDB's folder", words, &[], None, log).await
}

/// A server for one-off jobs that listens on a socket only; it ends with this value.
#[derive(Debug)]
pub(super) struct Draft {
    child: Child,
    socket: PathBuf,
}

impl Draft {
    pub(super) async fn start(folder: &Path, socket: &Path, log: &Path) -> Result<Self> {
        files::remove(socket)?;
        let out = OpenOptions::new().create(true).append(true).open(log).map_err(io(log))?;
        let err = out.try_clone().map_err(io(log))?;
        let mut command = Command::new(SERVER);
        command.args(server(folder, socket).into_iter().skip(1)).arg("--skip-networking");
        command.stdin(Stdio::null()).stdout(out).stderr(err).kill_on_drop(true);
        let mut child = command.spawn().map_err(io(Path::new(SERVER)))?;
        let reached = timeout(PATIENCE, async {
            while UnixStream::connect(socket).await.is_err() {
                if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                    return false;
                }
                sleep(POLL).await;
            }
            true
        });
        match reached.await {
            Ok(true) => Ok(Self { child, socket: socket.to_path_buf() }),
            Ok(false) | Err(_) => Err(Error::Command {
                what: "starting MariaDB to make the databases".to_owned(),
                why: files::tail(log, 15),
                log: Some(log.to_path_buf()),
            }),
        }
    }

    pub(super) async fn execute(&self, sql: &str, log: &Path) -> Result<()> {
        let socket = format!("--socket={}", self.socket.display());
        let words = ["mariadb", "--no-defaults", "--user=root", &socket, "--execute", sql];
        process::run("making users and databases", words, &[], None, log).await
    }

    /// Stops it cleanly: the folder can be copied then.
    pub(super) async fn stop(mut self, log: &Path) -> Result<()> {
        let socket = format!("--socket={}", self.socket.display());
        let words = ["mariadb-admin", "--no-defaults", "--user=root", &socket, "shutdown"];
        process::run("stopping MariaDB", words, &[], None, log).await?;
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            other => Err(Error::Command {
                what: "stopping MariaDB".to_owned(),
                why: format!("{other:?}"),
                log: Some(log.to_path_buf()),
            }),
        }
    }
}
