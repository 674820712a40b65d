//! What is to be reconciled, and when: a keyed queue with delays and two lanes, and the rate that all controllers share
//! (RT-3).

use super::clock::Clock;
use crate::kind::token_bucket::TokenBucket;
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    pin::pin,
    sync::Arc,
    task::{Wake, Waker},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

/// A later time is none that anybody waits for, and could not be reckoned with.
const LATEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// So many changes at most come in a row before something whose time has come.
const CHANGES_FIRST: u32 = 9;

/// Keys in the order in which they fall due, those that something changed before those whose time has come. A key is in it once,
/// and never runs twice at a time.
pub struct Queue<K> {
    clock: Arc<dyn Clock>,
    state: Mutex<Schedule<K>>,
    changed: Notify,
}

/// Why a key is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Something changed.
    Change,
    /// Something was left for later.
    Later,
    /// Nothing but time went by.
    Poll,
}

/// A key that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<K> {
    /// The key.
    pub key: K,
    /// Why.
    pub lane: Lane,
    /// How long it has been due.
    pub waited: Duration,
}

/// When a key falls due, and in which order among those that do so at one moment.
type Slot = (Instant, u64);

struct Schedule<K> {
    changes: BTreeMap<Slot, K>,
    timed: BTreeMap<Slot, K>,
    keys: HashMap<K, Position>,
    sequence: u64,
    /// Changes that were handed out in a row.
    streak: u32,
    closed: bool,
}

#[derive(Clone, Copy)]
enum Position {
    Waiting(Lane, Slot),
    Running { again: Option<(Lane, Instant)> },
}

enum Taken<K> {
    Key(Due<K>),
    NotBefore(Option<Instant>),
    Closed,
}

