//! Why a profile or a cloud is not carried out. What runs stays as it is.

use super::version::{NoRelease, OpenStackRelease};

/// One reason, found in what somebody wrote. Another spec helps, or another profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An entry that is no component.
    #[error("{path}: there is no such component; there are {known}")]
    UnknownComponent {
        /// Where.
        path: String,
        /// All components.
        known: String,
    },
    /// A field that components do not have.
    #[error("{path}: there is no such field; there are {known}")]
    UnknownField {
        /// Where.
        path: String,
        /// All fields.
        known: String,
    },
    /// A value of another type.
    #[error("{path}: must be {wanted}, is {found}")]
    WrongType {
        /// Where.
        path: String,
        /// What would be right.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// A component is off that another one needs.
    #[error(
        "{component} is off, but {needed_by} needs it: turn it on, name an external one, or turn {needed_by} off"
    )]
    Needed {
        /// What is off.
        component: &'static str,
        /// What needs it.
        needed_by: &'static str,
    },
    /// Text that is no release.
    #[error(transparent)]
    Release(#[from] NoRelease),
    /// An older release is wanted.
    #[error(
        "{component} is at {from}, and can't go back to {to}: databases are migrated in one direction only"
    )]
    Downgrade {
        /// Which component.
        component: &'static str,
        /// What it runs.
        from: OpenStackRelease,
        /// What is wanted.
        to: OpenStackRelease,
    },
    /// A release would be skipped that can't be.
    #[error("{component} is at {from}, from which no upgrade leads to {to}: a release would be skipped")]
    Skip {
        /// Which component.
        component: &'static str,
        /// What it runs.
        from: OpenStackRelease,
        /// What is wanted.
        to: OpenStackRelease,
    },
    /// Images with fixed tags would not change with the release.
    #[error(
        "{component}.images.tags pins images, which would stay at {from} while the release becomes {to}: remove them before the upgrade"
    )]
    Pinned {
        /// Which component.
        component: &'static str,
        /// What it runs.
        from: OpenStackRelease,
        /// What is wanted.
        to: OpenStackRelease,
    },
    /// Passwords that can't be renewed.
    #[error("spec.rotation.components.{component}: {why}")]
    NotRenewable {
        /// Whose.
        component: &'static str,
        /// Why.
        why: String,
    },
    /// There is no such profile, or it is somebody else's.
    #[error(
        "profile {name}: there is none, or namespace {reader} may not read it: annotate it with {annotation}: {reader}"
    )]
    NoProfile {
        /// Which, by namespace and name.
        name: String,
        /// Namespace of who wants it.
        reader: String,
        /// How it is shared.
        annotation: &'static str,
    },
    /// A profile whose own problems are not solved.
    #[error("profile {name} is not resolved: {why}")]
    Unresolved {
        /// Which.
        name: String,
        /// What it says of itself.
        why: String,
    },
    /// Profiles that are each other's parents.
    #[error("profiles are each other's parents: {}", .0.join(" → "))]
    Cycle(Vec<String>),
    /// More parents than anybody can follow.
    #[error("more than {most} profiles build on each other, counted from {name}")]
    TooDeep {
        /// The first parent.
        name: String,
        /// How many there may be.
        most: usize,
    },
    /// A parent that is neither a name nor at an address that can be read.
    #[error("from: {0}: a parent is a name, or an http or https address of a file")]
    Url(String),
    /// A parent at an address, of which it is not said what must lie there.
    #[error("from: {url}: fromSha256 has to be the SHA-256 of the file, 64 hexadecimal digits")]
    NoDigest {
        /// The address, without what may be secret in it.
        url: String,
    },
    /// A parent at an address that was not read yet.
    #[error("profile {url} is not fetched yet")]
    Unfetched {
        /// The address, without what may be secret in it.
        url: String,
    },
    /// A parent at an address that can't be read, or is not what it should be.
    #[error("profile {url} can't be used: {why}")]
    Remote {
        /// The address, without what may be secret in it.
        url: String,
        /// What its RemoteProfile says.
        why: String,
    },
    /// A role that nodes do not have.
    #[error("{path}: there is no role {role:?}; there are control, compute and network")]
    UnknownRole {
        /// Where.
        path: String,
        /// What it says.
        role: String,
    },
    /// A KupenStack file, and nothing that says what it has no words for.
    #[error(
        "EnvironmentConfig {name} has to say {missing}: a KupenstackConfiguration has no fields for where charts and images are from"
    )]
    NoDefaults {
        /// The object that has to say it.
        name: &'static str,
        /// What is missing.
        missing: String,
    },
    /// A composite resource of the older sort that nobody claims.
    #[error("nobody claims this cloud: make an OpenStackCloudClaim, in whose namespace it is installed")]
    Unclaimed,
}

impl Refusal {
    /// Does it pass by itself in a moment, so that nobody has to be told?
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unfetched { .. })
    }

    /// Stable name, for the reason of a condition.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownComponent { .. } => "UnknownComponent",
            Self::UnknownField { .. } => "UnknownField",
            Self::WrongType { .. } => "WrongType",
            Self::Needed { .. } => "NeededComponent",
            Self::Release(_) => "UnknownRelease",
            Self::Downgrade { .. } => "Downgrade",
            Self::Skip { .. } => "SkippedRelease",
            Self::Pinned { .. } => "PinnedImages",
            Self::NotRenewable { .. } => "NotRenewable",
            Self::NoProfile { .. } => "ProfileNotFound",
            Self::Unresolved { .. } => "ProfileNotResolved",
            Self::Cycle(_) => "ProfileCycle",
            Self::TooDeep { .. } => "ProfileChainTooLong",
            Self::Url(_) => "UnsupportedParent",
            Self::NoDigest { .. } => "MissingDigest",
            Self::Unfetched { .. } => "RemoteProfilePending",
            Self::Remote { .. } => "RemoteProfileUnusable",
            Self::UnknownRole { .. } => "UnknownRole",
            Self::NoDefaults { .. } => "MissingDefaults",
            Self::Unclaimed => "Unclaimed",
        }
    }
}

/// All of them in one line.
pub fn message(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
