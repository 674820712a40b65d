//! What an error means: its class, which decides about the next try, and its stable name. Pure.

use super::{Error, status};
use crate::kind::failure::{Class, Failure};
use std::time::Duration;

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
                status::refused(*status, code.as_deref(), *retry_after, message)
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
            Self::Foreign { status, .. } => status::foreign(*status),
            Self::NotVisible { .. } => "NotVisible",
            Self::NotAllowed { .. } => "AddressNotAllowed",
            Self::Broken { .. } => "ConnectionBroken",
            Self::Unreachable { .. } => "Unreachable",
            Self::TimedOut { .. } => "TimedOut",
            Self::Malformed { .. } => "MalformedAnswer",
            Self::OutOfMemory { .. } => "OutOfMemory",
            Self::Unsendable { .. } => "UnsendableRequest",
            Self::Refused { status, code, retry_after, message, .. } => {
                status::refusal(*status, code.as_deref(), *retry_after, message)
            }
        }
    }

    /// Host and port where nobody could be reached.
    fn unreachable(&self) -> Option<&str> {
        match self {
            Self::Unreachable { host, .. } => Some(host),
            Self::Down { last, .. } => last.unreachable(),
            Self::Unsent(error) => error.unreachable(),
            _ => None,
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

    /// Has Neutron no address left to give? Seen in neutron-lib 2025.2, `exceptions/__init__.py`, and neutron's `db/l3_db.py`.
    pub fn has_no_address(&self) -> bool {
        let said = |code: &str| {
            code.starts_with("IpAddressGenerationFailure") || code == "ExternalIpAddressExhausted"
        };
        matches!(self, Self::Refused { service: "network", code: Some(code), .. } if said(code))
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let unreachable = error.unreachable().map(str::to_owned);
        Self { unreachable, ..Self::new(error.class(), error.reason(), error.to_string()) }
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
