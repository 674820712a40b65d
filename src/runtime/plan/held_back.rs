//! What a pass says instead of changing something, while its ProviderConfig holds all changes. Every step goes through here.

use super::{
    common::{not_there, readiness},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    event::Event,
    hold::Hold,
    pass_result::{PassResult, Requeue},
    state::{Assessment, PassState},
};
use crate::{
    api::condition::{CHANGES_HELD, Condition, Differs},
    kind::Goal,
};

/// A step towards a goal, unless changes are held.
pub(super) fn pursue(s: &PassState, goal: Goal) -> Planned {
    match &s.hold {
        None => Perform(Effect::Pursue(goal)),
        Some(hold) => Finish(held_back(s, hold, goal)),
    }
}

/// What is not done now, and how things are meanwhile. The ProviderConfig's next spec wakes whoever uses it.
pub(super) fn held_back(s: &PassState, hold: &Hold, goal: Goal) -> PassResult {
    let (why, verdict) = match (goal, s.here()) {
        (Goal::Vanish, _) => {
            let why = hold.back("its deletion");
            // One that was accepted before goes on by itself.
            let then = if s.memory.deleted { Requeue::Soon } else { Requeue::Poll };
            let verdict = PassResult::of([Condition::deleting(&why)]).then(then);
            (why, verdict)
        }
        (Goal::Exist | Goal::Match, None) => {
            let why = hold.back("its creation");
            let verdict = not_there(PassResult::silent(Requeue::Poll), &why);
            (why, verdict)
        }
        (Goal::Exist | Goal::Match, Some(it)) => {
            let (ready, then) = readiness(it);
            let up_to_date = match it.diff.is_empty() {
                true => Condition::up_to_date(),
                false => Condition::differs(Differs::ChangesHeld, &it.differences),
            };
            (hold.back(what_is_left(goal, it)), PassResult::of([ready, up_to_date]).then(then))
        }
    };
    let told = s.object.condition("Synced").is_some_and(|synced| synced.reason == CHANGES_HELD);
    let event = (!told).then(|| Event::normal(CHANGES_HELD, why.clone()));
    PassResult { event, ..verdict.with(Condition::held(why)) }
}

fn what_is_left(goal: Goal, it: &Assessment) -> &str {
    match (goal, it.differences.is_empty()) {
        (Goal::Exist, _) => "the rest of its creation",
        (Goal::Match | Goal::Vanish, false) => &it.differences,
        (Goal::Match | Goal::Vanish, true) => "the marker of its new owner",
    }
}
