//! Which Secrets a component is given.

/// Which of the things that there are a component is given.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Fields of the parameters that it needs, each a group of one.
    pub requires: &'static [&'static [&'static str]],
    /// Fields of the parameters that it lacks.
    pub without: &'static [&'static str],
}

impl Given {
    /// What it needs is on its nodes.
    pub const NOTHING: Self = Self {
        requires: &[],
        without: &[
            "databaseConnection",
            "messagingConnection",
            "cacheConnection",
            "identityConnection",
            "passwords",
            "passwordGenerations",
            "formerAccounts",
        ],
    };
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
    /// All but a database.
    pub const ALL_BUT_DATABASE: Self = Self {
        requires: &[&["messagingConnection"], &["cacheConnection"], &["identityConnection"], &["passwords"]],
        without: &["databaseConnection"],
    };
    /// Neither a database nor a message broker.
    pub const CACHE_AND_IDENTITY: Self = Self {
        requires: &[&["cacheConnection"], &["identityConnection"], &["passwords"]],
        without: &["databaseConnection", "messagingConnection"],
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
