//! How an error is classified, whatever layer it comes from: the class decides what happens next,
//! the reason is stable for machines, the text is for people.

use std::time::Duration;

/// What an error means for the next try. Nothing else decides about requeuing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Trying again without a change by somebody is useless: bad input, forbidden, unsupported.
    Terminal,
    /// May pass by itself, and nothing was done: no connection, no name, a service that is away.
    Transient,
    /// No clear answer came (a timeout, a broken connection, a 5xx): it may have been done or not.
    Unanswered,
    /// The service asked for patience; not before this long.
    RateLimited(Duration),
    /// The object is busy or in use.
    Conflict,
    /// The right service said, with a valid token, that the object does not exist.
    NotFound,
    /// The credentials are not accepted.
    Unauthenticated,
}

/// An error as other layers see it: class, reason, one line of text without secrets or request ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What it means for the next try.
    pub class: Class,
    /// Stable CamelCase name, for conditions and metrics.
    pub reason: &'static str,
    /// One line, stable from retry to retry, the specific part last.
    pub message: String,
    /// Host and port where nobody could be reached, if that is what is wrong.
    pub unreachable: Option<String>,
}

impl Failure {
    /// An error of a host that was reached, or of none.
    pub fn new(class: Class, reason: &'static str, message: impl Into<String>) -> Self {
        Self { class, reason, message: message.into(), unreachable: None }
    }

    /// A failure that no retry mends.
    pub fn terminal(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Terminal, reason, message)
    }

    /// A failure that may pass by itself.
    pub fn transient(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Transient, reason, message)
    }
}
