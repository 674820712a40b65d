//! Which image a chart's name for one means.

/// What an image is called, where the spec says how images are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Of a project: `<registry>/<project>:<release>-<distribution>`.
    Project(&'static str),
    /// The one with the clients that jobs use.
    Client,
    /// The one that init containers wait with.
    Entrypoint,
}

impl Image {
    /// Its name in the registry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Project(project) => project,
            Self::Client => "openstack-client",
            Self::Entrypoint => "kubernetes-entrypoint",
        }
    }
}

/// A chart's name for an image, and which one it is.
pub type Role = (&'static str, Image);

/// Image of init containers, which all pods have.
pub const ENTRYPOINT: &[Role] = &[("dep_check", Image::Entrypoint)];

/// Images of the Jobs that make a database, or drop it.
pub const DATABASE_JOBS: &[Role] = &[("db_init", Image::Client), ("db_drop", Image::Client)];

/// Images of the Jobs that enter a service and its user into Keystone.
pub const CATALOG_JOBS: &[Role] =
    &[("ks_user", Image::Client), ("ks_service", Image::Client), ("ks_endpoints", Image::Client)];

/// Image of the Job that makes what a service needs at its beginning.
pub const BOOTSTRAP_JOB: &[Role] = &[("bootstrap", Image::Client)];

/// Image of the Job that makes a user of the message broker.
pub const MESSAGING_JOBS: &[Role] = &[("rabbit_init", Image::Project("rabbitmq"))];
