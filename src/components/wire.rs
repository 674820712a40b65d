//! What a component is given, and the values of its chart that come of it.

use super::parameters::ComponentParameters;

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

/// A database of a chart, by the name of its entry under `endpoints`.
macro_rules! database {
    ($name:literal) => {
        &[
            Wire::text(
                Use::Database,
                "endpoint",
                concat!("endpoints.", $name, ".host_fqdn_override.default"),
            ),
            Wire::number(Use::Database, "port", concat!("endpoints.", $name, ".port.mysql.default")),
            Wire::text(Use::Database, "username", concat!("endpoints.", $name, ".auth.admin.username")),
            Wire::text(Use::Database, "password", concat!("endpoints.", $name, ".auth.admin.password")),
        ]
    };
}
pub(crate) use database;

/// Where the database is.
pub const DATABASE: &[Wire] = database!("oslo_db");

/// Where the message broker is. Its Service stands for all members, so that another number of them restarts nobody.
pub const MESSAGING: &[Wire] = &[
    Wire::text(Use::Messaging, "endpoint", "endpoints.oslo_messaging.host_fqdn_override.default"),
    Wire::number(Use::Messaging, "port", "endpoints.oslo_messaging.port.amqp.default"),
    Wire::text(Use::Messaging, "username", "endpoints.oslo_messaging.auth.admin.username"),
    Wire::text(Use::Messaging, "password", "endpoints.oslo_messaging.auth.admin.password"),
];

/// The key that tokens in the cache are encrypted with, for who keeps them there: random in every render unless it is said.
pub const CACHE_KEY: &[Wire] =
    &[Wire::text(Use::Cache, "secretKey", "endpoints.oslo_cache.auth.memcache_secret_key")];

/// Where the cache is.
pub const CACHE: &[Wire] = &[
    Wire::text(Use::Cache, "endpoint", "endpoints.oslo_cache.host_fqdn_override.default"),
    Wire::number(Use::Cache, "port", "endpoints.oslo_cache.port.memcache.default"),
];

/// Where Keystone is. Only inside the cluster: what a chart puts into the catalog for others is values.
pub const IDENTITY: &[Wire] = &[
    Wire::part(Part::Host, Use::Identity, "endpoint", "endpoints.identity.host_fqdn_override.default"),
    Wire::part(Part::Scheme, Use::Identity, "endpoint", "endpoints.identity.scheme.default"),
    Wire::part(Part::Port, Use::Identity, "endpoint", "endpoints.identity.port.api.default"),
    Wire::part(Part::Port, Use::Identity, "endpoint", "endpoints.identity.port.api.internal"),
    Wire::text(Use::Identity, "username", "endpoints.identity.auth.admin.username"),
    Wire::text(Use::Identity, "password", "endpoints.identity.auth.admin.password"),
    Wire::text(Use::Identity, "projectName", "endpoints.identity.auth.admin.project_name"),
    Wire::text(Use::Identity, "userDomainName", "endpoints.identity.auth.admin.user_domain_name"),
    Wire::text(Use::Identity, "projectDomainName", "endpoints.identity.auth.admin.project_domain_name"),
    Wire::text(Use::Identity, "region", "endpoints.identity.auth.admin.region_name"),
];
