//! Lists of only what changed, which come between those of everything where these are slow. Pure.

use super::schedule::{LastList, ListSchedule};
use crate::kind::failure::Class;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// How far such a list reaches back behind what is told already: by so much may the clocks of a service's nodes differ, and so long
/// may a change take from its time to the moment when lists show it. What is told twice is compared twice, and wakes nobody.
const OVERLAP: Duration = Duration::from_secs(60);

/// What is known of a collection's lists of what changed.
#[derive(Debug, Default)]
pub(super) struct Increments {
    schedule: ListSchedule,
    /// Changes before this are told, by the service's clock.
    told: Option<Timestamp>,
}

impl Increments {
    /// From when on the next one has to tell; `None` while the service has not said what time it is.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.told?.checked_sub(OVERLAP).ok()
    }

    /// When the next one is due; `None` where lists of everything are quick enough.
    pub(super) fn due(
        &self,
        whole: &ListSchedule,
        began: Instant,
        eager: bool,
        now: Instant,
    ) -> Option<Instant> {
        let since = whole.last_sent().map_or(began, |sent| sent.max(began));
        (self.told.is_some() && whole.is_slow()).then(|| self.schedule.due(since, eager, now))
    }

    /// A list, of everything or of what changed, was complete. Both times are the service's: `asked` is when the list was asked for,
    /// `changed` when the newest object in it was changed, less the time that the list took. `news`: it showed a change that no owner
    /// expected.
    pub(super) fn told(
        &mut self,
        asked: Option<Timestamp>,
        changed: Option<Timestamp>,
        news: bool,
        now: Instant,
    ) {
        // Not all services tell the time, but all that is needed is a moment on their clocks before which everything is told.
        self.told = asked.or_else(|| self.told.max(changed));
        if news {
            self.schedule.expect_more(now);
        }
    }

    /// A list of what changed was complete.
    pub(super) fn listed(&mut self, last: LastList, now: Instant) {
        self.schedule.listed(last, false, now);
    }

    /// A list of what changed failed.
    pub(super) fn gave_up(&mut self, class: Class, now: Instant) {
        self.schedule.gave_up(class, now);
    }
}
