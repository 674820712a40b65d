//! Which images there are, and what each stands on.

use crate::{cache::Cache, error::Result, openstack, paths::Paths};
use std::path::PathBuf;

/// Images that are made together, over one virtual environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// [`PROJECTS`].
    Core,
    /// [`FURTHER`].
    Further,
}

impl Set {
    pub(super) fn projects(self) -> &'static [Project] {
        match self {
            Self::Core => PROJECTS,
            Self::Further => FURTHER,
        }
    }

    /// The virtual environment with the set's services, built unless the cache has it.
    pub(super) async fn environment(self, cache: &Cache, paths: &Paths, release: &str) -> Result<PathBuf> {
        match self {
            Self::Core => openstack::provision_release(cache, paths, release).await,
            Self::Further => openstack::provision_further(cache, paths).await,
        }
    }
}

/// What an image stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A static program, and nothing else.
    Nothing,
    Debian,
    /// Debian and the virtual environment with the services of its set.
    OpenStack,
}

/// An image of the set.
#[derive(Debug)]
pub struct Project {
    /// Its name, and the image's.
    pub name: &'static str,
    pub(super) base: Base,
    /// The user that it runs as, under the number that charts expect.
    pub(super) user: (&'static str, u32),
    /// Folders of that user.
    pub(super) folders: &'static [&'static str],
}

const fn service(name: &'static str, folders: &'static [&'static str]) -> Project {
    Project { name, base: Base::OpenStack, user: (name, 42_424), folders }
}

const fn backing(name: &'static str, user: (&'static str, u32), folders: &'static [&'static str]) -> Project {
    Project { name, base: Base::Debian, user, folders }
}

/// The core services, what they stand on, and what Jobs of all services run.
pub const PROJECTS: &[Project] = &[
    backing("mariadb", ("mysql", 999), &["var/lib/mysql", "var/log/mysql", "run/mysqld"]),
    backing("rabbitmq", ("rabbitmq", 999), &["var/lib/rabbitmq", "var/log/rabbitmq"]),
    backing("memcached", ("nobody", 65_534), &[]),
    service("keystone", &["var/lib/keystone", "var/log/keystone", "var/www/cgi-bin/keystone"]),
    service("glance", &["var/lib/glance", "var/lib/glance/images", "var/log/glance"]),
    service("placement", &["var/lib/placement", "var/log/placement"]),
    service("neutron", &["var/lib/neutron", "var/log/neutron"]),
    service("nova", &["var/lib/nova", "var/lib/nova/instances", "var/log/nova"]),
    service("cinder", &["var/lib/cinder", "var/lib/cinder/conversion", "var/log/cinder"]),
    service("openstack-client", &[]),
    service("ceph-config-helper", &[]),
    Project { name: "kubernetes-entrypoint", base: Base::Nothing, user: ("nobody", 65_534), folders: &[] },
];

/// Services beyond the core, for tests and people that ask for them.
pub const FURTHER: &[Project] = &[
    service("barbican", &["var/lib/barbican", "var/log/barbican"]),
    service("heat", &["var/lib/heat", "var/log/heat"]),
    service("designate", &["var/lib/designate", "var/log/designate"]),
    service("octavia", &["var/lib/octavia", "var/log/octavia"]),
    service("horizon", &["var/lib/horizon", "var/www/html/horizon"]),
];
