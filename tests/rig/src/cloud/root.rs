//! The root file system under all images: packages of the Debian that this machine runs, since the virtual environment
//! over it was made with that Debian's Python.

use crate::{
    cache::{self, Cache},
    debian,
    error::{Error, Result},
    files,
    images::Layer,
    process,
    progress::Progress,
};
use std::path::Path;

/// Beside what every Debian has: the services that are not written in Python, and what charts' scripts call.
const PACKAGES: &[&str] = &[
    "apache2",
    "ca-certificates",
    "curl",
    "galera-4",
    "iproute2",
    "libapache2-mod-wsgi-py3",
    "mariadb-backup",
    "mariadb-server",
    "memcached",
    "netbase",
    "procps",
    "python3",
    "python3-iso8601",
    "python3-kubernetes",
    "python3-pymysql",
    "python3-sqlalchemy",
    "rabbitmq-server",
    "sudo",
];

/// Of no use in a container.
const LEFT_OUT: &[&str] = &["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"];

/// Data, keys and identities that packages make when they are installed: each container has its own. And a web site on
/// a port that only root may take.
const CLEAN: &str = r#"
rm -rf "$1"/var/lib/mysql/* "$1"/var/lib/rabbitmq/.erlang.cookie "$1"/etc/machine-id "$1"/var/cache/* "$1"/var/log/apt
rm -f "$1"/etc/ssl/private/ssl-cert-snakeoil.key "$1"/etc/ssl/certs/ssl-cert-snakeoil.pem "$1"/etc/apache2/sites-enabled/*
: > "$1"/etc/apache2/ports.conf
"#;

/// The layer, made unless the cache has it.
///
/// # Errors
/// The packages can't be fetched or installed.
pub(super) async fn provide(cache: &Cache, progress: &Progress) -> Result<Layer> {
    let release = codename(&files::read(Path::new("/etc/os-release"))?)?;
    let key = cache::key([&release, std::env::consts::ARCH, &PACKAGES.join(" "), &LEFT_OUT.join(" "), CLEAN]);
    let log = cache.log("layers", &format!("debian-{key}"));
    let make = async |tar: &Path| {
        debian::provision(cache, debian::FOR_IMAGES, progress).await?;
        bootstrap(&release, tar, &log).await
    };
    Layer::made(cache, "debian", &key, make).await
}

async fn bootstrap(release: &str, tar: &Path, log: &Path) -> Result<()> {
    let include = format!("--include={}", PACKAGES.join(","));
    let clean = format!("--customize-hook={}", CLEAN.trim().replace('\n', " && "));
    let mut command: Vec<String> =
        ["mmdebstrap", "--mode=root", "--variant=essential", "--skip=output/dev", &include, &clean]
            .map(str::to_owned)
            .to_vec();
    command.extend(LEFT_OUT.iter().map(|path| format!("--dpkgopt=path-exclude={path}")));
    command.extend([release.to_owned(), tar.display().to_string()]);
    // From where this machine has its own packages: a mirror may be all that can be reached.
    command.extend(sources().await?);
    // The same for all files, so that the same packages give the same bytes.
    let time = [("SOURCE_DATE_EPOCH".to_owned(), "0".to_owned())];
    process::run("making a root file system from Debian's packages", command, &time, None, log).await
}

async fn sources() -> Result<Vec<String>> {
    let line = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)";
    let command = ["apt-get", "indextargets", "--format", line, "Created-By: Packages", "Origin: Debian"];
    let lines = process::output("asking apt for its sources", command, &[], None).await?;
    Ok(lines.lines().map(str::to_owned).collect())
}

fn codename(os_release: &str) -> Result<String> {
    let name = os_release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.map(|name| name.trim_matches('"').to_owned()).ok_or_else(|| Error::Machine {
        what: "/etc/os-release names no VERSION_CODENAME".to_owned(),
        help: "images are made from packages of the Debian that runs here; the rig is made for Debian 12"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_the_one_that_runs_here() {
        assert_eq!(codename("ID=debian\nVERSION_CODENAME=bookworm\n").unwrap(), "bookworm");
        assert_eq!(codename("VERSION_CODENAME=\"trixie\"\n").unwrap(), "trixie");
        assert!(codename("ID=x\n").is_err());
    }
}
