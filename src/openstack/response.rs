//! What an answer of a service means: its status, headers and body. Pure.
//! May use [`crate::kind`] and its neighbours `error`, `fault` and `text`.

use super::{error::Error, fault::Fault, text};
use crate::kind::request::service::Service;
use ::http::{HeaderMap, HeaderName, StatusCode, header};
use secrecy::SecretString;
use serde_json::Value;
use std::{fmt, time::Duration};

/// Headers with which services of OpenStack sign their answers.
pub const REQUEST_IDS: [&str; 3] = ["x-openstack-request-id", "x-compute-request-id", "x-trans-id"];
const LONGEST_WAIT: i64 = 3600;

/// An answer as it came, whatever its status.
pub struct RawResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, unpacked.
    pub body: Vec<u8>,
}

impl fmt::Debug for RawResponse {
    /// Neither headers nor body: both may hold secrets (a token, a console password).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawResponse({}, {} bytes)", self.status, self.body.len())
    }
}

impl RawResponse {
    /// The request id that the service gave, for logs.
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_IDS.iter().find_map(|name| self.headers.get(*name)?.to_str().ok())
    }

    /// The body of a success; `Null` if there is none. `secrets` are what must not be repeated in an error.
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
        match serde_json::from_slice(&self.body) {
            Ok(body) => Ok(body),
            // Swift says "Created" in HTML; a proxy's page has no request id.
            Err(_) if !self.says_json() && self.request_id().is_some() => Ok(Value::Null),
            // The position only: the body may hold a secret.
            Err(error) => Err(Error::Malformed {
                service: service.group,
                detail: format!("no JSON at line {} column {}", error.line(), error.column()),
            }),
        }
    }

    /// What a failure means.
    pub fn error<'a>(
        &self,
        service: &'static Service,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Error {
        let body = serde_json::from_slice::<Value>(&self.body).unwrap_or_default();
        let fault = Fault::find(&body);
        let status = self.status.as_u16();
        let secrets = secrets.into_iter().collect::<Vec<_>>();
        let message = match &fault {
            Some(fault) => text::clean(&text::redact(&fault.message, &secrets)),
            None => self.other_words(&body, &secrets),
        };
        // Swift has no JSON for errors, but signs.
        let signed = service.types.contains(&"object-store") && self.request_id().is_some();
        let absence = fault.as_ref().map(|fault| fault.is_absence(service)).or(signed.then_some(true));
        let service = service.group;
        match (status, absence) {
            (404, Some(false)) => return Error::NotVisible { service, message },
            (404, None) | (..=399, _) => return Error::Foreign { service, status, message },
            (404, Some(true)) | (400.., _) => {}
        }
        let code = fault.and_then(|fault| fault.code);
        Error::Refused { service, status, code, retry_after: self.retry_after(), message }
    }

    fn says_json(&self) -> bool {
        self.text_header(&header::CONTENT_TYPE).is_some_and(|kind| kind.contains("json"))
    }

    fn text_header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn other_words(&self, body: &Value, secrets: &[&SecretString]) -> String {
        if let Some(target) = self.text_header(&header::LOCATION).filter(|_| self.status.is_redirection()) {
            return text::clean(&format!("redirect to {target}"));
        }
        let words = ["message", "error", "detail", "description"]
            .iter()
            .find_map(|key| body.get(*key)?.as_str())
            .map(|words| text::clean(&text::redact(words, secrets)));
        let page = || text::from_page(&text::redact(&String::from_utf8_lossy(&self.body), secrets));
        let words = words.unwrap_or_else(page);
        match (words.is_empty(), self.status.canonical_reason()) {
            (true, Some(reason)) => reason.to_owned(),
            (true, None) => "no words".to_owned(),
            (false, _) => words,
        }
    }

    /// `Retry-After` in seconds or as a date, which is held against the answer's own `Date`. Zero is no wait asked for.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.text_header(&header::RETRY_AFTER)?.trim();
        let seconds = match value.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(_) => date(value)?.as_second() - date(self.text_header(&header::DATE)?)?.as_second(),
        };
        u64::try_from(seconds.min(LONGEST_WAIT)).ok().filter(|wait| *wait > 0).map(Duration::from_secs)
    }
}

fn date(text: &str) -> Option<jiff::Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests;
