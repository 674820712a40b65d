//! What comes from Debian: installed only when missing, and never started by its package.

use crate::{
    cache::Cache,
    error::{Error, Result},
    files::{self, Lock, io},
    process,
    progress::Progress,
};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// A package, and the file that proves it is there.
pub type Package = (&'static str, &'static str);

/// What every rig needs.
pub const PACKAGES: &[Package] = &[
    ("ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
    ("util-linux", "/usr/bin/nsenter"),
    ("mount", "/bin/mount"),
    ("kmod", "/usr/sbin/modprobe"),
    ("procps", "/usr/sbin/sysctl"),
    ("iproute2", "/usr/sbin/ip"),
    ("iptables", "/usr/sbin/iptables"),
    ("conntrack", "/usr/sbin/conntrack"),
    ("containerd", "/usr/bin/containerd"),
    ("runc", "/usr/sbin/runc"),
    ("containernetworking-plugins", "/usr/lib/cni/bridge"),
    // Not `/bin/busybox`: the one with shared libraries has the same name and does not run in an empty image.
    ("busybox-static", "/var/lib/dpkg/info/busybox-static.list"),
    ("mariadb-server", "/usr/sbin/mariadbd"),
    ("rabbitmq-server", "/usr/sbin/rabbitmq-server"),
    ("memcached", "/usr/bin/memcached"),
    ("python3-venv", "/var/lib/dpkg/info/python3-venv.list"),
];

/// What makes root file systems for images.
pub const FOR_IMAGES: &[Package] = &[("mmdebstrap", "/usr/bin/mmdebstrap")];

/// Exit code 101 tells Debian's maintainer scripts not to start or restart any service.
const POLICY: &str = "#!/bin/sh\n# Written by kupenstack-rig while it installs packages: none of them may start a service.\nexit 101\n";

/// Packages whose proof is missing.
pub fn missing(packages: &[Package]) -> Vec<&'static str> {
    packages.iter().filter(|(_, proof)| !Path::new(proof).exists()).map(|(package, _)| *package).collect()
}

/// Installs what is missing.
pub async fn provision(cache: &Cache, packages: &[Package], progress: &Progress) -> Result<()> {
    let wanted = missing(packages);
    if wanted.is_empty() {
        return Ok(());
    }
    let busy = || progress.say("waiting for another rig that installs packages");
    let _lock = Lock::take(cache.root.join("locks/debian"), busy).await?;
    let step = progress.step("install packages", &format!("installing {}", wanted.join(" ")));
    let _policy = Policy::put(Path::new("/usr/sbin/policy-rc.d"))?;
    let log = cache.log("debian", "packages");
    if install(&wanted, &log).await.is_err() {
        apt(&["update"], &log).await?;
        install(&wanted, &log).await?;
    }
    step.done();
    match missing(packages).as_slice() {
        [] => Ok(()),
        still => Err(Error::Machine {
            what: format!("packages were installed, but their files are missing: {}", still.join(" ")),
            help: format!("look into {}; the rig is made for Debian 12", log.display()),
        }),
    }
}

async fn install(packages: &[&str], log: &Path) -> Result<()> {
    let words = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    apt(&words, log).await
}

async fn apt(words: &[&str], log: &Path) -> Result<()> {
    let cmd = [&["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=300"], words].concat();
    let env = [("DEBIAN_FRONTEND".to_owned(), "noninteractive".to_owned())];
    process::run("apt-get", cmd, &env, None, log).await
}

/// `policy-rc.d` for as long as packages are installed; somebody else's is respected.
struct Policy(Option<PathBuf>);

impl Policy {
    fn put(path: &Path) -> Result<Self> {
        if path.exists() {
            return Ok(Self(None));
        }
        files::write(path, POLICY)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).map_err(io(path))?;
        Ok(Self(Some(path.to_path_buf())))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // Only ours; were it to stay, it would still do no more than keep services from starting.
            drop(files::remove(&path));
        }
    }
}
