//! The state table of the managed reconciler, from the top: what every pass asks first, and where each row goes on.

use super::{
    absent::{absent, ambiguous, stranger, unfindable},
    common::{failed, not_there},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    import::import,
    pass_result::{PassResult, Requeue},
    present::here,
    state::{ExternalObservation, PassState, References, SecretsProgress},
    vanishing::{gone, let_go, vanish},
};
use crate::api::condition::Condition;
use crate::api::policy::{Allowed, Verdict as Policy, judge};
use crate::kind::failure::Class;
use crate::runtime::plan::event::Event;
use tokio::time::Instant;

/// The next effect for a state at a time: by the wall clock, in seconds since the epoch, and by a clock that never goes back.
pub fn plan(s: &PassState, wall: i64, now: Instant) -> Planned {
    if let Some(error) = &s.done.write_error {
        return Finish(if error.conflict {
            PassResult::silent(Requeue::Backoff)
        } else {
            failed(s, error.message.clone(), error.event)
        });
    }
    if s.done.released {
        return Finish(PassResult::silent(Requeue::Stop));
    }
    let policy = judge(&s.object.spec.management_policies);
    if s.object.paused() || policy == Policy::Paused {
        return Finish(PassResult::paused(paused_by(s.object.paused(), policy == Policy::Paused))); // 2
    }
    if let (Some(token), None) = (&s.requested, &s.done.acknowledged) {
        return Perform(Effect::Acknowledge(token.clone())); // 3
    }
    let Policy::Manage(allowed) = policy else {
        return Finish(unsupported_policies()); // 4
    };
    if s.object.deleting() && !allowed.delete {
        return let_go(s); // 5
    }
    if !s.findable && s.object.create_incomplete() && s.object.external_name().is_none() && !s.done.begun {
        return Finish(unfindable()); // 7
    }
    if !s.object.deleting()
        && let Some(effect) = references(s)
    {
        return effect; // 8
    }
    if let Some(effect) = connection(s).or_else(|| look_inputs(s)).or_else(|| secrets(s, allowed)) {
        return effect; // 9
    }
    match &s.found {
        None => Perform(Effect::Observe), // 10
        Some(Err(failure)) => Finish(
            failed(s, format!("observe failed: {failure}"), "CannotObserveExternalResource").after(failure),
        ),
        Some(Ok(ExternalObservation::Named(name))) => Perform(Effect::RecordCreated(name.clone())), // 16.2 ok
        Some(Ok(ExternalObservation::Ambiguous(ids))) => Finish(ambiguous(ids)),
        Some(Ok(ExternalObservation::Sought(sought))) => import(s, allowed, sought), // 11a and 11b
        Some(Ok(ExternalObservation::Absent)) if s.object.deleting() => gone(s, wall, now),
        Some(Ok(ExternalObservation::Absent)) => absent(s, wall, now, allowed),
        Some(Ok(ExternalObservation::Here(it)))
            if it.stranger && s.object.external_name().is_none() && !s.done.created =>
        {
            stranger(s, it)
        }
        Some(Ok(ExternalObservation::Here(it))) if s.object.deleting() => vanish(s, it),
        Some(Ok(ExternalObservation::Here(it))) => here(s, wall, allowed, it),
    }
}

/// Row 8.
fn references(s: &PassState) -> Option<Planned> {
    match &s.references {
        None => Some(Perform(Effect::Resolve)),
        Some(References::Settled(_)) => None,
        Some(References::Changed(patch)) => Some(Perform(Effect::PersistReferences(patch.clone()))),
        Some(References::Blocked(why)) => {
            Some(Finish(failed(s, why.clone(), "CannotResolveResourceReferences")))
        }
        // No event: it is no error that what is applied at once comes one after the other.
        Some(References::Early(what)) => {
            let verdict = PassResult::of([Condition::failed(format!("create failed: {what}"))]);
            Some(Finish(not_there(verdict, what).then(Requeue::Backoff)))
        }
    }
}

/// Row 9.
fn connection(s: &PassState) -> Option<Planned> {
    match &s.connection {
        None => Some(Perform(Effect::Connect)),
        Some(Err(failure)) => {
            let verdict = failed(s, format!("connect failed: {failure}"), "CannotConnectToProvider");
            // A ProviderConfig that is missing may come; credentials that are refused somebody has to correct.
            let refused = failure.class == Class::Unauthenticated;
            let verdict = if refused { verdict.stalled(failure.reason) } else { verdict };
            Some(Finish(verdict.then(Requeue::Backoff)))
        }
        Some(Ok(_)) => None,
    }
}

/// What a look needs, whatever is allowed. Most deletes need none of it.
fn look_inputs(s: &PassState) -> Option<Planned> {
    match &s.look_inputs {
        None if s.object.deleting() && !s.deletes_with_inputs => None,
        None => Some(Perform(Effect::ReadForLook)),
        Some(Ok(())) => None,
        Some(Err(why)) => Some(Finish(failed(s, why.clone(), "CannotReadSecrets"))),
    }
}

/// What is compared with the cloud. A delete needs no secret, and neither does who may change nothing.
fn secrets(s: &PassState, allowed: Allowed) -> Option<Planned> {
    match &s.secrets_progress {
        SecretsProgress::Unread if !s.object.deleting() && (allowed.create || allowed.update) => {
            Some(Perform(Effect::ReadSecrets))
        }
        SecretsProgress::Missing(why) => Some(Finish(failed(s, why.clone(), "CannotReadSecrets"))),
        SecretsProgress::Unread | SecretsProgress::Compared | SecretsProgress::Complete => None,
    }
}

fn unsupported_policies() -> PassResult {
    let why = "this set of managementPolicies is not supported: use [\"*\"], [\"Observe\"], or a set with Observe and Create";
    let event = Event::warning("CannotUseInvalidManagementPolicy", why);
    let verdict = PassResult::of([Condition::failed(why)]).stalled("UnsupportedPolicies").then(Requeue::Stop);
    PassResult { event: Some(event), ..verdict }
}

fn paused_by(annotation: bool, policies: bool) -> &'static str {
    match (annotation, policies) {
        (true, true) => "the annotation crossplane.io/paused, and by managementPolicies: []",
        (true, false) => "the annotation crossplane.io/paused",
        (false, _) => "managementPolicies: []",
    }
}
