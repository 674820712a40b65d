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

/// Images of the Jobs that make a database and its user, and of init containers.
pub const DATABASE_JOBS: &[Role] = &[
    ("bootstrap", Image::Client),
    ("db_init", Image::Client),
    ("db_drop", Image::Client),
    ("ks_user", Image::Client),
    ("dep_check", Image::Entrypoint),
];

/// Images of the Jobs that enter a service into the catalog.
pub const CATALOG_JOBS: &[Role] = &[("ks_service", Image::Client), ("ks_endpoints", Image::Client)];

/// Image of the Job that makes a user of the message broker.
pub const MESSAGING_JOBS: &[Role] = &[("rabbit_init", Image::Project("rabbitmq"))];
