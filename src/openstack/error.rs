//! What can go wrong with a cloud: one enum, with class, reason (`error/meaning.rs`) and one line of text.
//! May use [`crate::kind`]. The text becomes a condition and an event. It holds neither secrets nor anything that changes from
//! retry to retry, such as a request id; of times, only when an outage began.

mod meaning;
mod status;

use crate::kind::request::Microversion;
use std::{net::IpAddr, time::Duration};

/// An error of this layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The credentials can't be used as written.
    #[error("the credentials cannot be used (InvalidCredentials): {0}")]
    Config(String),
    /// The catalog has no endpoint for the service.
    #[error(
        "the cloud's catalog has no {service} service (ServiceNotInCatalog): types {types} {place}; it has: {present}"
    )]
    NoService {
        /// API group.
        service: &'static str,
        /// The catalog types tried.
        types: String,
        /// Accepted interfaces and region.
        place: String,
        /// Types with an accepted endpoint.
        present: String,
    },
    /// The service does not offer the major version that our paths are written for.
    #[error("{service} API at {root} offers no version {major} (ApiVersionNotOffered): it offers: {offered}")]
    NoVersion {
        /// API group.
        service: &'static str,
        /// Where its versions are listed.
        root: String,
        /// Wanted major version.
        major: u16,
        /// Versions that it offers.
        offered: String,
    },
    /// The cloud is too old, or too new, for a field or kind.
    #[error("{service} API of this cloud speaks {offered} (MicroversionNotOffered): {needed} is needed{}", because.as_ref().map(|field| format!(" for {field}")).unwrap_or_default())]
    NoMicroversion {
        /// API group.
        service: &'static str,
        /// The microversion needed.
        needed: Microversion,
        /// What the service offers: `at most 2.60`.
        offered: String,
        /// The field that needs it; `None` if the kind always does.
        because: Option<String>,
    },
    /// The service is down: it has not answered for some time, and few requests are sent until it does.
    #[error("{last} (so it is since {since}; asked rarely until it answers)")]
    Down {
        /// When the outage began, RFC 3339.
        since: String,
        /// The last request's error.
        last: Box<Error>,
        /// Was this request sent?
        sent: bool,
    },
    /// A login, or a version document, without which nothing could be sent. Nothing was.
    #[error("{0}")]
    Unsent(Box<Error>),
    /// The login has no answer yet; it goes on.
    #[error("identity API at {host} has not answered the login yet (LoginUnderWay)")]
    LoginUnderWay {
        /// Host of the address to log in at.
        host: String,
    },
    /// A token that Keystone knows is not accepted: one of the service's nodes may lack Keystone's keys. Nothing was done.
    #[error("{service} API does not accept the login's token (401 TokenNotAccepted): {message}")]
    TokenNotAccepted {
        /// API group.
        service: &'static str,
        /// The service's message.
        message: String,
    },
    /// More requests at once than the rate allows.
    #[error(
        "{service} API: more is to be asked than the ProviderConfig allows (TooManyRequests): {rate} requests a second (spec.requestsPerSecond)"
    )]
    Busy {
        /// API group.
        service: &'static str,
        /// Requests a second that are allowed.
        rate: u32,
        /// How long this request would wait for its turn.
        wait: Duration,
    },
    /// None of the requests that are under way to the service ended for a while. Nothing was sent.
    #[error(
        "{service} API is slow, and no further request is sent (TooManyRequests): {under_way} are under way"
    )]
    Full {
        /// API group.
        service: &'static str,
        /// How many are allowed.
        under_way: usize,
    },
    /// The service refused the request, or failed.
    #[error("{service} API {} ({status} {}): {message}", verdict(*status), status::refusal(*status, code.as_deref(), *retry_after, message))]
    Refused {
        /// API group.
        service: &'static str,
        /// HTTP status.
        status: u16,
        /// The service's name for the error: `OverQuota`.
        code: Option<String>,
        /// Pause that the service asks for.
        retry_after: Option<Duration>,
        /// The service's message.
        message: String,
    },
    /// Something else than the service responded: a proxy with a page or a redirect.
    #[error("{service} API: not the service's answer ({status} {}): {message}", status::foreign(*status))]
    Foreign {
        /// API group.
        service: &'static str,
        /// HTTP status.
        status: u16,
        /// Its message.
        message: String,
    },
    /// A 404 that does not mean absence: policy hides the object, or the path is unknown.
    #[error("{service} API hides it or does not know the path (404 NotVisible): {message}")]
    NotVisible {
        /// API group.
        service: &'static str,
        /// The service's message.
        message: String,
    },
    /// The connection broke before the response. A change may have been made.
    #[error("{service} API broke the connection at {host} (ConnectionBroken): {detail}")]
    Broken {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
        /// The innermost cause.
        detail: String,
    },
    /// Its address is none where a cloud may be. Nothing was sent.
    #[error(
        "{service} API at {host}: the provider does not connect there{remedy} (AddressNotAllowed): its address {address} is {why}"
    )]
    NotAllowed {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
        /// Its address.
        address: IpAddr,
        /// What is special about the address.
        why: &'static str,
        /// What could be done, if anything.
        remedy: &'static str,
    },
    /// No connection. Nothing was sent.
    #[error("{service} API cannot be reached at {host} (Unreachable): {detail}")]
    Unreachable {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
        /// The innermost cause.
        detail: String,
    },
    /// No response in time. A change may have been made.
    #[error("{service} API gave no answer in time at {host} (TimedOut)")]
    TimedOut {
        /// API group.
        service: &'static str,
        /// Host and port.
        host: String,
    },
    /// Success with a body that can't be read.
    #[error("{service} API gave an answer that cannot be read (MalformedAnswer): {detail}")]
    Malformed {
        /// API group.
        service: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// A list is larger than the provider has memory left for at the moment.
    #[error(
        "{service} API gave a list for which the provider has no memory left at the moment (OutOfMemory)"
    )]
    OutOfMemory {
        /// API group.
        service: &'static str,
    },
    /// The request can't be sent as built.
    #[error("{service} API: request cannot be sent (UnsendableRequest): {detail}")]
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
