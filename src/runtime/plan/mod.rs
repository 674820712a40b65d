//! What to do next with a managed resource: one effect for one snapshot, without any IO.
//!
//! Follows the state table of crossplane-runtime's managed reconciler row by row (numbers in comments), with
//! improvements that stay inside that contract: a create whose answer was lost is found by its marker instead of
//! waiting for a person, one 404 never re-creates, and a resource that is not ready is looked at more often.

pub mod event;
pub mod pass_result;
pub mod sent_changes;
pub mod state;

use crate::{
    api::{
        condition::{Condition, Differs},
        meta,
        policy::{Allowed, Verdict as Policy, judge},
    },
    kind::{
        Goal, Ready,
        failure::{Class, Failure},
    },
    runtime::plan::{
        event::Event,
        pass_result::{PassResult, Requeue},
        state::{Assessment, Done, ExternalObservation, PassState, References, Secrets, StepError},
    },
};
use serde_json::{Map, Value};

/// How long after a successful create an absence is not believed (row 12), seconds.
const GRACE: i64 = 30;
/// How long a create whose answer was lost may still be on its way: request timeout plus a minute, seconds.
const LOST: i64 = 120;

/// The next thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Find out what the references say.
    Resolve,
    /// Write resolved references to the spec.
    PersistReferences(Map<String, Value>),
    /// Record the usage of the ProviderConfig, read it and its credentials, connect.
    Connect,
    /// Read the secrets that are compared, and find what was minted before.
    ReadSecrets,
    /// Ask the cloud.
    Observe,
    /// Read the secrets that only a create needs; mint what is not given, and publish it.
    PrepareSecrets,
    /// Write connection details.
    Publish,
    /// Add the finalizer.
    Finalize,
    /// Add the finalizer and mark the create as pending, in one write that fails if the object changed.
    BeginCreate,
    /// Take the next step towards a goal.
    Pursue(Goal),
    /// Record the external-name of what is not created completely yet.
    RecordName(String),
    /// Record the external-name and that the create succeeded.
    RecordCreated(String),
    /// Record the digests of the secrets that were sent.
    RecordSecrets,
    /// Record that the create failed, or never happened.
    RecordFailed,
    /// Remove the finalizer, then release the ProviderConfig.
    Release,
    /// Write status and event where they say something new, and end the pass.
    Finish(PassResult),
}

/// The next effect for a snapshot.
pub fn plan(s: &PassState<'_>) -> Effect {
    if let Some(stuck) = &s.done.write_error {
        return Effect::Finish(if stuck.conflict {
            PassResult::silent(Requeue::Backoff)
        } else {
            failed(s, stuck.message.clone(), stuck.event)
        });
    }
    if s.done.released {
        return Effect::Finish(PassResult::silent(Requeue::Stop));
    }
    if s.object.paused() {
        return Effect::Finish(PassResult::paused()); // 2
    }
    let allowed = match judge(&s.object.spec.management_policies) {
        Policy::Manage(allowed) => allowed,
        Policy::Paused => return Effect::Finish(PassResult::paused()), // 2
        Policy::Unsupported => return Effect::Finish(unsupported_policies()), // 4
    };
    if s.object.deleting() && !allowed.delete {
        return release(s); // 5
    }
    if !s.findable && s.object.create_incomplete() && s.object.external_name().is_none() && !s.done.begun {
        return Effect::Finish(unfindable()); // 7
    }
    if !s.object.deleting()
        && let Some(effect) = references(s)
    {
        return effect; // 8
    }
    if let Some(effect) = connection(s).or_else(|| secrets(s, allowed)) {
        return effect; // 9
    }
    match &s.found {
        None => Effect::Observe, // 10
        Some(Err(failure)) => Effect::Finish(
            failed(s, format!("observe failed: {failure}"), "CannotObserveExternalResource")
                .after(failure.class),
        ),
        Some(Ok(ExternalObservation::Named(name))) => Effect::RecordCreated(name.clone()), // 16.2 ok
        Some(Ok(ExternalObservation::Ambiguous(ids))) => Effect::Finish(ambiguous(ids)),
        Some(Ok(ExternalObservation::Absent)) if s.object.deleting() => gone(s),
        Some(Ok(ExternalObservation::Absent)) => absent(s, allowed),
        Some(Ok(ExternalObservation::Here(it)))
            if it.stranger && s.object.external_name().is_none() && !s.done.created =>
        {
            stranger(s, it)
        }
        Some(Ok(ExternalObservation::Here(it))) if s.object.deleting() => vanish(s, it),
        Some(Ok(ExternalObservation::Here(it))) => here(s, allowed, it),
    }
}

/// Rows 5 and 13c: whatever we hold is let go.
fn release(s: &PassState<'_>) -> Effect {
    if s.object.finalized() { Effect::Release } else { Effect::Finish(PassResult::silent(Requeue::Stop)) }
}

