//! What several rows of the table need.

use super::{
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    event::Event,
    pass_result::{PassResult, Requeue},
    state::{Assessment, PassState},
};
use crate::{
    api::{condition::Condition, meta},
    kind::Ready,
};

/// Rows 5 and 13c: whatever we hold is let go.
pub(super) fn release(s: &PassState) -> Planned {
    if s.object.finalized() { Perform(Effect::Release) } else { Finish(PassResult::silent(Requeue::Stop)) }
}

pub(super) fn failed(s: &PassState, message: String, event: &'static str) -> PassResult {
    let verdict = PassResult::of([Condition::failed(&message)]).then(Requeue::Backoff);
    let verdict = PassResult { event: Some(Event::warning(event, message)), ..verdict };
    if s.object.deleting() { verdict.with(Condition::deleting(TRIED)) } else { verdict }
}

/// What a creation or deletion waits for whose last try failed; how it failed, Synced says.
pub(super) const TRIED: &str = "waiting for a try that succeeds";

/// The external resource is not there, and that waits for something.
pub(super) fn not_there(verdict: PassResult, why: &str) -> PassResult {
    verdict.with(Condition::creating(why)).with(Condition::absent())
}

/// Whether it can be used, and how soon that may be another.
pub(super) fn readiness(it: &Assessment) -> (Condition, Requeue) {
    match &it.ready {
        Some(Ready::Yes) => (Condition::available(), Requeue::Poll),
        Some(Ready::Not(why)) => (Condition::unavailable(why), Requeue::Soon),
        Some(Ready::Failed(why)) => (Condition::unavailable(why), Requeue::Poll),
        None => (Condition::unavailable("its state can't be read"), Requeue::Poll),
    }
}

/// Row 13a.
pub(super) fn others_first(finalizer: &str) -> Planned {
    let why = format!("waiting until finalizer {finalizer} is removed");
    Finish(PassResult::of([Condition::deleting(why)]).then(Requeue::Backoff))
}

/// How long after a successful create one look is not enough, seconds.
pub(super) const GRACE: i64 = 30;

/// Was it created so short a time ago that not every replica may know it yet?
pub(super) fn is_young(s: &PassState, wall: i64) -> bool {
    seconds_since(s, meta::CREATE_SUCCEEDED, wall).is_some_and(|age| age < GRACE)
}

/// Age of a mark in seconds; a mark that can't be read counts as just made.
pub(super) fn seconds_since(s: &PassState, annotation: &str, now: i64) -> Option<i64> {
    let at = s.object.annotation(annotation)?;
    Some(at.parse::<jiff::Timestamp>().map_or(0, |at| now - at.as_second()))
}
