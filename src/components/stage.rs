//! Stages of a cloud: the order in which components are first composed, and get a new release.

/// One stage; they come in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Passwords and keys.
    Passwords,
    /// Database, message queue, cache.
    Infrastructure,
    /// Keystone.
    Identity,
    /// What computing needs: Placement, Glance.
    Placement,
    /// Networks and servers. They need each other, so they come up together.
    Compute,
    /// Volumes.
    BlockStorage,
    /// Everything else.
    Services,
    /// The ProviderConfig by which resources of the new cloud can be declared.
    Access,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Passwords,
        Self::Infrastructure,
        Self::Identity,
        Self::Placement,
        Self::Compute,
        Self::BlockStorage,
        Self::Services,
        Self::Access,
    ];

    /// Number of the first is 1.
    pub fn number(self) -> usize {
        1 + Self::ALL.iter().take_while(|stage| **stage != self).count()
    }
}
