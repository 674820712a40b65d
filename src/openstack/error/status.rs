//! What the status of a refusal means, with the service's own name for it. Pure.

use crate::{kind::failure::Class, openstack::fault::LOST_UPSTREAM};
use std::time::Duration;

/// Pause for a service that asks for one without saying how long.
const UNSPECIFIED_WAIT: Duration = Duration::from_secs(10);

/// Class of a refusal.
pub(super) fn refused(
    status: u16,
    code: Option<&str>,
    retry_after: Option<Duration>,
    message: &str,
) -> Class {
    let quota = is_quota(status, code, message);
    match (status, retry_after) {
        (401, _) => Class::Unauthenticated,
        (404, _) => Class::NotFound,
        // Nova's word for the quotas of a project that Keystone does not have.
        (400, _) if message.ends_with("is not a valid project.") => Class::NotFound,
        (409, _) if !quota => Class::Conflict,
        // Somebody else has written the object meanwhile.
        (412, _) => Class::Conflict,
        (429, wait) => Class::RateLimited(wait.unwrap_or(UNSPECIFIED_WAIT)),
        // Cinder and Nova respond with 413 and Retry-After 0 to an exhausted quota, where a retry is useless.
        (413, Some(wait)) if !quota => Class::RateLimited(wait),
        (503, Some(wait)) => Class::RateLimited(wait),
        (503, None) if code == Some(LOST_UPSTREAM) => Class::Unanswered,
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
        409 | 412 => "Conflict",
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
