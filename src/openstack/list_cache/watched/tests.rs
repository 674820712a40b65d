use super::*;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Wake,
    time::Duration,
};

/// Counts how often the owner is woken.
#[derive(Default)]
struct WakeCounter(AtomicUsize);

impl Wake for WakeCounter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// What lists show in turn; after each, how often the owner was woken, and whether the list is relied on.
fn wakes(missing: bool, shown: &[Option<u64>]) -> Vec<(usize, bool)> {
    let (counter, now) = (Arc::new(WakeCounter::default()), Instant::now());
    let watched = Watched::new(Look { fingerprint: 1, at: now }, false, missing, counter.clone().into());
    let compare = |(at, listed): (u32, &Option<u64>)| {
        watched.compare(*listed, now + at * Duration::from_secs(1));
        (counter.0.load(Ordering::SeqCst), watched.same_at().is_some())
    };
    (1..).zip(shown).map(compare).collect()
}

#[test]
fn the_owner_is_woken_once_for_each_change_and_not_while_nothing_changes() {
    for (missing, shown, woken) in [
        (false, vec![Some(1), Some(1)], vec![(0, true), (0, true)]),
        (false, vec![Some(2), Some(2), Some(3)], vec![(1, false), (1, false), (2, false)]),
        (false, vec![Some(2), Some(1), Some(2)], vec![(1, false), (1, true), (2, false)]),
        (false, vec![None, None, Some(1)], vec![(1, false), (1, false), (1, true)]),
        // Another project's object, say: no list will ever show it.
        (true, vec![None, None], vec![(0, false), (0, false)]),
        (true, vec![Some(2)], vec![(1, false)]),
    ] {
        assert_eq!(wakes(missing, &shown), woken, "{shown:?}");
    }
}

#[test]
fn a_list_that_was_under_way_when_the_watch_began_does_not_miss_it() {
    let counter = Arc::new(WakeCounter::default());
    let seen = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    let watched = Watched::new(Look { fingerprint: 1, at: seen }, false, false, counter.clone().into());
    assert!(!watched.compare(None, seen) && watched.same_at() == Some(seen));
    assert!(watched.compare(Some(2), seen), "what it does show counts");
    assert!(watched.compare(None, Instant::now()));
}

#[test]
fn a_list_that_was_sent_before_the_look_says_nothing() {
    let (counter, now) = (Arc::new(WakeCounter::default()), Instant::now());
    let at = now + Duration::from_secs(1);
    let watched = Watched::new(Look { fingerprint: 1, at }, false, false, counter.clone().into());
    for listed in [Some(1), Some(2), None] {
        assert!(!watched.compare(listed, now));
    }
    assert_eq!((counter.0.load(Ordering::SeqCst), watched.same_at()), (0, Some(at)));
}
