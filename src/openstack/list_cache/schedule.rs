//! When a collection is listed: often enough that drift is seen in time, seldom enough for the cloud. Pure: the caller
//! says what time it is.

use crate::kind::failure::Class;
use std::time::Duration;
use tokio::time::Instant;

/// How long a look or search waits for others, to share their list.
pub(super) const WINDOW: Duration = Duration::from_millis(10);
/// The longest such wait, while many look and lists take long.
pub(super) const LONG_WINDOW: Duration = Duration::from_secs(1);

/// Interval of lists while nothing happens. With the list's own time and the repair, drift is corrected within 15 s.
const USUAL: Duration = Duration::from_secs(10);
/// Interval while a change is expected, or somebody else has changed something a moment ago.
const FAST: Duration = Duration::from_secs(2);
/// How long further changes are expected after one by somebody else: people and programs rarely change one thing only.
const AFTER_CHANGE: Duration = Duration::from_secs(30);
/// Lists take at most this fraction (1/20) of the time: a collection that is slow to list is listed seldom.
const SHARE: u32 = 20;
/// A collection is listed for however few objects while the pauses between its lists are at most this long.
const QUICK: Duration = Duration::from_secs(20);
/// The quickest of this many lists counts: a list sent while the cloud was busy says little about the next one.
const SAMPLES: usize = 3;
/// Longest pause on the evidence of fewer lists.
const UNSURE: Duration = Duration::from_secs(20);
/// Longest pause after lists that failed.
const LONGEST: Duration = Duration::from_secs(300);
/// How long nothing is listed where the cloud refuses to.
const REFUSED: Duration = Duration::from_secs(600);
/// A list replaces at least this many looks,
const ENOUGH: usize = 4;
/// this many for each of its pages,
const PER_PAGE: usize = 3;
/// and one for each of this many objects in it: it must not carry thousands of other people's objects for a few of ours.
const OBJECTS_PER_LOOK: usize = 50;
/// What lists showed is relied on for this many intervals, so that a single failed list changes nothing,
const STALE: u32 = 3;
/// and for this long at the least.
const LEAST_STALE: Duration = Duration::from_secs(60);

/// How long to wait for more looks or searches after a list that took so long: half of it, so that the wait is small
/// beside what the list itself costs.
pub(super) fn window_after(took: Duration) -> Duration {
    (took / 2).clamp(WINDOW, LONG_WINDOW)
}

/// What is known of a collection's lists.
#[derive(Clone, Debug, Default)]
pub(super) struct ListSchedule {
    last: Option<LastList>,
    /// How long the last ones took, the youngest first.
    took: Vec<Duration>,
    /// Until when further changes by others are expected.
    changing: Option<Instant>,
    failures: u32,
    not_before: Option<Instant>,
    refused: bool,
}

/// The last list.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastList {
    pub(super) sent: Instant,
    pub(super) took: Duration,
    pub(super) objects: usize,
    pub(super) pages: usize,
}

impl ListSchedule {
    /// Does a list cost the cloud less than this many looks?
    pub(super) fn worth(&self, looks: usize, now: Instant) -> bool {
        let (objects, pages) = self.last.map_or((0, 1), |last| (last.objects, last.pages));
        let allowed = self.not_before.is_none_or(|then| now >= then);
        allowed && looks >= ENOUGH.max(pages * PER_PAGE) && looks * OBJECTS_PER_LOOK >= objects
    }

    /// Are lists for this many watched objects worth it? For a single one, if they take little time: then drift is seen as soon as
    /// it is with thousands. Where lists take long, they have to replace as many looks as they cost.
    pub(super) fn worth_watching(&self, watched: usize, now: Instant) -> bool {
        let allowed = self.not_before.is_none_or(|then| now >= then);
        allowed && watched > 0 && (self.share_pause() <= QUICK || self.worth(watched, now))
    }

    /// Are lists so slow that their share of the time makes drift wait?
    pub(super) fn is_slow(&self) -> bool {
        self.share_pause() > USUAL
    }

