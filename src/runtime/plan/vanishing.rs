//! What to do about a managed resource that is being deleted (rows 5, 7, 12 and 13).

use super::{
    absent::{next_look, unconfirmed},
    common::{failed, is_young, others_first, release},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    event::Event,
    held_back::pursue,
    pass_result::{PassResult, Requeue},
    proof::PendingCreate,
    state::{Assessment, Guard, PassState, REFUSED, StepError},
};
use crate::{
    api::condition::Condition,
    kind::{
        Goal,
        failure::{Class, Failure},
    },
};
use tokio::time::Instant;

/// Row 5: the external resource stays. Its connection secret goes, and whoever needs that has to go first.
pub(super) fn let_go(s: &PassState) -> Planned {
    match &s.guard {
        Guard::Unknown => Perform(Effect::FindUsers),
        Guard::Used(user) => Finish(used(user)), // 13d
        Guard::None | Guard::Free => release(s),
    }
}

/// The service knows of nothing that a deletion would put back: an earlier one did, whose answer was lost, or somebody else.
/// No look can tell, since it never goes.
fn nothing_set(s: &PassState) -> bool {
    let Some((Goal::Vanish, StepError::Failed(failure))) = &s.done.step_error else { return false };
    failure.class == Class::NotFound
}

/// Row 13b.
pub(super) fn vanish(s: &PassState, it: &Assessment) -> Planned {
    if s.object.external_name() != Some(it.external_name.as_str()) {
        return Perform(Effect::RecordCreated(it.external_name.clone())); // a lost create, found while deleting
    }
    if let Some(finalizer) = s.object.held_by_others() {
        return others_first(finalizer); // 13a
    }
    if it.foreign.is_some() || !s.object.finalized() {
        return release(s); // never ours: nothing to delete
    }
    if s.done.left || s.singleton && (s.done.deleted || s.memory.deleted || nothing_set(s)) {
        return release(s); // nothing to take away, or put back, and there as before
    }
    match (&s.guard, s.done.deleted) {
        (Guard::Unknown, false) => return Perform(Effect::FindUsers),
        (Guard::Used(user), false) => return Finish(used(user)), // 13d
        (Guard::None | Guard::Free | Guard::Unknown | Guard::Used(_), _) => {}
    }
    let requested =
        Event::normal("DeletedExternalResource", "Successfully requested deletion of external resource");
    let deleting =
        |why: &str| PassResult::of([Condition::deleting(why), Condition::reconciled()]).then(Requeue::Soon);
    Finish(match &s.done.step_error {
        Some((_, StepError::Waiting(what))) => deleting(&format!("waiting for {what}")),
        Some((_, StepError::Refused(why))) => delete_failed(s, why).stalled(REFUSED),
        // What stands in its way may go by itself, and a refusal may say 403 or 400 of it: tried until it works.
        Some((_, StepError::Failed(Failure { class: Class::Terminal, message, .. }))) => {
            delete_failed(s, message)
        }
        Some((_, StepError::Failed(failure))) => delete_failed(s, &failure.message).after(failure),
        None if s.done.deleted => PassResult { event: Some(requested), ..deleting(REQUESTED) },
        None => return pursue(s, Goal::Vanish),
    })
}

/// What a deletion waits for that was accepted.
const REQUESTED: &str = "waiting until the external resource is gone";

/// Who needs it has to go first; its end, or another choice in its spec, wakes this one.
fn used(user: &str) -> PassResult {
    let why = format!("waiting until {user} no longer uses its connection secret");
    PassResult::of([Condition::deleting(why), Condition::reconciled()]).then(Requeue::Poll)
}

fn delete_failed(s: &PassState, why: &str) -> PassResult {
    failed(s, format!("delete failed: {why}"), "CannotDeleteExternalResource")
}

/// Rows 7, 12, 13a and 13c for a resource that is being deleted and is not there.
pub(super) fn gone(s: &PassState, wall: i64, now: Instant) -> Planned {
    if let Some(finalizer) = s.object.held_by_others() {
        return others_first(finalizer);
    }
    if let Some(wait) = next_look(s, now).filter(|_| s.object.create_incomplete()) {
        let told = PendingCreate::told(s.memory.pending.as_ref());
        let why = Condition::failed(format!("delete failed: {told}"));
        let waits = Condition::deleting("waiting to see whether the last create took effect");
        return Finish(PassResult::of([waits, why]).then(Requeue::NotBefore(wait)));
    }
    if let Some(wait) = unconfirmed(s, now).filter(|_| may_be_hidden(s, wall)) {
        let why = Condition::deleting("not found; waiting for a second look to confirm that it is gone");
        return Finish(PassResult::of([why, Condition::reconciled()]).then(Requeue::NotBefore(wait)));
    }
    release(s)
}

/// Can what is asked have missed it? A replica that lags behind does not know what was just created, and what was never seen
/// may be there all the same. What had a name, was seen, and is not there is gone.
fn may_be_hidden(s: &PassState, wall: i64) -> bool {
    let seen = !s.object.status.at_provider.is_empty();
    s.object.external_name().is_some() && !s.memory.deleted && (is_young(s, wall) || !seen)
}
