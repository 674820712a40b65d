//! One watched object: a few bytes that say whether lists still show what its owner saw.

use crate::kind::rest::listing::Look;
use parking_lot::{Mutex, MutexGuard};
use std::task::Waker;
use tokio::time::Instant;

/// Compares what lists show of an object with what its owner saw.
pub(super) struct Watched {
    seen: Look,
    /// A change is expected.
    pub(super) eager: bool,
    waker: Waker,
    since: Instant,
    last: Mutex<Comparison>,
}

/// How the last list compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    /// No list was compared yet.
    None,
    /// The list sent at this time showed what was seen.
    Same(Instant),
    /// A list showed this other fingerprint, and the owner was woken.
    Different(u64),
    /// A list left the object out, and the owner was woken. That proves nothing; what lists left out once, as another
    /// project's object, they mostly leave out again.
    Missing,
}

impl Watched {
    /// `missing`: the last list left the object out.
    pub(super) fn new(seen: Look, eager: bool, missing: bool, waker: Waker) -> Self {
        let last = Mutex::new(if missing { Comparison::Missing } else { Comparison::None });
        Self { seen, eager, waker, since: Instant::now(), last }
    }

    /// Compares with a list sent at `sent`, which showed this fingerprint or left the object out. Wakes the owner once per
    /// change; returns whether this is one.
    pub(super) fn compare(&self, listed: Option<u64>, sent: Instant) -> bool {
        // A list sent before the owner's look may show an older state than the look. And a list under way when the watch
        // began kept no fingerprint of objects that nobody watched yet: for it, absence means nothing.
        if sent < self.seen.at || (listed.is_none() && sent < self.since) {
            return false;
        }
        let mut last = self.last();
        let next = match listed {
            None => Comparison::Missing,
            Some(fingerprint) if fingerprint == self.seen.fingerprint => Comparison::Same(sent),
            Some(fingerprint) => Comparison::Different(fingerprint),
        };
        let news = *last != next && !matches!(next, Comparison::None | Comparison::Same(_));
        *last = next;
        // A waker may run its task at once, which may come back here.
        drop(last);
        if news {
            self.waker.wake_by_ref();
        }
        news
    }

    /// Is this another fingerprint than the one seen?
    pub(super) fn differs(&self, fingerprint: u64) -> bool {
        fingerprint != self.seen.fingerprint
    }

    /// Did the last list leave the object out?
    pub(super) fn missing(&self) -> bool {
        *self.last() == Comparison::Missing
    }

    /// When the object was last known to be as seen; `None` if a list has shown otherwise since.
    pub(super) fn same_at(&self) -> Option<Instant> {
        match *self.last() {
            Comparison::None => Some(self.seen.at),
            Comparison::Same(sent) => Some(sent),
            Comparison::Different(_) | Comparison::Missing => None,
        }
    }

    fn last(&self) -> MutexGuard<'_, Comparison> {
        self.last.lock()
    }
}

#[cfg(test)]
mod tests;