/// Row 8.
fn references(s: &PassState<'_>) -> Option<Effect> {
    match &s.references {
        None => Some(Effect::Resolve),
        Some(References::Settled) => None,
        Some(References::Changed(patch)) => Some(Effect::PersistReferences(patch.clone())),
        Some(References::Blocked(why)) => {
            Some(Effect::Finish(failed(s, why.clone(), "CannotResolveResourceReferences")))
        }
    }
}

/// Row 9.
fn connection(s: &PassState<'_>) -> Option<Effect> {
    match &s.connection {
        None => Some(Effect::Connect),
        Some(Err(failure)) => {
            let why = format!("connect failed: {failure}");
            Some(Effect::Finish(failed(s, why, "CannotConnectToProvider")))
        }
        Some(Ok(())) => None,
    }
}

/// What is compared with the cloud. A delete needs no secret, and neither does who may change nothing.
fn secrets(s: &PassState<'_>, allowed: Allowed) -> Option<Effect> {
    match &s.secrets {
        Secrets::Unread if !s.object.deleting() && (allowed.create || allowed.update) => {
            Some(Effect::ReadSecrets)
        }
        Secrets::Missing(why) => Some(Effect::Finish(failed(s, why.clone(), "CannotReadSecrets"))),
        Secrets::Unread | Secrets::Compared | Secrets::Complete => None,
    }
}

/// The external resource is not there, and nobody asked to delete it.
fn absent(s: &PassState<'_>, allowed: Allowed) -> Effect {
    if let Some((Goal::Exist, step_error)) = &s.done.step_error {
        return create_failed(s, step_error);
    }
    if !allowed.create {
        let verdict = failed(s, nothing_there(s), "CannotObserveExternalResource");
        return Effect::Finish(PassResult { then: Requeue::Poll, ..verdict }); // 11, REC-1
    }
    if s.done.begun {
        return Effect::Pursue(Goal::Exist); // 16
    }
    if s.object.create_incomplete() {
        return if s.findable { lost_create(s) } else { Effect::Finish(unfindable()) }; // 7
    }
    if s.object.external_name().is_some() && s.memory.absences < 2 {
        return Effect::Finish(PassResult::silent(Requeue::Soon)); // one 404 is not enough to make it anew
    }
    if seconds_since(s, meta::CREATE_SUCCEEDED).is_some_and(|age| age < GRACE) {
        return Effect::Finish(PassResult::silent(Requeue::Backoff)); // 12
    }
    if s.secrets != Secrets::Complete {
        return Effect::PrepareSecrets;
    }
    if !s.done.published {
        return Effect::Publish; // 14
    }
    Effect::BeginCreate // 15, 16.1
}

/// What has our name is not ours: the create was refused for it, or is about to be.
fn stranger(s: &PassState<'_>, it: &Assessment) -> Effect {
    if s.object.deleting() {
        return if s.object.metadata.finalizers.len() > 1 {
            Effect::Finish(PassResult::of([Condition::deleting()]).then(Requeue::Backoff)) // 13a
        } else {
            release(s)
        };
    }
    if s.object.create_incomplete() {
        return Effect::RecordFailed;
    }
    let why = format!("create failed: {:?} is there already; {}", it.external_name, taken(&it.external_name));
    Effect::Finish(failed(s, why, "CannotCreateExternalResource").with(Condition::creating()))
}

/// What to do about a name that somebody else has.
pub(crate) fn taken(name: &str) -> String {
    let annotation = meta::EXTERNAL_NAME;
    format!("choose another name, or set the annotation {annotation} to {name:?} to manage what has it")
}

