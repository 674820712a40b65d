//! What to do about an external resource that is there and stays (rows 7, 14 to 16, 18 to 20).

use super::{
    common::{failed, readiness, seconds_since},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    event::Event,
    held_back::pursue,
    pass_result::{PassResult, Requeue},
    proof::AFTERMATH,
    state::{Assessment, Done, NOT_OURS, PassState, REFUSED, References, StepError},
};
use crate::{
    api::{
        condition::{Condition, Differs},
        meta,
        policy::Allowed,
    },
    kind::{Goal, Ready},
};

/// The external resource is there, and nobody asked to delete it.
pub(super) fn here(s: &PassState, wall: i64, allowed: Allowed, it: &Assessment) -> Planned {
    let (owing, name) = (it.owing && allowed.create, it.external_name.clone());
    if s.done.created && !s.done.published && !it.observed.sealed.0.is_empty() {
        return Perform(Effect::Publish); // what may be told just once, before anything can go wrong
    }
    if s.object.external_name() != Some(&name) || (s.object.create_incomplete() && !owing) {
        // 7 found by its marker, 16.2 ok
        return if owing { Perform(Effect::RecordName(name)) } else { Perform(Effect::RecordCreated(name)) };
    }
    if !s.done.applied.is_empty() {
        return Perform(Effect::RecordSecrets);
    }
    let writes = allowed.create || allowed.update || allowed.delete;
    if let Some(why) = it.foreign.as_ref().filter(|_| writes) {
        return Finish(failed(s, why.clone(), "CannotObserveExternalResource").stalled(NOT_OURS));
    }
    if !s.done.published {
        return Perform(Effect::Publish); // 14
    }
    if !s.object.finalized() {
        return Perform(Effect::Finalize); // 15
    }
    if allowed.create && search_is_due(s, wall) {
        return Perform(Effect::FindTwins);
    }
    if let Some(why) = &it.lost {
        let (ready, _) = readiness(it);
        return Finish(failed(s, why.clone(), "CannotReadSecrets").stalled("SecretLost").with(ready));
    }
    if let Some((goal, step_error)) = &s.done.step_error {
        return Finish(step_failed(s, it, *goal, step_error));
    }
    if owing || (it.incomplete && allowed.create) {
        return pursue(s, Goal::Exist);
    }
    if it.stale && allowed.update && it.diff.mutable().is_empty() {
        return pursue(s, Goal::Match); // from now on the former owner is refused
    }
    if it.diff.is_empty() {
        let overruled = s.references.as_ref().and_then(References::overruled);
        return Finish(settled(s, it, Condition::up_to_date().noting(overruled))); // 18
    }
    if !allowed.update {
        return Finish(settled(s, it, Condition::differs(Differs::UpdateRestricted, &it.differences))); // 19
    }
    let mutable = it.diff.mutable();
    if !mutable.is_empty() && s.done.updated.as_ref() != Some(&mutable.fields) {
        return pursue(s, Goal::Match); // 20
    }
    if !it.diff.immutable.is_empty() {
        let why = StepError::Refused(format!("{} can't be changed once set", it.diff.immutable.join(", ")));
        return Finish(step_failed(s, it, Goal::Match, &why));
    }
    Finish(settled(s, it, Condition::differs(Differs::UpdateRequested, &it.differences)))
}

/// Rows 18 to 20, good ends.
fn settled(s: &PassState, it: &Assessment, up_to_date: Condition) -> PassResult {
    let (ready, then) = readiness(it);
    let matched = up_to_date.status == "True";
    let then =
        if then == Requeue::Poll && !matched && s.done.updated.is_some() { Requeue::Soon } else { then };
    if let Some(twins) = s.memory.twins.as_deref().filter(|twins| !twins.is_empty()) {
        return made_twice(s, it, twins).with(ready).with(up_to_date);
    }
    let verdict = PassResult::of([ready, Condition::reconciled(), up_to_date]).then(then);
    let hopeless = then == Requeue::Poll && matches!(it.ready, Some(Ready::Failed(_)));
    let verdict = if hopeless { verdict.stalled("ExternalResourceFailed") } else { verdict };
    PassResult { event: changed(&s.done), ..verdict }
}

/// It took more than one create. What proves that an earlier one never takes effect is no certainty, so once that could show,
/// others with the same marker are looked for, and again while there are some.
fn search_is_due(s: &PassState, wall: i64) -> bool {
    let pause = i64::try_from(AFTERMATH.as_secs()).unwrap_or(i64::MAX);
    let settled = seconds_since(s, meta::CREATE_SUCCEEDED, wall).is_some_and(|age| age >= pause);
    settled && !s.done.searched && search_is_owed(s)
}

/// Is such a search still to come, or to be repeated?
pub fn search_is_owed(s: &PassState) -> bool {
    let open = s.memory.twins.as_ref().is_none_or(|twins| !twins.is_empty());
    s.findable && open && s.object.create_repeated()
}

fn made_twice(s: &PassState, it: &Assessment, twins: &[String]) -> PassResult {
    let why = format!(
        "created more than once: a create without an answer took effect after all; {} is managed, delete the others that carry this resource's marker: {}",
        it.external_name,
        twins.join(", ")
    );
    failed(s, why, "CreatedMoreThanOnce").stalled("CreatedMoreThanOnce")
}

fn changed(done: &Done) -> Option<Event> {
    if done.created {
        Some(Event::normal("CreatedExternalResource", "Successfully requested creation of external resource"))
    } else if done.updated.is_some() {
        Some(Event::normal("UpdatedExternalResource", "Successfully requested update of external resource"))
    } else {
        None
    }
}

/// A step towards `goal` that did not simply succeed, on an existing external resource.
fn step_failed(s: &PassState, it: &Assessment, goal: Goal, step_error: &StepError) -> PassResult {
    let (verb, event) = match goal {
        Goal::Exist => ("create", "CannotCreateExternalResource"),
        Goal::Match => ("update", "CannotUpdateExternalResource"),
        Goal::Vanish => ("delete", "CannotDeleteExternalResource"),
    };
    let differs = |reason| match it.diff.is_empty() {
        true => Condition::up_to_date(),
        false => Condition::differs(reason, &it.differences),
    };
    let verdict = match step_error {
        StepError::Waiting(what) => {
            // What is on its way takes nothing from what can be used.
            let ready = match &it.ready {
                Some(Ready::Yes) => Condition::available(),
                Some(Ready::Failed(why)) => Condition::unavailable(why),
                Some(Ready::Not(_)) | None => Condition::unavailable(what),
            };
            let conditions = [ready, Condition::reconciled(), differs(Differs::UpdateRequested)];
            return PassResult { event: changed(&s.done), then: Requeue::Soon, ..PassResult::of(conditions) };
        }
        StepError::Refused(why) => failed(s, format!("{verb} failed: {why}"), event).stalled(REFUSED),
        StepError::Failed(failure) => failed(s, format!("{verb} failed: {failure}"), event).after(failure),
    };
    verdict.with(readiness(it).0).with(differs(Differs::UpdateFailed))
}
