//! What can go wrong between the runtime and the API server, and what it means for the next try.

use crate::kind::{
    failure::{Class, Failure},
    kubernetes_error::{self, class, is_forbidden, said},
};
use std::{future::Future, net::SocketAddr, time::Duration};

pub(crate) use crate::kind::kubernetes_error::cut;

/// Longest that one call to the API server may take: the client itself would repeat an overloaded server's 429 and
/// 503 for minutes.
const PATIENCE: Duration = Duration::from_secs(20);

/// An error of the runtime. The text is one line, stable from try to try, without secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused, or did not answer.
    #[error("cannot {action} {}", said(source))]
    Kube {
        /// What was tried.
        action: &'static str,
        /// What came of it.
        source: kube::Error,
    },
    /// The API server took too long.
    #[error("cannot {action} (ApiServerTimeout): no answer within {} s", PATIENCE.as_secs())]
    Timeout {
        /// What was tried.
        action: &'static str,
    },
    /// It would be wrong to do it; says what and why.
    #[error("{0}")]
    Refused(String),
    /// An object has an unexpected form.
    #[error("cannot {action} (UnexpectedForm): {source}")]
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
        match self {
            Self::Refused(_) => "Refused",
            Self::Form { .. } => "UnexpectedForm",
            Self::Listen { .. } => "CannotListen",
            Self::Timeout { .. } => "ApiServerTimeout",
            Self::Kube { source, .. } => kubernetes_error::reason(source),
        }
    }

    /// Somebody else wrote meanwhile: try again, and say nothing about it.
    pub fn is_conflict(&self) -> bool {
        self.class() == Class::Conflict
    }

    /// A right is missing.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Kube { source, .. } if is_forbidden(source))
    }

    /// The object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.class() == Class::NotFound
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self::new(error.class(), error.reason(), error.to_string())
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
            "cannot read the Secret (404 NotFound): secrets \"a\" not found"
        );
        assert_eq!(
            api(500, "").to_string(),
            "cannot read the Secret (500 ApiServerUnanswered): the API server gives no reason"
        );
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
