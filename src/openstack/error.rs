//! What can go wrong with a cloud: one enum, which answers class, reason and one line of text.
//! May use [`crate::kind`]. The text never holds a secret or a request id, nor a time but the one when an outage began,
//! so it is equal on every retry.

mod meaning;

use crate::kind::request::Microversion;
use std::time::Duration;

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
