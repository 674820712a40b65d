//! How a pass ends: conditions, an event, and when to look again.

use crate::{api::condition::Condition, kind::failure::Class, runtime::plan::event::Event};
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

    /// Somebody wants no reconciliation.
    pub fn paused() -> Self {
        let event = Event::normal("ReconciliationPaused", "Reconciliation is paused");
        Self { event: Some(event), ..Self::of([Condition::paused()]) }
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

    /// Replaces when to look again by what an error's class asks for.
    #[must_use]
    pub fn after(self, class: Class) -> Self {
        self.then(match class {
            // Nobody but a person can mend it, whose change wakes us; the poll notices a mended cloud.
            Class::Terminal => Requeue::Poll,
            Class::RateLimited(wait) => Requeue::NotBefore(wait),
            Class::Transient
            | Class::Unanswered
            | Class::Conflict
            | Class::NotFound
            | Class::Unauthenticated => Requeue::Backoff,
        })
    }
}
