//! How many managed resources there are, and how they do.

/// How many managed resources of a kind there are, and how they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// All.
    pub exists: i64,
    /// The ones that are ready.
    pub ready: i64,
    /// The ones that are synced.
    pub synced: i64,
}
