//! What is known of a chart beside its text.

use super::parameters::ComponentParameters;
use crate::{
    api::crd::Scale,
    kind::{Options, Params},
};
use serde_json::{Map, Value};

/// A component: the facts of its chart. Constants only, but for what a spec can say instead.
pub trait Chart: Sized + Send + Sync + 'static {
    /// How many pods it has of what; a field a kind of pod.
    type Replicas: Params;
    /// The facts.
    const FACTS: Facts;

    /// How to ask whether it answers.
    fn probe(_: &ComponentParameters<Self::Replicas>) -> Probe {
        Self::FACTS.probe
    }

    /// Further connection details, from those that the release tells.
    fn connection(_: &mut crate::kind::ConnectionDetails) {}
}

/// The facts of a chart.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Kubernetes kind: `Keystone`.
    pub kind: &'static str,
    /// Plural, lower case.
    pub plural: &'static str,
    /// What it is, one sentence.
    pub about: &'static str,
    /// Where it is described.
    pub docs: &'static str,
    /// Name of the chart, and of the release; none where the spec says it.
    pub chart: Option<&'static str>,
    /// What it is given.
    pub given: Given,
    /// What `kubectl scale` sets.
    pub scale: Option<Scaled>,
    /// Fields of the replicas, and the chart's values that they are.
    pub replicas: &'static [(&'static str, &'static str)],
    /// Values that come from the Secrets that it is given, as of every component that is given the like.
    pub shared_wiring: &'static [&'static [Wire]],
    /// Such values of its own.
    pub wiring: &'static [Wire],
    /// Images by the chart's name for them, below `images.tags`, as of every chart that has such Jobs.
    pub shared_images: &'static [&'static [Role]],
    /// Such images of its own.
    pub images: &'static [Role],
    /// Values that are false unless somebody says otherwise, whatever the chart says.
    pub switched_off: &'static [&'static str],
    /// Jobs that change a database's schema, which run before an upgrade touches anything.
    pub migrations: &'static [&'static str],
    /// Jobs that wait for the first compute node, which is no failure.
    pub awaits_nodes: &'static [&'static str],
    /// How to ask whether it answers.
    pub probe: Probe,
    /// Its connection details.
    pub tells: &'static [Tell],
    /// Keys of the connection secret.
    pub connection: &'static [&'static str],
}

/// Types of the conditions that components have beside the usual ones, as `release` says them.
const CONDITIONS: &[&str] = &["Rendered", "JobsSucceeded", "WorkloadsReady", "APIReachable"];

impl Facts {
    /// What components do otherwise than most kinds.
    pub const fn options(&self) -> Options {
        Options {
            mirrors: false,
            calm: true,
            local_names: true,
            awaited: false,
            guards: true,
            conditions: CONDITIONS,
            scale: match self.scale {
                Some(Scaled { replicas, .. }) => {
                    Some(Scale { spec: replicas, status: "scale.replicas", selector: "scale.selector" })
                }
                None => None,
            },
            without: self.given.without,
        }
    }
}

/// What `kubectl scale` sets.
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    /// Field of the parameters: `replicas.api`.
    pub replicas: &'static str,
    /// The Deployment or StatefulSet behind it.
    pub workload: &'static str,
}

/// Which of the things that there are a component is given.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Fields of the parameters that it needs, each a group of one.
    pub requires: &'static [&'static [&'static str]],
    /// Fields of the parameters that it lacks.
    pub without: &'static [&'static str],
}

impl Given {
    /// Passwords alone: what stands on nothing else.
    pub const PASSWORDS: Self = Self {
        requires: &[&["passwords"]],
        without: &["databaseConnection", "messagingConnection", "cacheConnection", "identityConnection"],
    };
    /// All but Keystone: Keystone itself.
    pub const ALL_BUT_IDENTITY: Self = Self {
        requires: &[&["databaseConnection"], &["messagingConnection"], &["cacheConnection"], &["passwords"]],
        without: &["identityConnection"],
    };
    /// All but a message broker.
    pub const ALL_BUT_MESSAGING: Self = Self {
        requires: &[&["databaseConnection"], &["cacheConnection"], &["identityConnection"], &["passwords"]],
        without: &["messagingConnection"],
    };
    /// Everything.
    pub const ALL: Self = Self {
        requires: &[
            &["databaseConnection"],
            &["messagingConnection"],
            &["cacheConnection"],
            &["identityConnection"],
            &["passwords"],
        ],
        without: &[],
    };
    /// What the spec says.
    pub const ANY: Self = Self { requires: &[], without: &[] };
}

/// What a component can be given: each is a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// A database server, with an administrator's login.
    Database,
    /// A message broker, with an administrator's login.
    Messaging,
    /// A cache, with the key that what is kept there is encrypted with.
    Cache,
    /// Keystone, with an administrator's login.
    Identity,
    /// Passwords of its own, as a GeneratedSecret makes them.
    Passwords,
}

impl Use {
    /// Field of the parameters that names the Secret.
    pub fn field(self) -> &'static str {
        match self {
            Self::Database => "databaseConnection",
            Self::Messaging => "messagingConnection",
            Self::Cache => "cacheConnection",
            Self::Identity => "identityConnection",
            Self::Passwords => "passwords",
        }
    }

    /// What the parameters say.
    pub fn name<R>(self, params: &ComponentParameters<R>) -> Option<&str> {
        let name = match self {
            Self::Database => &params.database_connection,
            Self::Messaging => &params.messaging_connection,
            Self::Cache => &params.cache_connection,
            Self::Identity => &params.identity_connection,
            Self::Passwords => &params.passwords,
        };
        name.as_deref()
    }

    /// Name under which a kind gets the Secret's content.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Database => "database_connection",
            Self::Messaging => "messaging_connection",
            Self::Cache => "cache_connection",
            Self::Identity => "identity_connection",
            Self::Passwords => "passwords",
        }
    }
}

