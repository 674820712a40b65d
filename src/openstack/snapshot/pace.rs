//! When a collection is listed: as often as drift is to be seen, as seldom as the cloud's effort asks for. Pure.

use std::time::Duration;
use tokio::time::Instant;

/// How often a collection is listed while nothing happens: with what a list takes and the repair, drift is mended
/// within 15 s.
const IDLE: Duration = Duration::from_secs(10);
/// How often while something of it is expected to change, or somebody else changed something a moment ago.
const FAST: Duration = Duration::from_secs(2);
/// How long after another's change more of them are expected.
const HOT: Duration = Duration::from_secs(30);
/// A list takes at most one part in so many of the time: a collection that is slow to list is listed seldom.
const SHARE: u32 = 20;
/// Of so many lists the quickest counts: one that came while the cloud was busy says little of the next.
const SAMPLES: usize = 3;
/// Longest pause that fewer lists are good for.
const UNSURE: Duration = Duration::from_secs(20);
/// Longest pause after lists that failed.
const LONGEST: Duration = Duration::from_secs(300);
/// How long nothing is listed where the cloud refuses to.
const REFUSED: Duration = Duration::from_secs(600);
/// So many looks are worth a list,
const ENOUGH: usize = 4;
/// if they are one in so many of the objects that it tells,
const FOREIGN: usize = 50;
/// and so many for each of its pages.
const PER_PAGE: usize = 3;
/// What lists said counts as news for so many beats: one may fail.
const STALE: u32 = 3;
/// and for so long at the least.
const LEAST_STALE: Duration = Duration::from_secs(60);

/// What is known of a collection's lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    last: Option<Last>,
    /// How long the last ones took.
    took: Vec<Duration>,
    hot: Option<Instant>,
    failures: u32,
    not_before: Option<Instant>,
    refused: bool,
}

/// The last list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    pub(super) sent: Instant,
    pub(super) took: Duration,
    pub(super) objects: usize,
    pub(super) pages: usize,
}

impl Pace {
    /// Is a list less effort than so many looks?
    pub(super) fn worth(&self, looks: usize, now: Instant) -> bool {
        let (objects, pages) = self.last.map_or((0, 1), |last| (last.objects, last.pages));
        let allowed = self.not_before.is_none_or(|then| now >= then);
        allowed && looks >= ENOUGH.max(pages * PER_PAGE) && looks * FOREIGN >= objects
    }

    /// How long the last list took.
    pub(super) fn took(&self) -> Duration {
        self.last.map_or(Duration::ZERO, |last| last.took)
    }

    /// Pause that keeps lists to their share of the time.
    fn rest(&self) -> Duration {
        let quickest = self.took.iter().min().copied().unwrap_or_default() * SHARE;
        if self.took.len() < SAMPLES { quickest.min(UNSURE) } else { quickest }
    }

    /// Time between two lists.
    fn beat(&self, eager: bool, now: Instant) -> Duration {
        let fast = eager || self.hot.is_some_and(|until| now < until);
        let took = self.took();
        // Chance is in the time that a list takes: its last digits. It shortens a beat by up to a tenth.
        let chance = f64::from(took.subsec_nanos() % 1000) / 1000.0;
        let wish = if fast { FAST } else { IDLE }.mul_f64(1.0 - chance / 10.0);
        let pause = wish.max(self.rest());
        if self.failures == 0 { pause } else { pause.max(IDLE * (1 << self.failures.min(5))).min(LONGEST) }
    }

    /// Will there be lists, of a collection of which so many are watched? One that failed is tried again.
    pub(super) fn beats(&self, watched: usize, now: Instant) -> bool {
        let waits = self.not_before.is_some_and(|then| now < then);
        let allowed = if waits && !self.refused { now + LONGEST } else { now };
        self.worth(watched, allowed)
    }

    /// When the next list is due; the first one a beat after the watch began.
    pub(super) fn due(&self, began: Instant, eager: bool, now: Instant) -> Instant {
        let since = self.last.map_or(began, |last| last.sent.max(began));
        let due = since + self.beat(eager, now);
        self.not_before.map_or(due, |then| due.max(then))
    }

    /// Is what was last seen or listed then still to be relied on, because lists would tell of a change? Who expects one
    /// waits for no slow list.
    pub(super) fn fresh(&self, last: Instant, eager: bool, now: Instant) -> bool {
        let patience = if eager { FAST * 2 } else { (IDLE.max(self.rest()) * STALE).max(LEAST_STALE) };
        now.saturating_duration_since(last) <= patience
    }

    /// A list came; `news` is whether it told of a change that nobody expected.
    pub(super) fn listed(&mut self, last: Last, news: bool, now: Instant) {
        let mut took = std::mem::take(&mut self.took);
        took.insert(0, last.took);
        took.truncate(SAMPLES);
        *self = Self { last: Some(last), took, hot: self.hot, ..Self::default() };
        if news {
            self.hot = Some(now + HOT);
        }
    }

