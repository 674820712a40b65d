//! What can go wrong between the runtime and the API server, and what it means for the next try.

use crate::kind::failure::{Class, Failure};
use std::{future::Future, net::SocketAddr, time::Duration};

/// Longest that one call to the API server may take: the client itself would repeat an overloaded server's 429 and
/// 503 for minutes.
const PATIENCE: Duration = Duration::from_secs(20);

/// An error of the runtime. The text is one line, stable from try to try, without secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused, or did not answer.
    #[error("cannot {action}: {}", why(source))]
    Kube {
        /// What was tried.
        action: &'static str,
        /// What came of it.
        source: kube::Error,
    },
    /// The API server took too long.
    #[error("cannot {action}: no answer from the API server within {} s", PATIENCE.as_secs())]
    Timeout {
        /// What was tried.
        action: &'static str,
    },
    /// It would be wrong to do it; says what and why.
    #[error("{0}")]
    Refused(String),
    /// An object has an unexpected form.
    #[error("cannot {action}: {source}")]
    Form {
        /// What was tried.
        action: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// An address can't be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// What it means for the next try.
    pub fn class(&self) -> Class {
        match self {
            Self::Kube { source, .. } => class(source),
            Self::Timeout { .. } => Class::Unanswered,
            Self::Refused(_) | Self::Form { .. } | Self::Listen { .. } => Class::Terminal,
        }
    }

    /// Stable name, for conditions, events and metrics.
    pub fn reason(&self) -> &'static str {
        match (self, self.class()) {
            (Self::Refused(_), _) => "Refused",
            (Self::Form { .. }, _) => "UnexpectedForm",
            (Self::Listen { .. }, _) => "CannotListen",
            (Self::Timeout { .. }, _) => "ApiServerTimeout",
            (Self::Kube { source: kube::Error::Api(status), .. }, _) if status.code == 403 => "Forbidden",
            (Self::Kube { .. }, Class::Terminal) => "Invalid",
            (Self::Kube { .. }, Class::Transient) => "ApiServerUnavailable",
            (Self::Kube { .. }, Class::Unanswered) => "ApiServerUnanswered",
            (Self::Kube { .. }, Class::RateLimited(_)) => "TooManyRequests",
            (Self::Kube { .. }, Class::Conflict) => "Conflict",
            (Self::Kube { .. }, Class::NotFound) => "NotFound",
            (Self::Kube { .. }, Class::Unauthenticated) => "Unauthorized",
        }
    }

    /// Somebody else wrote meanwhile: try again, and say nothing about it.
    pub fn is_conflict(&self) -> bool {
        self.class() == Class::Conflict
    }

    /// The object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.class() == Class::NotFound
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { class: error.class(), reason: error.reason(), message: error.to_string() }
    }
}

/// Awaits one call to the API server, but not for ever.
///
/// # Errors
/// The call failed or took too long.
pub async fn call<T>(
    action: &'static str,
    call: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer.map_err(|source| Error::Kube { action, source }),
        Err(_) => Err(Error::Timeout { action }),
    }
}

fn class(error: &kube::Error) -> Class {
    use kube::Error as E;
    match error {
        E::Api(status) => match status.code {
            401 => Class::Unauthenticated,
            // Crossplane may bind the role a moment later, and nothing would wake us then: worth another try.
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

/// The short reason: what the API server says, else what kind of trouble it is. Addresses are left to the log.
fn why(error: &kube::Error) -> String {
    use kube::Error as E;
    match error {
        E::Api(status) => {
            let said = [&status.message, &status.reason].into_iter().find_map(|text| {
                text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(|line| cut(line, 512))
            });
            said.map_or_else(|| format!("the API server answered {}", status.code), str::to_owned)
        }
        E::Auth(_) => "no credentials for the API server".to_owned(),
        E::SerdeError(_) | E::FromUtf8(_) => "the API server's answer has an unexpected form".to_owned(),
        E::BuildRequest(_) => "the request can't be made".to_owned(),
        _ => "no answer from the API server".to_owned(),
    }
}

/// The text, at most so many bytes of it.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    fn api(code: u16, message: &str) -> Error {
        let status = Status::failure(message, "").with_code(code).boxed();
        Error::Kube { action: "read the Secret", source: kube::Error::Api(status) }
    }

    #[test]
    fn the_class_comes_from_the_code_and_nobody_reads_texts() {
        for (code, class, reason) in [
            (401, Class::Unauthenticated, "Unauthorized"),
            (403, Class::Transient, "Forbidden"),
            (404, Class::NotFound, "NotFound"),
            (409, Class::Conflict, "Conflict"),
            (422, Class::Terminal, "Invalid"),
            (429, Class::RateLimited(Duration::from_secs(1)), "TooManyRequests"),
            (500, Class::Unanswered, "ApiServerUnanswered"),
            (503, Class::Transient, "ApiServerUnavailable"),
        ] {
            assert_eq!((api(code, "x").class(), api(code, "x").reason()), (class, reason), "{code}");
        }
    }

    #[test]
    fn an_existing_object_is_a_conflict_too() {
        let status = Status::failure("secrets \"a\" already exists", "AlreadyExists").with_code(409).boxed();
        assert!(Error::Kube { action: "create", source: kube::Error::Api(status) }.is_conflict());
    }

    #[test]
    fn the_text_is_one_line_with_the_specific_part_last() {
        assert_eq!(
            api(404, "secrets \"a\" not found\nmore").to_string(),
            "cannot read the Secret: secrets \"a\" not found"
        );
        assert_eq!(api(500, "").to_string(), "cannot read the Secret: the API server answered 500");
    }

    #[test]
    fn cutting_keeps_whole_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_ends_as_unanswered() {
        let error = call::<()>("read the Secret", std::future::pending()).await.unwrap_err();
        assert_eq!(error.class(), Class::Unanswered);
    }
}
