//! What answers mean, and what a look at the object says.

use super::{failure::Failure, request::Read};
use serde_json::Value;

/// What the answers mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It does not exist.
    Absent,
    /// It is this one.
    One {
        /// Its external-name.
        external_name: String,
        /// The object as the API says it.
        body: Value,
    },
    /// It is this one; the answer to a create or update says too little to judge it by, so it is looked at again.
    Named(String),
    /// These must be read first; their answers are put behind the ones given.
    More(Vec<Read>),
    /// Several objects carry the marker; a person must choose.
    Ambiguous(Vec<String>),
}

/// Can the external resource be used?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Yes.
    Yes,
    /// Not yet: the reason.
    Not(String),
    /// No, and it will not be by itself: the reason, in the cloud's words.
    Failed(String),
}

/// A kind can't make sense of a value.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// Parameters or an answer have an unexpected form.
    #[error("unexpected value in {place} (UnexpectedValue): {source}")]
    Value {
        /// Where.
        place: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// An answer lacks something.
    #[error("the answer cannot be read (MalformedAnswer): it lacks {0}")]
    Missing(&'static str),
    /// A condition has a type that the kind's facts do not name, or that is not the kind's to set.
    #[error("the condition {0} is none of the kind's own (UnexpectedValue)")]
    Condition(String),
}

impl From<KindError> for Failure {
    fn from(error: KindError) -> Self {
        let message = error.to_string();
        match error {
            // Something before the service may have answered with other words of the same language.
            KindError::Missing(_) => Self::transient("MalformedAnswer", message),
            KindError::Value { .. } | KindError::Condition(_) => Self::terminal("UnexpectedValue", message),
        }
    }
}