fn nothing_there(s: &PassState<'_>) -> String {
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
fn lost_create(s: &PassState<'_>) -> Effect {
    let settled = seconds_since(s, meta::CREATE_PENDING).is_none_or(|age| age >= LOST);
    if settled && s.memory.absences >= 2 {
        return Effect::RecordFailed;
    }
    let why = "create failed: no answer came to the last create; waiting to see whether it took effect";
    let verdict = PassResult::of([Condition::creating(), Condition::failed(why)]);
    Effect::Finish(PassResult { then: Requeue::Soon, ..verdict })
}

/// Row 16.2, errors: a definite refusal is recorded, an unclear one leaves the create pending.
fn create_failed(s: &PassState<'_>, step_error: &StepError) -> Effect {
    let (message, definite, class) = match step_error {
        StepError::Waiting(what) => (format!("waiting for {what}"), true, Class::Transient),
        StepError::Refused(why) => (why.clone(), true, Class::Terminal),
        StepError::Failed(f) => (f.message.clone(), f.class != Class::Unanswered, f.class),
    };
    if definite && s.object.create_incomplete() {
        return Effect::RecordFailed;
    }
    let verdict = failed(s, format!("create failed: {message}"), "CannotCreateExternalResource");
    Effect::Finish(verdict.with(Condition::creating()).after(class))
}

/// The external resource is there, and nobody asked to delete it.
fn here(s: &PassState<'_>, allowed: Allowed, it: &Assessment) -> Effect {
    let (owing, name) = (it.owing && allowed.create, it.external_name.clone());
    if s.object.external_name() != Some(&name) || (s.object.create_incomplete() && !owing) {
        // 7 found by its marker, 16.2 ok
        return if owing { Effect::RecordName(name) } else { Effect::RecordCreated(name) };
    }
    if !s.done.applied.is_empty() {
        return Effect::RecordSecrets;
    }
    let writes = allowed.create || allowed.update || allowed.delete;
    if let Some(why) = it.foreign.as_ref().filter(|_| writes) {
        let verdict = failed(s, why.clone(), "CannotObserveExternalResource");
        return Effect::Finish(PassResult { then: Requeue::Poll, ..verdict });
    }
    if !s.done.published {
        return Effect::Publish; // 14
    }
    if !s.object.finalized() {
        return Effect::Finalize; // 15
    }
    if let Some(why) = &it.lost {
        let (ready, _) = readiness(it);
        return Effect::Finish(failed(s, why.clone(), "CannotReadSecrets").with(ready).then(Requeue::Poll));
    }
    if let Some((goal, step_error)) = &s.done.step_error {
        return Effect::Finish(step_failed(s, it, *goal, step_error));
    }
    if owing || (it.incomplete && allowed.create) {
        return Effect::Pursue(Goal::Exist);
    }
    if it.stale && allowed.update && it.diff.mutable().is_empty() {
        return Effect::Pursue(Goal::Match); // from now on the former owner is refused
    }
    if it.diff.is_empty() {
        return Effect::Finish(settled(s, it, Condition::up_to_date())); // 18
    }
    if !allowed.update {
        return Effect::Finish(settled(
            s,
            it,
            Condition::differs(Differs::UpdateRestricted, &it.diff.fields),
        )); // 19
    }
    let mutable = it.diff.mutable();
    if !mutable.is_empty() && s.done.updated.as_ref() != Some(&mutable.fields) {
        return Effect::Pursue(Goal::Match); // 20
    }
    if !it.diff.immutable.is_empty() {
        let why = StepError::Refused(format!("OpenStack can't change {}", it.diff.immutable.join(", ")));
        return Effect::Finish(step_failed(s, it, Goal::Match, &why));
    }
    Effect::Finish(settled(s, it, Condition::differs(Differs::UpdateRequested, &it.diff.fields)))
}

/// Rows 18 to 20, good ends.
fn settled(s: &PassState<'_>, it: &Assessment, up_to_date: Condition) -> PassResult {
    let (ready, then) = readiness(it);
    let matched = up_to_date.status == "True";
    let then =
        if then == Requeue::Poll && !matched && s.done.updated.is_some() { Requeue::Soon } else { then };
    PassResult {
        event: changed(&s.done),
        then,
        ..PassResult::of([ready, Condition::reconciled(), up_to_date])
    }
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

fn readiness(it: &Assessment) -> (Condition, Requeue) {
    match &it.ready {
        Some(Ready::Yes) => (Condition::available(), Requeue::Poll),
        Some(Ready::Not(why)) => (Condition::unavailable(why), Requeue::Soon),
        Some(Ready::Failed(why)) => (Condition::unavailable(why), Requeue::Poll),
        None => (Condition::unavailable("its state can't be read"), Requeue::Poll),
    }
}

/// A step towards `goal` that did not simply succeed, on an existing external resource.
fn step_failed(s: &PassState<'_>, it: &Assessment, goal: Goal, step_error: &StepError) -> PassResult {
    let (verb, event) = match goal {
        Goal::Exist => ("create", "CannotCreateExternalResource"),
        Goal::Match => ("update", "CannotUpdateExternalResource"),
        Goal::Vanish => ("delete", "CannotDeleteExternalResource"),
    };
    let differs = |reason| match it.diff.is_empty() {
        true => Condition::up_to_date(),
        false => Condition::differs(reason, &it.diff.fields),
    };
    let verdict = match step_error {
        StepError::Waiting(what) => {
            // A change on its way takes nothing from what can be used.
            let ready = match (goal, &it.ready) {
                (Goal::Match, Some(Ready::Yes)) => Condition::available(),
                (_, Some(Ready::Failed(why))) => Condition::unavailable(why),
                (Goal::Exist | Goal::Match | Goal::Vanish, _) => Condition::unavailable(what),
            };
            let conditions = [ready, Condition::reconciled(), differs(Differs::UpdateRequested)];
            return PassResult { event: changed(&s.done), then: Requeue::Soon, ..PassResult::of(conditions) };
        }
        StepError::Refused(why) => failed(s, format!("{verb} failed: {why}"), event).after(Class::Terminal),
        StepError::Failed(failure) => {
            failed(s, format!("{verb} failed: {failure}"), event).after(failure.class)
        }
    };
    verdict.with(readiness(it).0).with(differs(Differs::UpdateFailed))
}

/// Row 13b.
fn vanish(s: &PassState<'_>, it: &Assessment) -> Effect {
    if s.object.external_name() != Some(it.external_name.as_str()) {
        return Effect::RecordCreated(it.external_name.clone()); // a lost create, found while deleting
    }
    if s.object.metadata.finalizers.len() > 1 {
        return Effect::Finish(PassResult::of([Condition::deleting()]).then(Requeue::Backoff)); // 13a
    }
    if it.foreign.is_some() || !s.object.finalized() {
        return release(s); // never ours: nothing to delete
    }
    let requested =
        Event::normal("DeletedExternalResource", "Successfully requested deletion of external resource");
    let deleting = PassResult::of([Condition::deleting(), Condition::reconciled()]).then(Requeue::Soon);
    Effect::Finish(match &s.done.step_error {
        Some((_, StepError::Waiting(_))) => deleting,
        Some((_, StepError::Refused(why))) => delete_failed(s, why).after(Class::Terminal),
        // What stands in its way may go by itself, and a refusal may say 403 or 400 of it: tried until it works.
        Some((_, StepError::Failed(Failure { class: Class::Terminal, message, .. }))) => {
            delete_failed(s, message)
        }
        Some((_, StepError::Failed(failure))) => delete_failed(s, &failure.message).after(failure.class),
        None if s.done.deleted => PassResult { event: Some(requested), ..deleting },
        None => return Effect::Pursue(Goal::Vanish),
    })
}

fn delete_failed(s: &PassState<'_>, why: &str) -> PassResult {
    let verdict = failed(s, format!("delete failed: {why}"), "CannotDeleteExternalResource");
    verdict.with(Condition::deleting())
}

/// Rows 7, 12, 13a and 13c for a resource that is being deleted and is not there.
fn gone(s: &PassState<'_>) -> Effect {
    if s.object.metadata.finalizers.len() > 1 {
        return Effect::Finish(PassResult::of([Condition::deleting()]).then(Requeue::Backoff));
    }
    let young = seconds_since(s, meta::CREATE_PENDING).is_some_and(|age| age < LOST);
    if s.object.create_incomplete() && (young || s.memory.absences < 2) {
        let why = "delete failed: no answer came to the last create; waiting to see whether it took effect";
        let verdict = PassResult::of([Condition::deleting(), Condition::failed(why)]);
        return Effect::Finish(verdict.then(Requeue::Soon));
    }
    release(s)
}

fn failed(s: &PassState<'_>, message: String, event: &'static str) -> PassResult {
    let verdict = PassResult::of([Condition::failed(&message)]).then(Requeue::Backoff);
    let verdict = PassResult { event: Some(Event::warning(event, message)), ..verdict };
    if s.object.deleting() { verdict.with(Condition::deleting()) } else { verdict }
}

fn unsupported_policies() -> PassResult {
    let why = "this set of managementPolicies is not supported: use [\"*\"], [\"Observe\"], or a set with Observe and Create";
    let event = Event::warning("CannotUseInvalidManagementPolicy", why);
    PassResult { event: Some(event), ..PassResult::of([Condition::failed(why)]) }
}

fn ambiguous(ids: &[String]) -> PassResult {
    let why = format!(
        "cannot determine creation result: several objects carry this resource's marker; set the annotation {} to the right one of {}",
        meta::EXTERNAL_NAME,
        ids.join(", ")
    );
    let event = Event::warning("CannotInitializeManagedResource", why.clone());
    PassResult { event: Some(event), ..PassResult::of([Condition::creating(), Condition::failed(why)]) }
}

/// Row 7 to the letter, for kinds whose creates nothing can mark.
fn unfindable() -> PassResult {
    let why = format!(
        "cannot determine creation result - remove the {} annotation if it is safe to proceed",
        meta::CREATE_PENDING
    );
    let event = Event::warning("CannotInitializeManagedResource", why.clone());
    PassResult { event: Some(event), ..PassResult::of([Condition::creating(), Condition::failed(why)]) }
}

/// Age of a mark in seconds; a mark that can't be read counts as just made.
fn seconds_since(s: &PassState<'_>, annotation: &str) -> Option<i64> {
    let at = s.object.annotation(annotation)?;
    Some(at.parse::<jiff::Timestamp>().map_or(0, |at| s.now - at.as_second()))
}

#[cfg(test)]
mod tests;
