//! What can go wrong with a cloud: one enum, which answers class, reason and one line of text.
//! May use [`crate::kind`]. The text never holds a secret or a request id, nor a time but the one when an outage began,
//! so it is equal on every retry.

use crate::kind::{
    failure::{Class, Failure},
    request::Microversion,
};
use std::time::Duration;

/// Patience with a service that asked for some without saying how much.
const UNSPECIFIED_WAIT: Duration = Duration::from_secs(10);

/// An error of this layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The credentials can't be used as they are written.
    #[error("{0}")]
    Config(String),
    /// The catalog has no endpoint for the service.
    #[error("the cloud's catalog has no {service} service (types {types}) {place}; it has: {present}")]
    NoService {
        /// API group.
        service: &'static str,
        /// The catalog types tried.
        types: String,
        /// Interface and region looked in.
        place: String,
        /// Types that are there.
        present: String,
    },
    /// The service does not speak the major version that our paths are written for.
    #[error("{service} API at {root} offers no version {major}; it offers: {offered}")]
    NoVersion {
        /// API group.
        service: &'static str,
        /// Where its versions were looked up.
        root: String,
        /// Wanted major version.
        major: u16,
        /// What there is.
        offered: String,
    },
    /// The cloud is too old, or too new, for what is wanted.
    #[error("{service} API of this cloud speaks {offered}; {needed} is needed{}", because.map(|field| format!(" for {field}")).unwrap_or_default())]
    NoMicroversion {
        /// API group.
        service: &'static str,
        /// Wanted microversion.
        needed: Microversion,
        /// What there is: `at most 2.60`.
        offered: String,
        /// The field that needs it, unless the kind always does.
        because: Option<&'static str>,
    },
    /// The service has not answered for some time and is asked rarely.
    #[error("{last} (so it is since {since}; asked rarely until it answers)")]
    Down {
        /// When that began.
        since: String,
        /// What it says, or why it says nothing.
        last: Box<Error>,
        /// Was it asked this time?
        sent: bool,
    },
    /// We would ask too much at once.
    #[error(
        "{service} API: more is to be asked than the {rate} requests a second that the ProviderConfig allows (spec.requestsPerSecond)"
    )]
    Busy {
        /// API group.
        service: &'static str,
        /// What is allowed.
        rate: u32,
        /// When it would be this one's turn.
        wait: Duration,
    },
    /// The service said no.
    #[error("{service} API {} ({status}): {message}", verdict(*status))]
    Refused {
        /// API group.
        service: &'static str,
        /// HTTP status.
        status: u16,
        /// What the service calls it, `OverQuota`.
        code: Option<String>,
        /// Patience asked for.
        retry_after: Option<Duration>,
        /// The service's own words.
        message: String,
    },
    /// Something answered, but not the service: a proxy's page, a redirect.
    #[error("{service} API: not the service's answer ({status}): {message}")]
    Foreign {
        /// API group.
        service: &'static str,
        /// HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// The service says 404 without saying that the object does not exist: policy hides it, or the path is unknown.
    #[error("{service} API hides it or does not know the path (404): {message}")]
    NotVisible {
        /// API group.
        service: &'static str,
        /// The service's own words.
        message: String,
    },
    /// The connection broke before the answer; a change may have happened all the same.
    #[error("{service} API broke the connection at {host}: {detail}")]
    Broken {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
        /// The innermost cause.
        detail: String,
    },
    /// No connection: nothing was sent.
    #[error("{service} API cannot be reached at {host}: {detail}")]
    Unreachable {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
        /// The innermost cause.
        detail: String,
    },
    /// No answer in time; a change may have happened all the same.
    #[error("{service} API gave no answer in time at {host}")]
    TimedOut {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
    },
    /// Success with a body that can't be read.
    #[error("{service} API gave an answer that cannot be read: {detail}")]
    Malformed {
        /// API group.
        service: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// We built a request that can't be sent.
    #[error("{service} API: request cannot be sent: {detail}")]
    Unsendable {
        /// API group.
        service: &'static str,
        /// Why.
        detail: String,
    },
}

fn verdict(status: u16) -> &'static str {
    match status {
        401 => "refused the credentials",
        404 => "does not find it",
        429 => "asks for patience",
        500.. => "failed",
        _ => "refused the request",
    }
}