    /// A list failed and may succeed another time.
    pub(super) fn failed(&mut self, patience: Duration, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + patience.max(self.beat(false, now)));
    }

    /// The cloud does not list this.
    pub(super) fn refused(&mut self, now: Instant) {
        (self.not_before, self.refused) = (Some(now + REFUSED), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn listed(took: Duration, objects: usize, pages: usize) -> (Pace, Instant) {
        let (mut pace, now) = (Pace::default(), Instant::now());
        (0..SAMPLES).for_each(|_| pace.listed(Last { sent: now, took, objects, pages }, false, now));
        (pace, now)
    }

    #[test]
    fn a_list_is_worth_it_if_it_answers_enough_of_what_it_tells() {
        for (looks, objects, pages, worth) in [
            (3, 3, 1, false),
            (4, 4, 1, true),
            (4, 200, 1, true),
            (4, 201, 1, false),
            (200, 10_000, 10, true),
            (20, 900, 10, false),
        ] {
            let (pace, now) = listed(S, objects, pages);
            assert_eq!(pace.worth(looks, now), worth, "{looks} of {objects} on {pages}");
        }
        assert!(Pace::default().worth(ENOUGH, Instant::now()), "the first list is tried");
    }

    #[test]
    fn the_beat_is_fast_where_a_change_is_expected_and_slow_where_lists_are() {
        let beat = |took, eager, news| {
            let (mut pace, now) = listed(took, 200, 1);
            pace.listed(Last { sent: now, took, objects: 200, pages: 1 }, news, now);
            (pace.beat(eager, now), pace.beat(eager, now + HOT))
        };
        let took = Duration::from_millis(50);
        assert_eq!(beat(took, false, false), (IDLE, IDLE));
        assert_eq!(beat(took, true, false), (FAST, FAST));
        assert_eq!(beat(took, false, true), (FAST, IDLE), "somebody is at work");
        assert_eq!(beat(2 * S, true, true), (40 * S, 40 * S), "a twentieth of the time");
        let (odd, _) = beat(Duration::new(0, 50_000_999), false, false);
        assert!(odd < IDLE && odd > IDLE * 9 / 10, "{odd:?}");
    }

    #[test]
    fn a_list_that_took_long_while_the_cloud_was_busy_does_not_stop_the_next_ones() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let mut list = |took| {
            pace.listed(Last { sent: now, took, objects: 200, pages: 1 }, false, now);
            pace.beat(false, now)
        };
        assert_eq!([list(8 * S), list(8 * S)], [UNSURE, UNSURE], "it may have been a moment");
        assert_eq!(list(8 * S), 160 * S, "it is slow");
        assert_eq!([list(S / 10), list(8 * S)], [IDLE, IDLE]);
    }

    #[test]
    fn drift_in_a_collection_of_200_is_seen_in_time() {
        let (pace, now) = listed(Duration::from_millis(500), 200, 1);
        let due = pace.due(now, false, now);
        assert!(due + Duration::from_millis(500) <= now + 11 * S);
    }

    #[test]
    fn lists_that_fail_come_ever_more_slowly_until_one_succeeds() {
        let (mut pace, now) = listed(S, 10, 1);
        let mut waits = vec![];
        for _ in 0..6 {
            pace.failed(Duration::ZERO, now);
            waits.push(pace.due(now, true, now).duration_since(now).as_secs());
        }
        assert_eq!(waits, [20, 40, 80, 160, 300, 300]);
        pace.failed(900 * S, now);
        assert_eq!(pace.due(now, true, now), now + 900 * S, "patience was asked for");
        pace.listed(Last { sent: now, took: S, objects: 10, pages: 1 }, false, now);
        assert_eq!(pace.due(now, true, now), now + 20 * S);
    }

    #[test]
    fn what_the_cloud_refuses_to_list_is_looked_at_one_by_one() {
        let (mut pace, now) = listed(S, 10, 1);
        pace.refused(now);
        assert!(!pace.worth(100, now) && pace.worth(100, now + REFUSED));
        assert!(!pace.beats(100, now) && pace.beats(100, now + REFUSED));
        let (mut pace, now) = listed(S, 10, 1);
        pace.failed(Duration::ZERO, now);
        assert!(!pace.worth(100, now) && pace.beats(100, now));
    }

    #[test]
    fn a_list_is_relied_on_for_a_few_beats() {
        let (pace, now) = listed(10 * S, 10_000, 10);
        assert!(pace.fresh(now, false, now + 600 * S) && !pace.fresh(now, false, now + 601 * S));
        assert!(!Pace::default().fresh(now, false, now + 61 * S));
        assert!(pace.fresh(now, true, now + 4 * S) && !pace.fresh(now, true, now + 5 * S));
    }
}
