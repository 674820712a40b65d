//! How a pass ends: conditions, an event, and when to look again.

use crate::{
    api::condition::Condition,
    kind::failure::{Class, Failure},
    runtime::plan::event::Event,
};
use std::time::Duration;

/// How a pass ends.
#[derive(Clone, Debug, PartialEq)]
pub struct PassResult {
    /// Conditions to set; the others stay.
    pub conditions: Vec<Condition>,
    /// Event to record, if the conditions say something new or something was changed outside.
    pub event: Option<Event>,
    /// When to look again.
    pub then: Requeue,
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// When the object changes.
    Stop,
    /// After the poll interval.
    Poll,
    /// In a few seconds, more slowly each time, at most after the poll interval.
    Soon,
    /// With exponential backoff.
    Backoff,
    /// Not before this long.
    NotBefore(Duration),
}

impl PassResult {
    /// Ends with these conditions, and waits for a change.
    pub fn of(conditions: impl Into<Vec<Condition>>) -> Self {
        Self { conditions: conditions.into(), event: None, then: Requeue::Stop }
    }

    /// Ends without saying anything.
    pub fn silent(then: Requeue) -> Self {
        Self { conditions: vec![], event: None, then }
    }

    /// Somebody wants no reconciliation, and says so there.
    pub fn paused(by: &str) -> Self {
        let event = Event::normal("ReconciliationPaused", format!("Reconciliation is paused by {by}"));
        Self { event: Some(event), ..Self::of([Condition::paused(format!("paused by {by}"))]) }
    }

    /// Adds a condition.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        self.conditions.retain(|c| c.r#type != condition.r#type);
        self.conditions.push(condition);
        self
    }

    /// Replaces when to look again.
    #[must_use]
    pub fn then(self, then: Requeue) -> Self {
        Self { then, ..self }
    }

    /// What is wrong, as the conditions say it, only a person can mend, whose change wakes us; the poll notices a mended
    /// cloud.
    #[must_use]
    pub fn stalled(self, reason: &str) -> Self {
        let wrong = self.conditions.iter().filter(|c| c.status == "False").find_map(|c| c.message.clone());
        self.with(Condition::stalled(reason, wrong.unwrap_or_default())).then(Requeue::Poll)
    }

    /// Replaces when to look again by what an error's class asks for.
    #[must_use]
    pub fn after(self, failure: &Failure) -> Self {
        let then = match failure.class {
            Class::Terminal => return self.stalled(failure.reason),
            Class::RateLimited(wait) => Requeue::NotBefore(wait),
            Class::Transient
            | Class::Unanswered
            | Class::Conflict
            | Class::NotFound
            | Class::Unauthenticated => Requeue::Backoff,
        };
        self.then(then)
    }
}
