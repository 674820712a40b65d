//! What an error means: its class, which decides about the next try, and its stable name. Pure.

use super::Error;
use crate::kind::failure::{Class, Failure};
use std::time::Duration;

/// Pause for a service that asks for one without saying how long.
const UNSPECIFIED_WAIT: Duration = Duration::from_secs(10);

impl Error {
    /// What it means for the next try, and for whether a change may have been made.
    pub fn class(&self) -> Class {
        match self {
            Self::Config(_)
            | Self::NoVersion { .. }
            | Self::NoMicroversion { .. }
            | Self::NotVisible { .. }
            | Self::NotAllowed { .. }
            | Self::Unsendable { .. } => Class::Terminal,
            // It may still be installed.
            Self::NoService { .. } | Self::Full { .. } => Class::Transient,
            // What it says of itself is not about the object.
            Self::Unsent(error) => match error.class() {
                Class::Unanswered | Class::NotFound | Class::Conflict => Class::Transient,
                class => class,
            },
            Self::LoginUnderWay { .. } | Self::TokenNotAccepted { .. } | Self::OutOfMemory { .. } => {
                Class::Transient
            }
            Self::Down { last, sent: true, .. } => last.class(),
            Self::Down { sent: false, .. } => Class::Transient,
            Self::Busy { wait, .. } => Class::RateLimited(*wait),
            Self::Foreign { status: 300..=399, .. } => Class::Terminal,
            Self::Foreign { status: 400..=499 | 503, .. } | Self::Unreachable { .. } => Class::Transient,
            Self::Foreign { .. } | Self::Broken { .. } | Self::TimedOut { .. } | Self::Malformed { .. } => {
                Class::Unanswered
            }
            Self::Refused { status, code, retry_after, message, .. } => {
                refused(*status, code.as_deref(), *retry_after, message)
            }
        }
    }

    /// Stable name for conditions, events and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Config(_) => "InvalidCredentials",
            Self::NoService { .. } => "ServiceNotInCatalog",
            Self::NoVersion { .. } => "ApiVersionNotOffered",
            Self::NoMicroversion { .. } => "MicroversionNotOffered",
            Self::Down { last, .. } => last.reason(),
            Self::Unsent(error) => error.reason(),
            Self::LoginUnderWay { .. } => "LoginUnderWay",
            Self::TokenNotAccepted { .. } => "TokenNotAccepted",
            Self::Busy { .. } | Self::Full { .. } => "TooManyRequests",
            Self::Foreign { status, .. } => foreign(*status),
            Self::NotVisible { .. } => "NotVisible",
            Self::NotAllowed { .. } => "AddressNotAllowed",
            Self::Broken { .. } => "ConnectionBroken",
            Self::Unreachable { .. } => "Unreachable",
            Self::TimedOut { .. } => "TimedOut",
            Self::Malformed { .. } => "MalformedAnswer",
            Self::OutOfMemory { .. } => "OutOfMemory",
            Self::Unsendable { .. } => "UnsendableRequest",
            Self::Refused { status, code, retry_after, message, .. } => {
                refusal(*status, code.as_deref(), *retry_after, message)
            }
        }
    }

    /// Does it mean that the service is down, rather than anything about the request?
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
            | Self::Unsent(_)
            | Self::LoginUnderWay { .. }
            | Self::TokenNotAccepted { .. }
            | Self::Busy { .. }
            | Self::Full { .. }
            | Self::NotVisible { .. }
            | Self::NotAllowed { .. }
            | Self::Malformed { .. }
            | Self::OutOfMemory { .. }
            | Self::Unsendable { .. } => false,
        }
    }

    /// The same error of what had to come before a request: whatever became of that, the request was not sent.
    #[must_use]
    pub fn unsent(self) -> Self {
        match self.class() {
            Class::Unanswered | Class::NotFound | Class::Conflict => Self::Unsent(Box::new(self)),
            Class::Terminal | Class::Transient | Class::RateLimited(_) | Class::Unauthenticated => self,
        }
    }

    /// The same error with what is left of the pause that the service asked for.
    #[must_use]
    pub fn with_patience(mut self, wait: Duration) -> Self {
        if let Self::Refused { retry_after, .. } = &mut self {
            *retry_after = Some(wait);
        }
        self
    }
}

fn refused(status: u16, code: Option<&str>, retry_after: Option<Duration>, message: &str) -> Class {
    let quota = is_quota(status, code, message);
    match (status, retry_after) {
        (401, _) => Class::Unauthenticated,
        (404, _) => Class::NotFound,
        (409, _) if !quota => Class::Conflict,
        (429, wait) => Class::RateLimited(wait.unwrap_or(UNSPECIFIED_WAIT)),
        // Cinder and Nova respond with 413 and Retry-After 0 to an exhausted quota, where a retry is useless.
        (413, Some(wait)) if !quota => Class::RateLimited(wait),
        (503, Some(wait)) => Class::RateLimited(wait),
        // A service that says 503 has not begun; behind any other 5xx, the change may have been made.
        (503, _) => Class::Transient,
        (408 | 500.., _) => Class::Unanswered,
        _ => Class::Terminal,
    }
}

/// Stable name of a refusal.
pub(super) fn refusal(
    status: u16,
    code: Option<&str>,
    retry_after: Option<Duration>,
    message: &str,
) -> &'static str {
    if is_quota(status, code, message) {
        return "QuotaExceeded";
    }
    match status {
        400 => "BadRequest",
        401 => "Unauthenticated",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "VersionNotAcceptable",
        409 => "Conflict",
        413 if retry_after.is_none() => "TooLarge",
        413 | 429 => "RateLimited",
        500.. => "ServiceFailed",
        _ => "Refused",
    }
}

/// Stable name of an answer that is not the service's.
pub(super) fn foreign(status: u16) -> &'static str {
    if (300..=399).contains(&status) { "Redirected" } else { "ForeignAnswer" }
}

/// Services spell an exhausted quota in several ways: Neutron 409 `OverQuota`, Cinder and Manila 413 `overLimit`,
/// Designate 413 `over_quota`, Nova and Octavia 403 with a sentence.
fn is_quota(status: u16, code: Option<&str>, message: &str) -> bool {
    let code = code.unwrap_or_default();
    match status {
        409 => code == "OverQuota",
        413 => matches!(code, "overLimit" | "over_quota") && mentions_quota(message),
        403 => mentions_quota(message),
        _ => false,
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
    /// For the crate's traits. This type loses class and reason; [`crate::openstack::auth`] keeps the typed error beside it.
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
