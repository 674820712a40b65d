//! Who waits for changes of what. Pure, but for the clock.

use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};
use tokio::time::Instant;

/// What changed: kind and name of an object, of the one that a pod belongs to, or of a release.
pub type Tag = (String, String);

/// What somebody waits for.
pub type Interest = BTreeSet<Tag>;

/// When what changed last, and who waits.
#[derive(Default)]
pub struct Changes {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: BTreeMap<Tag, Instant>,
    watchers: BTreeMap<u64, (Interest, Waker, Arc<AtomicBool>)>,
    next: u64,
}

/// A place among those who wait; dropping it leaves it.
pub struct Watcher {
    changes: Arc<Changes>,
    number: u64,
    changed: Arc<AtomicBool>,
}

impl Changes {
    /// Notes a change and wakes who waits for it.
    pub fn note(&self, tags: &[Tag]) {
        let mut state = self.state.lock();
        let now = Instant::now();
        for tag in tags {
            state.last.insert(tag.clone(), now);
        }
        for (interest, waker, changed) in state.watchers.values() {
            if tags.iter().any(|tag| interest.contains(tag)) && !changed.swap(true, Ordering::SeqCst) {
                waker.wake_by_ref();
            }
        }
    }

    /// Waits for changes of these since a time; one that was before is told at once.
    pub fn watch(self: &Arc<Self>, interest: Interest, since: Instant, waker: Waker) -> Watcher {
        let mut state = self.state.lock();
        let before = interest.iter().any(|tag| state.last.get(tag).is_some_and(|last| *last >= since));
        if before {
            waker.wake_by_ref();
        }
        let (number, changed) = (state.next, Arc::new(AtomicBool::new(before)));
        state.next += 1;
        state.watchers.insert(number, (interest, waker, changed.clone()));
        Watcher { changes: self.clone(), number, changed }
    }

    /// Does somebody wait?
    pub fn is_watched(&self) -> bool {
        !self.state.lock().watchers.is_empty()
    }
}

impl Watcher {
    /// Did anything of it change?
    pub fn has_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.changes.state.lock().watchers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::atomic::AtomicUsize, task::Wake, time::Duration};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn tag(name: &str) -> Tag {
        ("Job".to_owned(), name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_wakes_once_who_waits_for_it_and_nobody_else() {
        let (changes, count) = (Arc::<Changes>::default(), Arc::<Count>::default());
        let begun = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        let watcher = changes.watch([tag("a")].into(), begun, count.clone().into());
        changes.note(&[tag("b")]);
        assert!(!watcher.has_changed());
        changes.note(&[tag("a")]);
        changes.note(&[tag("a")]);
        assert!(watcher.has_changed());
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        drop(watcher);
        assert!(!changes.is_watched());
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_between_the_look_and_the_wait_is_not_missed() {
        let (changes, count) = (Arc::<Changes>::default(), Arc::<Count>::default());
        let looked = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        changes.note(&[tag("a")]);
        assert!(changes.watch([tag("a")].into(), looked, count.clone().into()).has_changed());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!changes.watch([tag("a")].into(), Instant::now(), count.clone().into()).has_changed());
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }
}
