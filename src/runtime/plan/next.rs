//! The state table of the managed reconciler, from the top: what every pass asks first, and where each row goes on.

use super::{
    absent::{absent, ambiguous, stranger, unfindable},
    common::{failed, release},
    effect::Effect,
    pass_result::{PassResult, Requeue},
    present::here,
    state::{ExternalObservation, PassState, References, SecretsProgress},
    vanishing::{gone, vanish},
};
use crate::api::condition::Condition;
use crate::api::policy::{Allowed, Verdict as Policy, judge};
use crate::runtime::plan::event::Event;

/// The next effect for a state at a time, in seconds since the epoch.
pub fn plan(s: &PassState, now: i64) -> Effect {
    if let Some(error) = &s.done.write_error {
        return Effect::Finish(if error.conflict {
            PassResult::silent(Requeue::Backoff)
        } else {
            failed(s, error.message.clone(), error.event)
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
        Some(Ok(ExternalObservation::Absent)) if s.object.deleting() => gone(s, now),
        Some(Ok(ExternalObservation::Absent)) => absent(s, now, allowed),
        Some(Ok(ExternalObservation::Here(it)))
            if it.stranger && s.object.external_name().is_none() && !s.done.created =>
        {
            stranger(s, it)
        }
        Some(Ok(ExternalObservation::Here(it))) if s.object.deleting() => vanish(s, it),
        Some(Ok(ExternalObservation::Here(it))) => here(s, allowed, it),
    }
}

/// Row 8.
fn references(s: &PassState) -> Option<Effect> {
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
fn connection(s: &PassState) -> Option<Effect> {
    match &s.connection {
        None => Some(Effect::Connect),
        Some(Err(failure)) => {
            let why = format!("connect failed: {failure}");
            Some(Effect::Finish(failed(s, why, "CannotConnectToProvider")))
        }
        Some(Ok(_)) => None,
    }
}

/// What is compared with the cloud. A delete needs no secret, and neither does who may change nothing.
fn secrets(s: &PassState, allowed: Allowed) -> Option<Effect> {
    match &s.secrets_progress {
        SecretsProgress::Unread if !s.object.deleting() && (allowed.create || allowed.update) => {
            Some(Effect::ReadSecrets)
        }
        SecretsProgress::Missing(why) => Some(Effect::Finish(failed(s, why.clone(), "CannotReadSecrets"))),
        SecretsProgress::Unread | SecretsProgress::Compared | SecretsProgress::Complete => None,
    }
}

fn unsupported_policies() -> PassResult {
    let why = "this set of managementPolicies is not supported: use [\"*\"], [\"Observe\"], or a set with Observe and Create";
    let event = Event::warning("CannotUseInvalidManagementPolicy", why);
    PassResult { event: Some(event), ..PassResult::of([Condition::failed(why)]) }
}
