//! Where one OpenStack lies and how its parts find each other. Inside the rig's network namespace
//! every port is free, so all services use the ports of the books.

use crate::{
    error::Result,
    files::{self, io},
    part::Context,
    paths::{BRIDGE, Paths},
    process::SYSTEM_PATH,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The only region.
pub const REGION: &str = "RegionOne";
/// Password of the administrator: a test value, the cloud is reachable from its namespace only.
pub const ADMIN_PASSWORD: &str = "rig-admin";
/// Password of the user `demo`, who is no administrator.
pub const DEMO_PASSWORD: &str = "rig-demo";
/// Password of each service's own user.
pub(super) const SERVICE_PASSWORD: &str = "rig-service";
/// How the services reach RabbitMQ.
pub(super) const TRANSPORT: &str = "rabbit://rig:rig@10.85.0.1:5672/";

/// A service with an HTTP API.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Its project's name; also the part's and the service user's.
    pub name: &'static str,
    /// Where it listens.
    pub port: u16,
    /// Catalog entries: name, type, and what follows the address.
    pub(super) catalog: &'static [(&'static str, &'static str, &'static str)],
}

impl Service {
    /// The address of its API, without a version.
    pub fn url(&self) -> String {
        format!("http://{BRIDGE}:{}", self.port)
    }
}

/// Identity.
pub const KEYSTONE: Service =
    Service { name: "keystone", port: 5000, catalog: &[("keystone", "identity", "/v3")] };
/// Resource providers, for Nova.
pub const PLACEMENT: Service =
    Service { name: "placement", port: 8778, catalog: &[("placement", "placement", "")] };
/// Images.
pub const GLANCE: Service = Service { name: "glance", port: 9292, catalog: &[("glance", "image", "")] };
/// Networks.
pub const NEUTRON: Service = Service { name: "neutron", port: 9696, catalog: &[("neutron", "network", "")] };
/// Servers.
pub const NOVA: Service = Service { name: "nova", port: 8774, catalog: &[("nova", "compute", "/v2.1")] };
/// Volumes; clients ask for either type.
pub const CINDER: Service = Service {
    name: "cinder",
    port: 8776,
    catalog: &[("cinderv3", "volumev3", "/v3"), ("cinder", "block-storage", "/v3")],
};
/// The services that every rig runs.
pub const CORE: [Service; 6] = [KEYSTONE, PLACEMENT, GLANCE, NEUTRON, NOVA, CINDER];

/// The address tokens are asked from.
pub fn auth_url() -> String {
    format!("{}/v3", KEYSTONE.url())
}

/// The folders of one OpenStack: a rig's, or the one whose databases become the template.
#[derive(Clone, Debug)]
pub(super) struct Site {
    root: PathBuf,
    pub(super) venv: PathBuf,
    pub(super) logs: PathBuf,
    /// MariaDB's socket, while it listens nowhere else.
    pub(super) socket: Option<PathBuf>,
}

impl Site {
    /// The rig's own.
    pub(super) fn of(cx: &Context) -> Self {
        Self {
            root: cx.paths.state.join("openstack"),
            venv: cx.venv.clone(),
            logs: cx.paths.logs(),
            socket: None,
        }
    }

    /// The same, while its database listens on a socket only.
    pub(super) fn behind(&self, socket: &Path) -> Self {
        Self { socket: Some(socket.into()), ..self.clone() }
    }

    /// One under construction, with a database behind a socket.
    pub(super) fn draft(root: &Path, venv: &Path, logs: &Path, socket: &Path) -> Self {
        Self { root: root.into(), venv: venv.into(), logs: logs.into(), socket: Some(socket.into()) }
    }

    /// A service's HOME. Most projects look for `~/.<project>/` before `/etc`, so nothing is written there.
    pub(super) fn home(&self, service: &str) -> PathBuf {
        self.root.join("home").join(service)
    }

    /// A service's configuration.
    pub(super) fn etc(&self, service: &str) -> PathBuf {
        self.home(service).join(format!(".{service}"))
    }

    /// What a service keeps.
    pub(super) fn data(&self, service: &str) -> PathBuf {
        self.root.join("data").join(service)
    }

    /// Where a rig's faults are switched.
    pub(super) fn faults_of(paths: &Paths) -> PathBuf {
        paths.state.join("openstack/faults")
    }

    fn faults(&self) -> PathBuf {
        self.root.join("faults")
    }

    /// A program of the virtual environment.
    pub(super) fn program(&self, name: &str) -> String {
        self.venv.join("bin").join(name).display().to_string()
    }

    /// How SQLAlchemy reaches a database.
    pub(super) fn database(&self, name: &str) -> String {
        match &self.socket {
            Some(socket) => {
                format!(
                    "mysql+pymysql://rig:rig@localhost/{name}?charset=utf8&unix_socket={}",
                    socket.display()
                )
            }
            None => format!("mysql+pymysql://rig:rig@{BRIDGE}/{name}?charset=utf8"),
        }
    }

    /// The environment of a service's daemons and jobs.
    pub(super) fn env(&self, service: &str) -> Vec<(String, String)> {
        let text = |path: PathBuf| path.display().to_string();
        let mut env = vec![
            ("HOME".to_owned(), text(self.home(service))),
            ("PATH".to_owned(), format!("{}:{SYSTEM_PATH}", text(self.venv.join("bin")))),
            ("PYTHONWARNINGS".to_owned(), "ignore".to_owned()),
            ("PYTHONUNBUFFERED".to_owned(), "1".to_owned()),
            ("LC_ALL".to_owned(), "C.UTF-8".to_owned()),
            // A proxy of the host cannot reach into the namespace.
            ("no_proxy".to_owned(), "*".to_owned()),
            ("NO_PROXY".to_owned(), "*".to_owned()),
            ("RIG_FAULTS".to_owned(), text(self.faults())),
            // WSGI modules do not look into HOME.
            (format!("OS_{}_CONFIG_DIR", service.to_uppercase()), text(self.etc(service))),
        ];
        if service == NEUTRON.name {
            env.push(("OS_NEUTRON_CONFIG_FILES".to_owned(), "neutron.conf".to_owned()));
        }
        env
    }

    /// Makes a service's folders and copies the files its package brings (paste, policies, metadata definitions).
    pub(super) fn furnish(&self, service: &str) -> Result<()> {
        files::make_dir(&self.data(service).join("lock"))?;
        files::make_dir(&self.faults())?;
        files::make_dir(&self.etc(service))?;
        let packaged = self.venv.join("etc").join(service);
        if packaged.is_dir() { copy_tree(&packaged, &self.etc(service)) } else { Ok(()) }
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    files::make_dir(to)?;
    for entry in fs::read_dir(from).map_err(io(from))? {
        let path = entry.map_err(io(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_tree(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(io(&target))?;
        }
    }
    Ok(())
}
