//! What the machine must have, asked before anything is built or changed.

use crate::{
    cache::Cache,
    debian,
    error::{Error, Result},
    go,
    lifecycle::{Settings, Side},
    paths::Paths,
    process,
};
use std::{fs, path::Path};

/// Sources, build caches and what is built from them.
const COLD_GIB: u64 = 20;
/// The same for etcd and kube-apiserver alone, and what they write.
const COLD_SERVERS_GIB: u64 = 6;
const SERVERS_GIB: u64 = 1;
/// Databases, images and logs of one rig.
const WARM_GIB: u64 = 3;
/// The images of a cloud's services: in the cache, in the registry, and unpacked.
pub const IMAGES_GIB: u64 = 6;
/// All services together, with room for a test suite.
const MEMORY_GIB: u64 = 8;
const GO: (u32, u32) = (1, 21);
const PYTHON: (u32, u32) = (3, 11);

fn lacks(what: impl Into<String>, help: impl Into<String>) -> Error {
    Error::Machine { what: what.into(), help: help.into() }
}

/// What a variable that has to be set says.
///
/// # Errors
/// It is not set.
pub fn variable(name: &str) -> Result<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
        let help = format!("set it to what `external` means: KUBECONFIG=… or OS_CLOUD=…, here {name}");
        lacks(format!("${name} is not set"), help)
    })
}

/// Everything that can be found out without changing anything; `warm` if no Go program has to be built.
pub async fn check(paths: &Paths, wanted: &Settings, warm: bool) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Err(lacks(
            "the rig needs root: it makes network namespaces, mounts and control groups",
            "run it as root, best in a virtual machine",
        ));
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    for (bit, name) in
        [(12, "CAP_NET_ADMIN"), (21, "CAP_SYS_ADMIN"), (18, "CAP_SYS_CHROOT"), (0, "CAP_CHOWN")]
    {
        if !capable(&status, bit) {
            let help = "when this is a container, start it with --privileged";
            return Err(lacks(format!("root lacks the capability {name} here"), help));
        }
    }
    overlay().await?;
    if !Path::new("/sys/fs/cgroup").is_dir() {
        return Err(lacks("/sys/fs/cgroup is not there", "mount control groups: containers need them"));
    }
    space(paths, if warm { WARM_GIB } else { COLD_GIB })?;
    // What runs already is not needed again.
    if crate::sweep::marked(paths).is_empty() {
        memory()?;
    }
    if !debian::missing(debian::PACKAGES).is_empty() {
        version(
            "apt-get",
            &["apt-get", "--version"],
            (1, 0),
            "packages are missing and only Debian's way to install them is known here",
        )
        .await?;
    }
    if !warm {
        version("Go", &["go", "version"], GO, "install Go: Kubernetes and Crossplane are built from source")
            .await?;
    }
    if wanted.openstack == Side::Own {
        version(
            "Python",
            &["python3", "--version"],
            PYTHON,
            "install python3 and python3-venv: OpenStack is written in it",
        )
        .await?;
    }
    Ok(())
}

/// Whether a bit is set in the effective capabilities.
fn capable(status: &str, bit: u32) -> bool {
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let set = line.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
    set >> bit & 1 == 1
}

async fn overlay() -> Result<()> {
    let known = || {
        fs::read_to_string("/proc/filesystems")
            .unwrap_or_default()
            .split_ascii_whitespace()
            .any(|one| one == "overlay")
    };
    if !known() {
        // Whether that helped is asked again right after.
        drop(process::output("loading overlay", ["modprobe", "overlay"], &[], None).await);
    }
    if known() {
        Ok(())
    } else {
        Err(lacks(
            "the kernel has no overlay file system",
            "run `modprobe overlay` on the host: containers' images need it",
        ))
    }
}

/// The nearest folder above that exists already.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"))
}

/// Whether cache and state have room for so many GB.
///
/// # Errors
/// One of them has less.
pub fn space(paths: &Paths, wanted: u64) -> Result<()> {
    let help = format!(
        "make room, or put the cache elsewhere with $XDG_CACHE_HOME; the first `up` needs {COLD_GIB} GB, later ones {WARM_GIB} GB, images of a cloud {IMAGES_GIB} GB"
    );
    [&paths.cache, &paths.state].into_iter().try_for_each(|folder| room(folder, wanted, &help))
}

fn room(folder: &Path, wanted: u64, help: &str) -> Result<()> {
    let place = existing(folder);
    let Ok(stat) = rustix::fs::statvfs(place) else { return Ok(()) };
    let free = (stat.f_bavail * stat.f_frsize) >> 30;
    if free < wanted {
        return Err(lacks(format!("{} has {free} GB free, {wanted} are needed", place.display()), help));
    }
    Ok(())
}

/// What etcd and kube-apiserver alone need.
///
/// # Errors
/// There is no room, or they are not built and there is no Go.
pub async fn for_servers(cache: &Cache, paths: &Paths) -> Result<()> {
    room(&paths.state, SERVERS_GIB, "make room, or name another folder by $TMPDIR")?;
    if go::has_servers(cache, &paths.checkout)? {
        return Ok(());
    }
    let help = "make room, or put the caches elsewhere with $XDG_CACHE_HOME, $GOCACHE and $GOMODCACHE";
    room(&paths.cache, COLD_SERVERS_GIB, help)?;
    version("Go", &["go", "version"], GO, "install Go: etcd and kube-apiserver are built from source").await
}

fn memory() -> Result<()> {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let free = available_kib(&text).unwrap_or(u64::MAX) >> 20;
    if free >= MEMORY_GIB {
        return Ok(());
    }
    let help = "end what else runs (another rig? `cargo rig status`), or bring up a half: `cargo rig up --only kubernetes`";
    Err(lacks(format!("{free} GB of memory are available, {MEMORY_GIB} are needed"), help))
}

fn available_kib(meminfo: &str) -> Option<u64> {
    meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?
        .split_ascii_whitespace()
        .next()?
        .parse()
        .ok()
}

async fn version(name: &str, cmd: &[&str], least: (u32, u32), help: &str) -> Result<()> {
    let text = process::output(name, cmd, &[], None)
        .await
        .map_err(|_| lacks(format!("{name} is not installed"), help))?;
    match first_version(&text) {
        Some(found) if found >= least => Ok(()),
        found => {
            let found =
                found.map_or("of an unknown version".to_owned(), |(major, minor)| format!("{major}.{minor}"));
            Err(lacks(format!("{name} is {found}, at least {}.{} is needed", least.0, least.1), help))
        }
    }
}

/// The first thing in a text that looks like a version.
fn first_version(text: &str) -> Option<(u32, u32)> {
    text.split_ascii_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches("go").split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        assert_eq!(first_version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(first_version("Python 3.11.7"), Some((3, 11)));
        assert_eq!(first_version("no"), None);
    }

    #[test]
    fn capabilities_and_memory_are_read_from_what_the_kernel_says() {
        assert!(capable("CapEff:\t0000000000001000\n", 12));
        assert!(!capable("CapEff:\t0000000000001000\n", 21));
        assert_eq!(available_kib("MemTotal: 9 kB\nMemAvailable:   42 kB\n"), Some(42));
    }
}
