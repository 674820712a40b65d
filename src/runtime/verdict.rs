//! How a pass ends: conditions, an event, and when to look again.

use super::events::Event;
use crate::{api::condition::Condition, kind::failure::Class};
use std::time::Duration;

/// How a pass ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Conditions to set; the others stay.
    pub conditions: Vec<Condition>,
    /// Event to record, if the conditions say something new or something was changed outside.
    pub event: Option<Event>,
    /// When to look again.
    pub then: Then,
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
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

impl Verdict {
    /// Ends with these conditions, and waits for a change.
    pub fn of(conditions: impl Into<Vec<Condition>>) -> Self {
        Self { conditions: conditions.into(), event: None, then: Then::Stop }
    }

    /// Ends without saying anything.
    pub fn silent(then: Then) -> Self {
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
    pub fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// Replaces when to look again by what an error's class asks for.
    #[must_use]
    pub fn after(self, class: Class) -> Self {
        self.then(match class {
            // Nobody but a person can mend it, whose change wakes us; the poll notices a mended cloud.
            Class::Terminal => Then::Poll,
            Class::RateLimited(wait) => Then::NotBefore(wait),
            Class::Transient
            | Class::Unanswered
            | Class::Conflict
            | Class::NotFound
            | Class::Unauthenticated => Then::Backoff,
        })
    }
}
