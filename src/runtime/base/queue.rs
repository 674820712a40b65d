//! What is to be reconciled, and when: a keyed queue with delays, and the rate that all controllers share (RT-3).

use super::clock::Clock;
use crate::kind::token_bucket::TokenBucket;
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

/// Keys in the order in which they fall due. A key is in it once, and never runs twice at a time.
pub struct Queue<K> {
    clock: Arc<dyn Clock>,
    state: Mutex<Schedule<K>>,
    changed: Notify,
}

/// When a key falls due, and in which order among those that do so at one moment.
type Slot = (Instant, u64);

struct Schedule<K> {
    slots: BTreeMap<Slot, K>,
    keys: HashMap<K, Position>,
    sequence: u64,
    closed: bool,
}

enum Position {
    Waiting(Slot),
    Running { again: Option<Instant> },
}

enum Taken<K> {
    Key(K, Instant),
    NotBefore(Option<Instant>),
    Closed,
}

impl<K: Clone + Eq + Hash> Queue<K> {
    /// An empty queue.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = Schedule { slots: BTreeMap::new(), keys: HashMap::new(), sequence: 0, closed: false };
        Self { clock, state: Mutex::new(state), changed: Notify::new() }
    }

    /// The key is due now; if it runs, right after that.
    pub fn add(&self, key: K) {
        self.add_after(key, Duration::ZERO);
    }

    /// The key is due in so long, unless it is due earlier anyway.
    pub fn add_after(&self, key: K, wait: Duration) {
        let due = self.clock.monotonic() + wait;
        self.state().schedule(key, due);
        self.changed.notify_waiters();
    }

    /// Waits for the next key that is due, and marks it as running; `None` once the queue is closed.
    pub async fn next(&self) -> Option<K> {
        self.take().await.map(|(key, _)| key)
    }

    /// The same, with how long it has been due.
    pub async fn take(&self) -> Option<(K, Duration)> {
        loop {
            // Registered before looking, so that nothing added meanwhile is missed.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let now = self.clock.monotonic();
            let taken = self.state().take(now);
            match taken {
                Taken::Key(key, due) => return Some((key, now.saturating_duration_since(due))),
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
            Some(Position::Waiting(slot)) => {
                let slot = *slot;
                state.slots.remove(&slot);
                state.keys.remove(key);
            }
            None => {}
        }
    }

    /// How many keys wait, due or not.
    pub fn len(&self) -> usize {
        self.state().slots.len()
    }

    /// Does no key wait?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many keys are due but do not run yet: what the metric `workqueue_depth` counts.
    pub fn due(&self) -> usize {
        let now = self.clock.monotonic();
        self.state().slots.range(..=(now, u64::MAX)).count()
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

impl<K: Clone + Eq + Hash> Schedule<K> {
    fn schedule(&mut self, key: K, due: Instant) {
        match self.keys.get_mut(&key) {
            Some(Position::Running { again }) => *again = Some(again.map_or(due, |before| before.min(due))),
            Some(Position::Waiting(slot)) if slot.0 <= due => {}
            Some(Position::Waiting(slot)) => {
                let slot = *slot;
                self.slots.remove(&slot);
                self.insert(key, due);
            }
            None => self.insert(key, due),
        }
    }

    fn insert(&mut self, key: K, due: Instant) {
        self.sequence += 1;
        let slot = (due, self.sequence);
        self.slots.insert(slot, key.clone());
        self.keys.insert(key, Position::Waiting(slot));
    }

    fn take(&mut self, now: Instant) -> Taken<K> {
        if self.closed {
            return Taken::Closed;
        }
        let first = self.slots.keys().next().map(|slot| slot.0);
        if first.is_none_or(|due| due > now) {
            return Taken::NotBefore(first);
        }
        let Some(((due, _), key)) = self.slots.pop_first() else { return Taken::NotBefore(None) };
        self.keys.insert(key.clone(), Position::Running { again: None });
        Taken::Key(key, due)
    }

    fn done(&mut self, key: &K) {
        match self.keys.remove(key) {
            Some(Position::Running { again: Some(due) }) => self.insert(key.clone(), due),
            Some(Position::Running { again: None }) | None => {}
            // Not running: nothing to end.
            Some(waiting @ Position::Waiting(_)) => {
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
mod tests {
    use super::*;
    use crate::runtime::base::clock::Fixed;
    use tokio::time::{advance, timeout};

    const S: Duration = Duration::from_secs(1);

    fn queue() -> Queue<&'static str> {
        Queue::new(Arc::new(Fixed::default()))
    }

    /// The next key, if one is due within no time.
    async fn due(queue: &Queue<&'static str>) -> Option<&'static str> {
        timeout(Duration::ZERO, queue.next()).await.ok().flatten()
    }

    #[tokio::test(start_paused = true)]
    async fn due_keys_come_in_the_order_in_which_they_fell_due_each_once() {
        let queue = queue();
        queue.add_after("late", 2 * S);
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assert_eq!((queue.len(), queue.due()), (3, 2));
        assert_eq!(due(&queue).await, Some("a"));
        assert_eq!(due(&queue).await, Some("b"));
        assert_eq!(due(&queue).await, None);
        advance(3 * S).await;
        queue.add("c");
        assert_eq!(due(&queue).await, Some("late"));
        assert_eq!(due(&queue).await, Some("c"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_earlier_due_time_wins() {
        let queue = queue();
        queue.add_after("a", 60 * S);
        queue.add_after("a", S);
        queue.add_after("a", 30 * S);
        let start = Instant::now();
        assert_eq!(queue.next().await, Some("a"));
        assert_eq!(start.elapsed().as_secs(), 1);
        assert!(queue.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_runs_is_never_handed_out_and_runs_again_right_after_if_added_meanwhile() {
        let queue = queue();
        queue.add("a");
        assert_eq!(queue.next().await, Some("a"));
        queue.add("a");
        queue.add_after("a", 60 * S);
        assert_eq!(due(&queue).await, None);
        queue.done(&"a");
        assert_eq!(due(&queue).await, Some("a"));
        queue.done(&"a");
        assert_eq!(due(&queue).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_late_key_is_woken_by_an_earlier_one() {
        let queue = Arc::new(queue());
        queue.add_after("late", 60 * S);
        let waiter = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await }
        });
        tokio::task::yield_now().await;
        queue.add_after("early", S);
        assert_eq!(waiter.await.unwrap(), Some("early"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_forgotten_key_does_not_come_and_a_closed_queue_ends_every_wait() {
        let queue = Arc::new(queue());
        queue.add("a");
        queue.forget(&"a");
        assert_eq!(due(&queue).await, None);
        let waiter = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await }
        });
        tokio::task::yield_now().await;
        queue.close();
        assert_eq!(waiter.await.unwrap(), None);
        queue.add("b");
        assert_eq!(queue.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn rt_3_a_burst_of_ten_times_the_rate_passes_at_once_the_rest_at_the_rate() {
        let rate = Rate::new(Arc::new(Fixed::default()), 2);
        let start = Instant::now();
        for _ in 0..20 {
            rate.turn().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..4 {
            rate.turn().await;
        }
        assert_eq!(start.elapsed().as_secs(), 2);
    }
}
