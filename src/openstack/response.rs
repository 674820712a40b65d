//! What a response of a service means: its status, headers and body. Pure.
//! May use [`crate::kind`] and its neighbours `error`, `fault` and `text`.

use super::{
    error::Error,
    fault::{Fault, LOST_UPSTREAM},
    json::{self, Unreadable},
    text,
};
use crate::kind::{redact::redact, request::service::Service};
use ::http::{HeaderMap, HeaderName, StatusCode, header};
use secrecy::SecretString;
use serde_json::Value;
use std::{fmt, time::Duration};

/// Headers with a request id. Services of OpenStack set one of them; what stands in front of a service does not.
pub const REQUEST_IDS: [&str; 3] = ["x-openstack-request-id", "x-compute-request-id", "x-trans-id"];
/// Longest pause that is believed, in seconds: a date from a proxy with a wrong clock may be days away.
const LONGEST_WAIT: i64 = 3600;

/// A response as it came, whatever its status.
pub struct RawResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Vec<u8>,
}

impl fmt::Debug for RawResponse {
    /// Neither headers nor body: both may hold secrets (a token, a console password).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawResponse({}, {} bytes)", self.status, self.body.len())
    }
}

impl RawResponse {
    /// The service's request id, for logs.
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_IDS.iter().find_map(|name| self.headers.get(*name)?.to_str().ok())
    }

    /// Returns the body of a success; `Null` if there is none. `secrets` are hidden in errors.
    ///
    /// # Errors
    /// [`Self::error`] for other statuses, [`Error::Malformed`] for a body that is not JSON.
    pub fn into_body<'a>(
        self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Result<Value, Error> {
        if !self.status.is_success() {
            return Err(self.error(service, secrets));
        }
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        match json::value(&self.body) {
            Ok(body) => Ok(body),
            // Swift responds to a PUT with "Created" in HTML. A proxy's page, in contrast, has no request id.
            Err(Unreadable::Syntax(_)) if !self.says_json() && self.request_id().is_some() => Ok(Value::Null),
            Err(why) => Err(unreadable(service, &why)),
        }
    }

    /// Passes the items of a page of a list on in chunks, and returns the rest of its body; `None` if it is no page of such a
    /// list.
    ///
    /// # Errors
    /// As of [`Self::into_body`].
    pub fn into_page<'a>(
        self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
        items: &str,
        take: impl FnMut(Vec<Value>),
    ) -> Result<Option<Value>, Error> {
        if !self.status.is_success() {
            return Err(self.error(service, secrets));
        }
        json::items(&self.body, items, take).map_err(|why| unreadable(service, &why))
    }

    /// Reads a failure: the service's, or that of something in front of it, with its message.
    pub fn error<'a>(
        &self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Error {
        let body = json::value(&self.body).unwrap_or_default();
        let fault = Fault::find(&body);
        let status = self.status.as_u16();
        let secrets = secrets.into_iter().collect::<Vec<_>>();
        let message = match &fault {
            Some(fault) => text::clean(&redact(&fault.message, &secrets)),
            None => self.plain_message(&body, &secrets),
        };
        // Swift has no JSON in errors, but a request id.
        let signed = service.types.contains(&"object-store") && self.request_id().is_some();
        let absence = fault.as_ref().map(|fault| fault.is_absence(service)).or(signed.then_some(true));
        let service = service.group;
        // What stands in front of a service may speak its language; it has no request id.
        let absence = absence.filter(|absent| !absent || self.request_id().is_some());
        match (status, absence) {
            (404, Some(false)) => return Error::NotVisible { service, message },
            (404, None) | (..=399, _) => return Error::Foreign { service, status, message },
            (404, Some(true)) | (400.., _) => {}
        }
        let code = fault.and_then(|fault| fault.code).or_else(|| self.lost_upstream());
        Error::Refused { service, status, code, retry_after: self.retry_after(), message }
    }

    /// The same, if it is a failure.
    pub fn refusal<'a>(
        &self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Option<Error> {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        failed.then(|| self.error(service, secrets))
    }

    /// Reads a 401 that came although Keystone knows the token.
    pub fn token_not_accepted<'a>(
        &self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Error {
        match self.error(service, secrets) {
            Error::Refused { service, message, .. } => Error::TokenNotAccepted { service, message },
            other => other,
        }
    }

    /// Envoy says 503 where others say 502, also of a connection that ended while it waited for the answer. Only one that
    /// was never made proves that nothing was sent.
    /// <https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage>
    fn lost_upstream(&self) -> Option<String> {
        let words = String::from_utf8_lossy(&self.body);
        let unsent = ["connection failure", "connection timeout", "overflow"];
        let lost = self.request_id().is_none()
            && words.contains("disconnect/reset before headers")
            && !unsent.iter().any(|reason| words.contains(reason));
        lost.then(|| LOST_UPSTREAM.to_owned())
    }

    fn says_json(&self) -> bool {
        self.text_header(&header::CONTENT_TYPE).is_some_and(|kind| kind.contains("json"))
    }

    /// When it was made, by the service's clock.
    pub fn date(&self) -> Option<jiff::Timestamp> {
        date(self.text_header(&header::DATE)?)
    }

    fn text_header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn plain_message(&self, body: &Value, secrets: &[&SecretString]) -> String {
        if let Some(target) = self.text_header(&header::LOCATION).filter(|_| self.status.is_redirection()) {
            return text::clean(&format!("redirect to {target}"));
        }
        // Only a service of OpenStack is repeated: whoever may write a ProviderConfig may name any other address in it.
        let own = self.request_id().map(|_| {
            let words = ["message", "error", "detail", "description"];
            let words = words.iter().find_map(|key| body.get(*key)?.as_str());
            words.map_or_else(
                || text::from_page(&redact(&String::from_utf8_lossy(&self.body), secrets)),
                |words| text::clean(&redact(words, secrets)),
            )
        });
        own.filter(|words| !words.is_empty())
            .unwrap_or_else(|| self.status.canonical_reason().unwrap_or("no words").to_owned())
    }

    /// `Retry-After`, in seconds or as a date. A date is compared with the response's own `Date`, since clocks differ. Zero
    /// counts as none.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.text_header(&header::RETRY_AFTER)?.trim();
        let seconds = match value.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(_) => date(value)?.as_second() - self.date()?.as_second(),
        };
        u64::try_from(seconds.min(LONGEST_WAIT)).ok().filter(|wait| *wait > 0).map(Duration::from_secs)
    }
}

/// Only the position is told: the body may hold a secret.
fn unreadable(service: &'static Service, why: &Unreadable) -> Error {
    let detail = match why {
        Unreadable::Syntax(error) => format!("no JSON at line {} column {}", error.line(), error.column()),
        Unreadable::Cost => "it consists of too many small parts".to_owned(),
    };
    Error::Malformed { service: service.group, detail }
}

fn date(text: &str) -> Option<jiff::Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests;
