//! Releases of OpenStack that the rig can install: the versions of their services. Those of libraries are in
//! `tests/rig/constraints-<release>.txt`.

use crate::{
    error::{Error, Result},
    paths::Paths,
};
use std::path::PathBuf;

/// A release, and its core services at their latest point release.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) name: &'static str,
    services: [&'static str; 6],
    /// Plugins of Neutron that are packages of their own; their tables are made with Neutron's.
    plugins: &'static [&'static str],
}

/// The release that rigs run.
pub(super) const CURRENT: Release = Release {
    name: "2025.2",
    services: [
        "keystone==28.1.0",
        "openstack-placement==14.0.0",
        "glance==31.1.0",
        "neutron==27.0.4",
        "nova==32.2.1",
        "cinder==27.0.0",
    ],
    plugins: &[
        "neutron-vpnaas==27.0.0",
        "neutron-fwaas==23.0.0",
        "networking-bgpvpn==23.0.0",
        "neutron-dynamic-routing==27.0.0",
        "tap-as-a-service==16.0.0",
        "networking-sfc==21.0.0",
    ],
};

/// What clouds in pods are upgraded from: images only, since no rig runs it.
const PREVIOUS: Release = Release {
    name: "2025.1",
    services: [
        "keystone==27.1.0",
        "openstack-placement==13.0.1",
        "glance==30.2.0",
        "neutron==26.0.6",
        "nova==31.3.1",
        "cinder==26.3.0",
    ],
    plugins: &[],
};

const RELEASES: [&Release; 2] = [&PREVIOUS, &CURRENT];

/// Name of the release that rigs run.
pub const RELEASE: &str = CURRENT.name;

/// Name of the release before it.
pub const PREVIOUS_RELEASE: &str = PREVIOUS.name;

/// What packages are built with: later ones lack `pkg_resources`, which old packages import while they are built.
pub(super) const SETUPTOOLS: &str = "setuptools==80.9.0";

/// What goes with the services of any release. Constraints have neither the services nor what is pinned here.
const COMMON: &[&str] = &[
    "pyuwsgi==2.0.30.post1",
    SETUPTOOLS,
    "certifi==2026.10.18",
    "pymysql",
    "pymemcache",
    "python-memcached",
    "openstacksdk",
    "python-openstackclient",
    "osc-placement",
];

/// Services beyond the core, of the current release. They have a virtual environment of their own: it is made for who
/// asks for them, and nobody else waits for it.
const FURTHER: &[&str] =
    &["barbican==21.0.0", "openstack-heat==25.0.2", "designate==21.0.1", "octavia==17.0.1", "horizon"];

/// Those and what goes with them, as the package installer takes them.
pub(super) fn further() -> Vec<&'static str> {
    [FURTHER, COMMON].concat()
}

impl Release {
    /// The release of a name; the error lists those that there are.
    pub(super) fn named(name: &str) -> Result<&'static Self> {
        RELEASES.into_iter().find(|release| release.name == name).ok_or_else(|| Error::Machine {
            what: format!("the rig does not know release {name} of OpenStack"),
            help: format!("it knows {}", RELEASES.map(|release| release.name).join(", ")),
        })
    }

    /// The services and what goes with them, as the package installer takes them.
    pub(super) fn core(&self) -> Vec<&'static str> {
        [&self.services, self.plugins, COMMON].concat()
    }

    /// The file that pins the libraries.
    pub(super) fn constraints(&self, paths: &Paths) -> PathBuf {
        paths.checkout.join(format!("tests/rig/constraints-{}.txt", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn a_release_is_found_by_its_name_and_an_unknown_one_is_refused_with_those_that_there_are() {
        for release in RELEASES {
            assert_eq!(Release::named(release.name).unwrap().name, release.name);
        }
        let Err(Error::Machine { what, help }) = Release::named("2024.2") else { panic!() };
        assert!(what.contains("2024.2"), "{what}");
        assert_eq!(help, "it knows 2025.1, 2025.2");
    }

    #[test]
    fn all_releases_have_the_same_services_each_pinned_to_one_version() {
        let names = |release: &Release| release.services.map(|service| service.split_once("==").unwrap().0);
        assert_eq!(names(&PREVIOUS), names(&CURRENT));
    }

    #[test]
    fn constraints_pin_every_library_that_is_named_without_a_version_and_none_that_has_one() {
        // As the package index compares names.
        let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
        let sets = [(&PREVIOUS, PREVIOUS.core()), (&CURRENT, CURRENT.core()), (&CURRENT, further())];
        for (release, packages) in sets {
            let file = format!("constraints-{}.txt", release.name);
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
            let pinned: Vec<String> =
                text.lines().filter_map(|line| Some(plain(line.split_once("==")?.0))).collect();
            for package in packages {
                let (name, version) = package.split_once("==").unwrap_or((package, ""));
                assert_eq!(pinned.contains(&plain(name)), version.is_empty(), "{}: {package}", release.name);
            }
        }
    }
}
