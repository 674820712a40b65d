//! What to do about an external resource that is not there, or that only has the name which ours would have (rows 7, 11, 12, 14 to 16).

use super::{
    common::{TRIED, failed, is_young, not_there, others_first, release},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    event::Event,
    held_back::{held_back, pursue},
    pass_result::{PassResult, Requeue},
    proof::{Absence, PendingCreate},
    state::{Assessment, PassState, REFUSED, SecretsProgress, StepError},
};
use crate::{
    api::{condition::Condition, meta, policy::Allowed},
    kind::{Goal, failure::Class},
};
use std::time::Duration;
use tokio::time::Instant;

/// What is said of one that nobody creates.
const NOBODYS: &str = "waiting for OpenStack to have it: it is not made from here";

/// The external resource is not there, and nobody asked to delete it.
pub(super) fn absent(s: &PassState, wall: i64, now: Instant, allowed: Allowed) -> Planned {
    if let Some((Goal::Exist, step_error)) = &s.done.step_error {
        return create_failed(s, step_error);
    }
    if !allowed.create {
        let verdict = failed(s, nothing_there(s), "CannotObserveExternalResource").then(Requeue::Poll);
        let ready = Condition::unavailable("the external resource does not exist");
        return Finish(verdict.with(ready).with(Condition::absent())); // 11, REC-1
    }
    if s.singleton {
        let verdict = PassResult::of([Condition::failed(format!("create failed: {NOBODYS}"))]);
        return Finish(not_there(verdict, NOBODYS).then(Requeue::Backoff));
    }
    if s.done.begun {
        return pursue(s, Goal::Exist); // 16
    }
    if s.object.create_incomplete() {
        return if s.findable { lost_create(s, now) } else { Finish(unfindable()) }; // 7
    }
    if let Some(wait) = unconfirmed(s, now).filter(|_| s.object.external_name().is_some()) {
        return Finish(missed(s, wall).then(Requeue::NotBefore(wait))); // 12
    }
    if let Some(hold) = &s.hold {
        return Finish(held_back(s, hold, Goal::Exist));
    }
    if s.secrets_progress != SecretsProgress::Complete {
        return Perform(Effect::PrepareSecrets);
    }
    if !s.done.published {
        return Perform(Effect::Publish); // 14
    }
    match &s.place {
        None => Perform(Effect::TakePlace),
        Some(Ok(_)) => Perform(Effect::BeginCreate), // 15, 16.1
        Some(Err(failure)) => {
            let verdict = failed(s, format!("create failed: {failure}"), "CannotCreateExternalResource");
            Finish(not_there(verdict.after(failure), TRIED))
        }
    }
}

/// Row 12. Of what was just created a replica that lags behind may not know yet: nothing is said of that, as Crossplane has it.
/// Anything else was known everywhere, so one look is enough to doubt it, though not to make it anew.
fn missed(s: &PassState, wall: i64) -> PassResult {
    if is_young(s, wall) {
        return PassResult::silent(Requeue::Backoff);
    }
    let why = "not found; looked for again half a minute later, and made anew if it is not found then";
    let verdict = PassResult::of([Condition::unavailable(why), Condition::reconciled(), Condition::missed()]);
    PassResult { event: Some(Event::warning("ExternalResourceNotFound", why)), ..verdict }
}

/// How long until a look can confirm that it is gone; `None` if one has.
pub(super) fn unconfirmed(s: &PassState, now: Instant) -> Option<Duration> {
    Absence::unconfirmed(s.memory.absence.as_ref(), now)
}

/// What has our name is not ours: the create was refused for it, or is about to be.
pub(super) fn stranger(s: &PassState, it: &Assessment) -> Planned {
    if s.object.deleting() {
        return s.object.held_by_others().map_or_else(|| release(s), others_first); // 13a
    }
    if s.object.create_incomplete() {
        return Perform(Effect::RecordFailed);
    }
    let why = format!("create failed: {:?} is there already; {}", it.external_name, taken(&it.external_name));
    let verdict = failed(s, why, "CannotCreateExternalResource").stalled("NameTaken").then(Requeue::Backoff);
    Finish(not_there(verdict, TRIED))
}

/// What to do about a name that somebody else has.
pub fn taken(name: &str) -> String {
    let annotation = meta::EXTERNAL_NAME;
    format!("choose another name, or set the annotation {annotation} to {name:?} to manage what has it")
}

fn nothing_there(s: &PassState) -> String {
    let (annotation, lost) = (meta::EXTERNAL_NAME, "observe failed: external resource does not exist");
    match s.object.external_name() {
        None => format!(
            "{lost}: name an existing one in the annotation {annotation}, or add Create to managementPolicies"
        ),
        Some(name) => format!(
            "{lost}: correct the annotation {annotation}, or add Create to managementPolicies: {name}"
        ),
    }
}

/// Row 7: the answer to a create was lost, and nothing carries the marker (yet).
fn lost_create(s: &PassState, now: Instant) -> Planned {
    match next_look(s, now) {
        None => Perform(Effect::RecordFailed),
        Some(wait) => {
            let why = format!("create failed: {}", PendingCreate::told(s.memory.pending.as_ref()));
            let verdict = PassResult::of([Condition::failed(why)]).then(Requeue::NotBefore(wait));
            Finish(not_there(verdict, "waiting to see whether the last create took effect"))
        }
    }
}

/// When to look again for a create without an answer; `None` if it never takes effect any more.
pub(super) fn next_look(s: &PassState, now: Instant) -> Option<Duration> {
    PendingCreate::next_look(s.memory.pending.as_ref(), now)
}

/// Row 16.2, errors: a definite refusal is recorded, an unclear one leaves the create pending.
fn create_failed(s: &PassState, step_error: &StepError) -> Planned {
    if step_error.class() != Some(Class::Unanswered) && s.object.create_incomplete() {
        return Perform(Effect::RecordFailed);
    }
    let create = |why: &str| failed(s, format!("create failed: {why}"), "CannotCreateExternalResource");
    Finish(match step_error {
        StepError::Waiting(what) => {
            let what = format!("waiting for {what}");
            not_there(create(&what), &what)
        }
        StepError::Refused(why) => not_there(create(why).stalled(REFUSED), TRIED),
        StepError::Failed(failure) => not_there(create(&failure.message).after(failure), TRIED),
    })
}

pub(super) fn ambiguous(ids: &[String]) -> PassResult {
    let why = format!(
        "cannot determine creation result: several objects carry this resource's marker; set the annotation {} to the right one of {}",
        meta::EXTERNAL_NAME,
        ids.join(", ")
    );
    let event = Event::warning("CannotInitializeManagedResource", why.clone());
    let verdict = PassResult::of([Condition::failed(why)]).stalled("SeveralFound").then(Requeue::Stop);
    let verdict = verdict.with(Condition::creating("waiting for somebody to choose one of several objects"));
    PassResult { event: Some(event), ..verdict }
}

/// Row 7 to the letter, for kinds whose creates nothing can mark.
pub(super) fn unfindable() -> PassResult {
    let why = format!(
        "cannot determine creation result - remove the {} annotation if it is safe to proceed",
        meta::CREATE_PENDING
    );
    let event = Event::warning("CannotInitializeManagedResource", why.clone());
    let verdict = PassResult::of([Condition::failed(why)]).stalled("CreateUnanswered").then(Requeue::Stop);
    let waits = "waiting for somebody to find out whether the last create took effect";
    PassResult { event: Some(event), ..verdict.with(Condition::creating(waits)) }
}