impl Error {
    /// What it means for the next try.
    pub fn class(&self) -> Class {
        match self {
            Self::Config(_)
            | Self::NoService { .. }
            | Self::NoVersion { .. }
            | Self::NoMicroversion { .. }
            | Self::NotVisible { .. }
            | Self::Unsendable { .. } => Class::Terminal,
            Self::Down { last, sent: true, .. } => last.class(),
            Self::Down { sent: false, .. } => Class::Transient,
            Self::Busy { wait, .. } => Class::RateLimited(*wait),
            Self::Foreign { status: 300..=399, .. } => Class::Terminal,
            Self::Foreign { status: 400..=499 | 503, .. } | Self::Unreachable { .. } => Class::Transient,
            Self::Foreign { .. } | Self::Broken { .. } | Self::TimedOut { .. } | Self::Malformed { .. } => {
                Class::Unanswered
            }
            Self::Refused { status, retry_after, .. } => match (status, retry_after) {
                (401, _) => Class::Unauthenticated,
                (404, _) => Class::NotFound,
                (409, _) if !self.is_quota() => Class::Conflict,
                (429, wait) => Class::RateLimited(wait.unwrap_or(UNSPECIFIED_WAIT)),
                // Cinder and Nova say 413 with Retry-After 0 for a quota, where haste is useless.
                (413, Some(wait)) if !self.is_quota() => Class::RateLimited(*wait),
                (503, Some(wait)) => Class::RateLimited(*wait),
                // Whoever says 503 did not begin; behind any other 5xx the change may have happened.
                (503, _) => Class::Transient,
                (408 | 500.., _) => Class::Unanswered,
                _ => Class::Terminal,
            },
        }
    }

    /// Stable name for conditions and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Config(_) => "InvalidCredentials",
            Self::NoService { .. } => "ServiceNotInCatalog",
            Self::NoVersion { .. } => "ApiVersionNotOffered",
            Self::NoMicroversion { .. } => "MicroversionNotOffered",
            Self::Down { last, .. } => last.reason(),
            Self::Busy { .. } => "TooManyRequests",
            Self::Foreign { status: 300..=399, .. } => "Redirected",
            Self::Foreign { .. } => "ForeignAnswer",
            Self::NotVisible { .. } => "NotVisible",
            Self::Broken { .. } => "ConnectionBroken",
            Self::Unreachable { .. } => "Unreachable",
            Self::TimedOut { .. } => "TimedOut",
            Self::Malformed { .. } => "MalformedAnswer",
            Self::Unsendable { .. } => "UnsendableRequest",
            Self::Refused { .. } if self.is_quota() => "QuotaExceeded",
            Self::Refused { status, .. } => match status {
                400 => "BadRequest",
                401 => "Unauthenticated",
                403 => "Forbidden",
                404 => "NotFound",
                405 => "MethodNotAllowed",
                406 => "VersionNotAcceptable",
                409 => "Conflict",
                413 if matches!(self.class(), Class::Terminal) => "TooLarge",
                413 | 429 => "RateLimited",
                500.. => "ServiceFailed",
                _ => "Refused",
            },
        }
    }

    /// Does it say that the service is away, rather than anything about the request?
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Broken { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Foreign { status, .. } => *status >= 500,
            Self::Refused { status, .. } => *status >= 500 && !matches!(self.class(), Class::RateLimited(_)),
            Self::Config(_)
            | Self::NoService { .. }
            | Self::NoVersion { .. }
            | Self::NoMicroversion { .. }
            | Self::Down { .. }
            | Self::Busy { .. }
            | Self::NotVisible { .. }
            | Self::Malformed { .. }
            | Self::Unsendable { .. } => false,
        }
    }

    /// The same, while a part of the time that a service asked for is over.
    #[must_use]
    pub fn with_patience(mut self, wait: Duration) -> Self {
        if let Self::Refused { retry_after, .. } = &mut self {
            *retry_after = Some(wait);
        }
        self
    }

    /// Services spell an exhausted quota in several ways: Neutron 409 `OverQuota`, Cinder and Manila 413 `overLimit`,
    /// Designate 413 `over_quota`, Nova and Octavia 403 with a sentence.
    fn is_quota(&self) -> bool {
        let Self::Refused { status, code, message, .. } = self else { return false };
        let code = code.as_deref().unwrap_or_default();
        match status {
            409 => code == "OverQuota",
            413 => matches!(code, "overLimit" | "over_quota") && mentions_quota(message),
            403 => mentions_quota(message),
            _ => false,
        }
    }
}

fn mentions_quota(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["quota", "limitexceeded", "maximum number of"].iter().any(|phrase| message.contains(phrase))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { class: error.class(), reason: error.reason(), message: error.to_string() }
    }
}

impl From<Error> for ::openstack::Error {
    /// For the crate's traits; the typed error is kept beside (see [`super::auth`]), as this one forgets.
    fn from(error: Error) -> Self {
        use ::openstack::ErrorKind;
        let kind = match error.class() {
            Class::Unauthenticated => ErrorKind::AuthenticationFailed,
            Class::NotFound => ErrorKind::ResourceNotFound,
            Class::Conflict => ErrorKind::Conflict,
            Class::Terminal => ErrorKind::InvalidInput,
            Class::Transient | Class::Unanswered | Class::RateLimited(_) => ErrorKind::OperationFailed,
        };
        Self::new(kind, error.to_string())
    }
}