    /// When the last list was sent.
    pub(super) fn last_sent(&self) -> Option<Instant> {
        self.last.map(|last| last.sent)
    }

    /// How long the last list took.
    pub(super) fn took(&self) -> Duration {
        self.last.map_or(Duration::ZERO, |last| last.took)
    }

    /// The pause that keeps lists to their share of the time.
    fn share_pause(&self) -> Duration {
        let quickest = self.took.iter().min().copied().unwrap_or_default() * SHARE;
        if self.took.len() < SAMPLES { quickest.min(UNSURE) } else { quickest }
    }

    /// Time between two lists.
    fn interval(&self, eager: bool, now: Instant) -> Duration {
        let fast = eager || self.changing.is_some_and(|until| now < until);
        // Collections that began together should not stay in step. The last digits of a list's time are as good as
        // random, and keep this file pure; they shorten the interval by up to a tenth.
        let chance = f64::from(self.took().subsec_nanos() % 1000) / 1000.0;
        let wanted = if fast { FAST } else { USUAL }.mul_f64(1.0 - chance / 10.0);
        let pause = wanted.max(self.share_pause());
        if self.failures == 0 { pause } else { pause.max(USUAL * (1 << self.failures.min(5))).min(LONGEST) }
    }

    /// Will there be lists for this many watched objects? A failed one is tried again within [`LONGEST`]; a refused one
    /// only when [`REFUSED`] is over, which is too late to rely on.
    pub(super) fn will_list(&self, watched: usize, now: Instant) -> bool {
        let waits = self.not_before.is_some_and(|then| now < then);
        let allowed = if waits && !self.refused { now + LONGEST } else { now };
        self.worth_watching(watched, allowed)
    }

    /// When the next list is due; the first one an interval after the watch began.
    pub(super) fn due(&self, began: Instant, eager: bool, now: Instant) -> Instant {
        let since = self.last.map_or(began, |last| last.sent.max(began));
        let due = since + self.interval(eager, now);
        self.not_before.map_or(due, |then| due.max(then))
    }

    /// Is what was seen at `last` still to be relied on, since a list would have shown a change? An owner that expects a
    /// change does not wait for slow lists.
    pub(super) fn is_fresh(&self, last: Instant, eager: bool, now: Instant) -> bool {
        let patience =
            if eager { FAST * 2 } else { (USUAL.max(self.share_pause()) * STALE).max(LEAST_STALE) };
        now.saturating_duration_since(last) <= patience
    }

    /// A list succeeded. `news`: it showed a change that no owner expected.
    pub(super) fn listed(&mut self, last: LastList, news: bool, now: Instant) {
        let mut took = std::mem::take(&mut self.took);
        took.insert(0, last.took);
        took.truncate(SAMPLES);
        *self = Self { last: Some(last), took, changing: self.changing, ..Self::default() };
        if news {
            self.expect_more(now);
        }
    }

    /// Further changes by others are expected.
    pub(super) fn expect_more(&mut self, now: Instant) {
        self.changing = Some(now + AFTER_CHANGE);
    }

    /// A list failed. Returns whether that is an outage, which a GET would meet as well: a list that is refused, or too much for
    /// the service to answer in time, says nothing about a GET.
    pub(super) fn gave_up(&mut self, class: Class, now: Instant) -> bool {
        match class {
            Class::Transient | Class::Unauthenticated => self.failed(Duration::ZERO, now),
            Class::RateLimited(wait) => self.failed(wait, now),
            Class::Terminal | Class::Unanswered | Class::Conflict | Class::NotFound => {
                self.refused(now);
                return false;
            }
        }
        true
    }

    /// A list failed and may succeed another time, not before `patience` is over.
    fn failed(&mut self, patience: Duration, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + patience.max(self.interval(false, now)));
    }

    /// The cloud does not list this collection.
    fn refused(&mut self, now: Instant) {
        (self.not_before, self.refused) = (Some(now + REFUSED), true);
    }
}

#[cfg(test)]
mod tests;