/// A key of a given Secret, and the chart's value that it becomes.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// Which Secret.
    pub from: Use,
    /// Key of its data.
    pub key: &'static str,
    /// Path of the value, dotted.
    pub to: &'static str,
    /// What of the key's content it is.
    pub part: Part,
}

impl Wire {
    /// The whole content as text.
    pub const fn text(from: Use, key: &'static str, to: &'static str) -> Self {
        Self { from, key, to, part: Part::Text }
    }

    /// The content as a number.
    pub const fn number(from: Use, key: &'static str, to: &'static str) -> Self {
        Self { from, key, to, part: Part::Number }
    }

    /// One part of an address.
    pub const fn part(part: Part, from: Use, key: &'static str, to: &'static str) -> Self {
        Self { from, key, to, part }
    }

    /// A password of the component's own.
    pub const fn password(key: &'static str, to: &'static str) -> Self {
        Self::text(Use::Passwords, key, to)
    }
}

/// What of a key's content becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it, as text.
    Text,
    /// All of it, as a number.
    Number,
    /// The host of an address.
    Host,
    /// The port of an address.
    Port,
    /// The scheme of an address.
    Scheme,
}

/// Where the database is.
pub const DATABASE: &[Wire] = &[
    Wire::text(Use::Database, "endpoint", "endpoints.oslo_db.host_fqdn_override.default"),
    Wire::number(Use::Database, "port", "endpoints.oslo_db.port.mysql.default"),
    Wire::text(Use::Database, "username", "endpoints.oslo_db.auth.admin.username"),
    Wire::text(Use::Database, "password", "endpoints.oslo_db.auth.admin.password"),
];

/// Where the message broker is. Its Service stands for all members, so that another number of them restarts nobody.
pub const MESSAGING: &[Wire] = &[
    Wire::text(Use::Messaging, "endpoint", "endpoints.oslo_messaging.host_fqdn_override.default"),
    Wire::number(Use::Messaging, "port", "endpoints.oslo_messaging.port.amqp.default"),
    Wire::text(Use::Messaging, "username", "endpoints.oslo_messaging.auth.admin.username"),
    Wire::text(Use::Messaging, "password", "endpoints.oslo_messaging.auth.admin.password"),
];

/// Where the cache is.
pub const CACHE: &[Wire] = &[
    Wire::text(Use::Cache, "endpoint", "endpoints.oslo_cache.host_fqdn_override.default"),
    Wire::number(Use::Cache, "port", "endpoints.oslo_cache.port.memcache.default"),
    Wire::text(Use::Cache, "secretKey", "endpoints.oslo_cache.auth.memcache_secret_key"),
];

/// Where Keystone is. Only inside the cluster: what a chart puts into the catalog for others is values.
pub const IDENTITY: &[Wire] = &[
    Wire::part(Part::Host, Use::Identity, "endpoint", "endpoints.identity.host_fqdn_override.default"),
    Wire::part(Part::Scheme, Use::Identity, "endpoint", "endpoints.identity.scheme.default"),
    Wire::part(Part::Port, Use::Identity, "endpoint", "endpoints.identity.port.api.default"),
    Wire::part(Part::Port, Use::Identity, "endpoint", "endpoints.identity.port.api.internal"),
    Wire::part(Part::Port, Use::Identity, "endpoint", "endpoints.identity.port.api.service"),
    Wire::text(Use::Identity, "username", "endpoints.identity.auth.admin.username"),
    Wire::text(Use::Identity, "password", "endpoints.identity.auth.admin.password"),
    Wire::text(Use::Identity, "projectName", "endpoints.identity.auth.admin.project_name"),
    Wire::text(Use::Identity, "userDomainName", "endpoints.identity.auth.admin.user_domain_name"),
    Wire::text(Use::Identity, "projectDomainName", "endpoints.identity.auth.admin.project_domain_name"),
    Wire::text(Use::Identity, "region", "endpoints.identity.auth.admin.region_name"),
];

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

/// How to ask whether a component answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It is not asked: its pods' readiness is all that is known.
    None,
    /// Answers a GET with a status below 500.
    Http {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
        /// Path.
        path: &'static str,
    },
    /// Accepts a connection.
    Tcp {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
    },
}

/// A connection detail, and where it is found.
#[derive(Clone, Copy, Debug)]
pub enum Tell {
    /// In a Secret of the release, as it was rendered: so it holds for adopted releases as well.
    Secret {
        /// Name of the Secret.
        secret: &'static str,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// In a Secret that the component is given.
    Given {
        /// Which one.
        from: Use,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// Always the same.
    Fixed {
        /// Name of the detail.
        detail: &'static str,
        /// What it is.
        text: &'static str,
    },
    /// Host name of a Service inside the cluster, as `endpoint`, and its `port`.
    Service {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
    },
}

impl Tell {
    /// A key of a Secret of the release.
    pub const fn secret(secret: &'static str, key: &'static str, detail: &'static str) -> Self {
        Self::Secret { secret, key, detail }
    }
}

/// A map with one value at a dotted path.
pub fn at(path: &str, value: Value) -> Map<String, Value> {
    let mut value = value;
    for key in path.rsplit('.') {
        value = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    }
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
