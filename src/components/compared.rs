//! What the answer to a comparison says of an external resource.

use crate::kind::{Found, KindError, request::Answer};
use serde_json::Value;

/// What was found; `told` makes of the answer's body what is observed. What changed something says too little: the resource is looked
/// at again.
///
/// # Errors
/// There is no answer, or a list; `what` was asked for.
pub fn found(
    external_name: String,
    answers: &[Answer],
    what: &'static str,
    told: impl FnOnce(Value) -> Value,
) -> Result<Found, KindError> {
    match answers.first() {
        Some(Answer::Compared { body, .. }) => Ok(Found::One { external_name, body: told(body.clone()) }),
        Some(Answer::Gone) => Ok(Found::Absent),
        Some(Answer::Body(_)) => Ok(Found::Named(external_name)),
        Some(Answer::Items(_)) | None => Err(KindError::Missing(what)),
    }
}
