//! One watched object: some bytes that say whether lists tell of it what was seen.

use crate::kind::rest::listing::Look;
use parking_lot::{Mutex, MutexGuard};
use std::task::Waker;
use tokio::time::Instant;

/// Compares what lists tell of an object with what its owner saw.
pub(super) struct Sentry {
    seen: Look,
    pub(super) eager: bool,
    waker: Waker,
    since: Instant,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No list told of it yet.
    New,
    /// The list that was sent then told what was seen.
    Same(Instant),
    /// A list told something else, with this fingerprint, and the owner was woken.
    Other(u64),
    /// A list left it out, and the owner was woken: this proves nothing, and what is not in it once seldom is later.
    Missing,
}

impl Sentry {
    /// `missing`: earlier lists left it out.
    pub(super) fn new(seen: Look, eager: bool, missing: bool, waker: Waker) -> Self {
        let state = Mutex::new(if missing { State::Missing } else { State::New });
        Self { seen, eager, waker, since: Instant::now(), state }
    }

    /// A list told this of the object, or left it out. Wakes the owner, once for each change; says whether this is one.
    pub(super) fn hear(&self, told: Option<u64>, sent: Instant) -> bool {
        // What was under way when the owner looked may be older than what it saw; and of what was not watched yet when
        // its page came, nothing was kept.
        if sent < self.seen.at || (told.is_none() && sent < self.since) {
            return false;
        }
        let mut state = self.state();
        let next = match told {
            None => State::Missing,
            Some(fingerprint) if fingerprint == self.seen.fingerprint => State::Same(sent),
            Some(fingerprint) => State::Other(fingerprint),
        };
        let news = *state != next && !matches!(next, State::New | State::Same(_));
        *state = next;
        drop(state);
        if news {
            self.waker.wake_by_ref();
        }
        news
    }

    /// Would this be something else than what was seen?
    pub(super) fn differs(&self, fingerprint: u64) -> bool {
        fingerprint != self.seen.fingerprint
    }

    /// Did the last list leave it out?
    pub(super) fn missing(&self) -> bool {
        *self.state() == State::Missing
    }

    /// When it last was what was seen, if no list told otherwise since.
    pub(super) fn same_at(&self) -> Option<Instant> {
        match *self.state() {
            State::New => Some(self.seen.at),
            State::Same(sent) => Some(sent),
            State::Other(_) | State::Missing => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Wake,
        time::Duration,
    };

    #[derive(Default)]
    struct Bell(AtomicUsize);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// What lists tell in turn, and the rings after each; `true` where the sentry relies on the list.
    fn rings(missing: bool, told: &[Option<u64>]) -> Vec<(usize, bool)> {
        let (bell, now) = (Arc::new(Bell::default()), Instant::now());
        let sentry = Sentry::new(Look { fingerprint: 1, at: now }, false, missing, bell.clone().into());
        let hear = |(at, told): (u32, &Option<u64>)| {
            sentry.hear(*told, now + at * Duration::from_secs(1));
            (bell.0.load(Ordering::SeqCst), sentry.same_at().is_some())
        };
        (1..).zip(told).map(hear).collect()
    }

    #[test]
    fn the_owner_is_woken_once_for_each_change_and_not_while_nothing_changes() {
        for (missing, told, rung) in [
            (false, vec![Some(1), Some(1)], vec![(0, true), (0, true)]),
            (false, vec![Some(2), Some(2), Some(3)], vec![(1, false), (1, false), (2, false)]),
            (false, vec![Some(2), Some(1), Some(2)], vec![(1, false), (1, true), (2, false)]),
            (false, vec![None, None, Some(1)], vec![(1, false), (1, false), (1, true)]),
            // Another project's object, say: no list will ever tell of it.
            (true, vec![None, None], vec![(0, false), (0, false)]),
            (true, vec![Some(2)], vec![(1, false)]),
        ] {
            assert_eq!(rings(missing, &told), rung, "{told:?}");
        }
    }

    #[test]
    fn a_list_that_was_under_way_when_the_watch_began_does_not_miss_it() {
        let bell = Arc::new(Bell::default());
        let seen = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        let sentry = Sentry::new(Look { fingerprint: 1, at: seen }, false, false, bell.clone().into());
        assert!(!sentry.hear(None, seen) && sentry.same_at() == Some(seen));
        assert!(sentry.hear(Some(2), seen), "what it does tell counts");
        assert!(sentry.hear(None, Instant::now()));
    }

    #[test]
    fn a_list_that_was_sent_before_the_look_says_nothing() {
        let (bell, now) = (Arc::new(Bell::default()), Instant::now());
        let at = now + Duration::from_secs(1);
        let sentry = Sentry::new(Look { fingerprint: 1, at }, false, false, bell.clone().into());
        for told in [Some(1), Some(2), None] {
            assert!(!sentry.hear(told, now));
        }
        assert_eq!((bell.0.load(Ordering::SeqCst), sentry.same_at()), (0, Some(at)));
    }
}
