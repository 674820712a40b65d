//! What an error of the API server means for the next try, and its one line for people. Pure: shared by the runtime and the
//! backend that manages Helm releases.

use super::failure::Class;
use std::time::Duration;

/// What it means for the next try.
pub fn class(error: &kube::Error) -> Class {
    use kube::Error as E;
    match error {
        E::Api(status) => match status.code {
            401 => Class::Unauthenticated,
            // A role may be bound a moment later, and nothing would wake us then: worth another try.
            403 | 503 => Class::Transient,
            404 => Class::NotFound,
            409 => Class::Conflict,
            429 => {
                let after = status.details.as_ref().map_or(1, |details| details.retry_after_seconds.max(1));
                Class::RateLimited(Duration::from_secs(after.into()))
            }
            500.. => Class::Unanswered,
            _ => Class::Terminal,
        },
        E::Auth(_) => Class::Unauthenticated,
        E::BuildRequest(_) | E::InferConfig(_) | E::InferKubeconfig(_) | E::TlsRequired => Class::Terminal,
        // Connections that broke, and answers that could not be read: it may have been done.
        _ => Class::Unanswered,
    }
}

/// Stable name of a class of error, for conditions, events and metrics.
pub fn reason(error: &kube::Error) -> &'static str {
    match class(error) {
        _ if is_forbidden(error) => "Forbidden",
        Class::Terminal => "Invalid",
        Class::Transient => "ApiServerUnavailable",
        Class::Unanswered => "ApiServerUnanswered",
        Class::RateLimited(_) => "TooManyRequests",
        Class::Conflict => "Conflict",
        Class::NotFound => "NotFound",
        Class::Unauthenticated => "Unauthorized",
    }
}

/// The end of a message: `(403 Forbidden): …`, code, reason and words.
pub fn said(error: &kube::Error) -> String {
    let (reason, why) = (reason(error), why(error));
    match error {
        kube::Error::Api(status) => format!("({} {reason}): {why}", status.code),
        _ => format!("({reason}): {why}"),
    }
}

/// Is a right missing?
pub fn is_forbidden(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 403)
}

/// Why, in short: what the API server says, else what kind of trouble it is. Addresses are left to the log.
fn why(error: &kube::Error) -> String {
    use kube::Error as E;
    match error {
        E::Api(status) => {
            let said = [&status.message, &status.reason].into_iter().find_map(|text| {
                text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(|line| cut(line, 512))
            });
            said.unwrap_or("the API server gives no reason").to_owned()
        }
        E::Auth(_) => "no credentials for the API server".to_owned(),
        E::SerdeError(_) | E::FromUtf8(_) => "the API server's answer has an unexpected form".to_owned(),
        E::BuildRequest(_) => "the request can't be made".to_owned(),
        _ => "no answer from the API server".to_owned(),
    }
}

/// The text, at most so many bytes of it.
pub fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