impl<K: Clone + Eq + Hash> Queue<K> {
    /// An empty queue.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = Schedule {
            changes: BTreeMap::new(),
            timed: BTreeMap::new(),
            keys: HashMap::new(),
            sequence: 0,
            streak: 0,
            closed: false,
        };
        Self { clock, state: Mutex::new(state), changed: Notify::new() }
    }

    /// The key is due now; if it runs, right after that.
    pub fn add(&self, key: K) {
        self.put(key, Lane::Change, Duration::ZERO);
    }

    /// The key is due in so long, unless it is due earlier anyway.
    pub fn add_after(&self, key: K, wait: Duration) {
        self.put(key, Lane::Later, wait);
    }

    /// The same, and why. The better of two reasons counts, and the earlier time.
    pub fn put(&self, key: K, lane: Lane, wait: Duration) {
        let due = self.clock.monotonic() + wait.min(LATEST);
        self.state().schedule(key, lane, due);
        self.changed.notify_waiters();
    }

    /// Waits for the next key that is due, and marks it as running; `None` once the queue is closed.
    pub async fn next(&self) -> Option<K> {
        self.take().await.map(|due| due.key)
    }

    /// The same, with why it is due, and for how long.
    pub async fn take(&self) -> Option<Due<K>> {
        loop {
            // Registered before looking, so that nothing added meanwhile is missed.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let taken = self.state().take(self.clock.monotonic());
            match taken {
                Taken::Key(due) => return Some(due),
                Taken::Closed => return None,
                Taken::NotBefore(None) => changed.await,
                Taken::NotBefore(Some(due)) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(due) => {}
                },
            }
        }
    }

    /// The key no longer runs.
    pub fn done(&self, key: &K) {
        self.state().done(key);
        self.changed.notify_waiters();
    }

    /// The key is not to run any more, unless it is added again.
    pub fn forget(&self, key: &K) {
        let mut state = self.state();
        match state.keys.get_mut(key) {
            Some(Position::Running { again }) => *again = None,
            Some(Position::Waiting(lane, slot)) => {
                let (lane, slot) = (*lane, *slot);
                state.lane(lane).remove(&slot);
                state.keys.remove(key);
            }
            None => {}
        }
    }

    /// How many keys wait, due or not.
    pub fn len(&self) -> usize {
        let state = self.state();
        state.changes.len() + state.timed.len()
    }

    /// Does no key wait?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many keys are due but do not run yet: what the metric `workqueue_depth` counts.
    pub fn due(&self) -> usize {
        let (now, state) = (self.clock.monotonic(), self.state());
        [&state.changes, &state.timed].iter().map(|lane| lane.range(..=(now, u64::MAX)).count()).sum()
    }

    /// Hands out nothing more.
    pub fn close(&self) {
        self.state().closed = true;
        self.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, Schedule<K>> {
        self.state.lock()
    }
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Queue<K> {
    /// What adds the key when it is woken.
    pub fn waker(self: &Arc<Self>, key: &K) -> Waker {
        Arc::new(KeyWaker { queue: self.clone(), key: key.clone() }).into()
    }
}

struct KeyWaker<K> {
    queue: Arc<Queue<K>>,
    key: K,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Wake for KeyWaker<K> {
    fn wake(self: Arc<Self>) {
        self.queue.add(self.key.clone());
    }
}

impl<K: Clone + Eq + Hash> Schedule<K> {
    fn lane(&mut self, lane: Lane) -> &mut BTreeMap<Slot, K> {
        match lane {
            Lane::Change => &mut self.changes,
            Lane::Later | Lane::Poll => &mut self.timed,
        }
    }

    fn schedule(&mut self, key: K, lane: Lane, due: Instant) {
        match self.keys.get_mut(&key) {
            Some(Position::Running { again }) => {
                *again = Some(again.map_or((lane, due), |(l, d)| (l.min(lane), d.min(due))));
            }
            Some(Position::Waiting(before, slot)) if slot.0 <= due && *before <= lane => {}
            Some(Position::Waiting(before, slot)) => {
                let (before, slot) = (*before, *slot);
                self.lane(before).remove(&slot);
                self.insert(key, before.min(lane), slot.0.min(due));
            }
            None => self.insert(key, lane, due),
        }
    }

    fn insert(&mut self, key: K, lane: Lane, due: Instant) {
        self.sequence += 1;
        let slot = (due, self.sequence);
        self.lane(lane).insert(slot, key.clone());
        self.keys.insert(key, Position::Waiting(lane, slot));
    }

    fn take(&mut self, now: Instant) -> Taken<K> {
        if self.closed {
            return Taken::Closed;
        }
        let first = |lane: &BTreeMap<Slot, K>| lane.keys().next().map(|slot| slot.0);
        let (change, timed) = (first(&self.changes), first(&self.timed));
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        let changed = match (is_due(change), is_due(timed)) {
            (false, false) => return Taken::NotBefore(change.into_iter().chain(timed).min()),
            (changed, true) => changed && self.streak < CHANGES_FIRST,
            (true, false) => true,
        };
        self.streak = if changed { self.streak + 1 } else { 0 };
        let slots = if changed { &mut self.changes } else { &mut self.timed };
        let Some(((due, _), key)) = slots.pop_first() else { return Taken::NotBefore(None) };
        let before = self.keys.insert(key.clone(), Position::Running { again: None });
        let Some(Position::Waiting(lane, _)) = before else { return Taken::NotBefore(None) };
        Taken::Key(Due { key, lane, waited: now.saturating_duration_since(due) })
    }

    fn done(&mut self, key: &K) {
        match self.keys.remove(key) {
            Some(Position::Running { again: Some((lane, due)) }) => self.insert(key.clone(), lane, due),
            Some(Position::Running { again: None }) | None => {}
            // Not running: nothing to end.
            Some(waiting @ Position::Waiting(..)) => {
                self.keys.insert(key.clone(), waiting);
            }
        }
    }
}

/// The rate that all controllers share: so many reconciles a second, ten times as many at once.
pub struct Rate {
    clock: Arc<dyn Clock>,
    bucket: Mutex<TokenBucket>,
}

impl Rate {
    /// At most so many a second.
    pub fn new(clock: Arc<dyn Clock>, per_second: u32) -> Self {
        let rate = f64::from(per_second.max(1));
        let bucket = TokenBucket::new(rate, 10.0 * rate);
        Self { clock, bucket: Mutex::new(bucket) }
    }

    /// Waits for one's turn. Who gives up waiting has used it up all the same.
    pub async fn turn(&self) {
        let now = self.clock.monotonic();
        let wait = self.bucket.lock().reserve(now);
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests;
