//! Places for passes, shared by what they are about: a ProviderConfig whose cloud does not answer must not take them all.
//!
//! A share grows as long as it is smaller than what is left free. So one alone may have half of the places, two a third each;
//! and however many there are, one more finds a place. What gets none waits in its share until a place of that is given back.

use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::Arc,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for what is done with `K`, in shares of `S`.
pub(super) struct Places<S, K> {
    free: Arc<Semaphore>,
    shares: Arc<Mutex<Shares<S, K>>>,
}

type Shares<S, K> = HashMap<S, Share<K>>;

struct Share<K> {
    taken: usize,
    waiting: VecDeque<K>,
    /// Who was called back and has not come yet.
    called: Vec<K>,
}

impl<K: PartialEq> Share<K> {
    fn new() -> Self {
        Self { taken: 0, waiting: VecDeque::new(), called: vec![] }
    }

    /// Takes a key out of those that were called back; says whether it was one.
    fn came(&mut self, key: &K) -> bool {
        let before = self.called.len();
        self.called.retain(|called| called != key);
        self.called.len() < before
    }
}

/// A place; to be given back with [`Places::leave`].
pub(super) struct Place<S> {
    share: S,
    _permit: Option<OwnedSemaphorePermit>,
}

impl<S: Clone + Eq + Hash, K: Clone + PartialEq> Places<S, K> {
    /// So many.
    pub(super) fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all.max(1))), shares: Arc::default() }
    }

    /// Waits until any place is free. Returns it; or none, and remembers the key, if the share has its part already.
    pub(super) async fn enter(&self, share: &S, key: &K) -> Option<Place<S>> {
        // The semaphore is never closed.
        let permit = self.free.clone().acquire_owned().await.ok();
        let mut shares = self.shares();
        let own = shares.entry(share.clone()).or_insert_with(Share::new);
        let called = own.came(key);
        if own.taken > self.free.available_permits() {
            match (own.waiting.contains(key), called) {
                (true, _) => {}
                (false, true) => own.waiting.push_front(key.clone()),
                (false, false) => own.waiting.push_back(key.clone()),
            }
            return None;
        }
        own.taken += 1;
        Some(Place { share: share.clone(), _permit: permit })
    }

    /// Gives a place back. Returns who of the share may try again.
    pub(super) fn leave(&self, place: Place<S>) -> Vec<K> {
        let mut shares = self.shares();
        let Some(own) = shares.get_mut(&place.share) else { return vec![] };
        own.taken = own.taken.saturating_sub(1);
        // The place's own permit is free in a moment. As many are called as the share may then have more, and one at the least.
        let free = self.free.available_permits() + 1;
        let more = free.saturating_sub(own.taken + own.called.len()).div_ceil(2).max(1);
        let called: Vec<K> = own.waiting.drain(..more.min(own.waiting.len())).collect();
        own.called.extend(called.iter().cloned());
        if own.taken == 0 && own.waiting.is_empty() && called.is_empty() {
            shares.remove(&place.share);
        }
        called
    }

    fn shares(&self) -> MutexGuard<'_, Shares<S, K>> {
        self.shares.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_share_takes_half_and_another_still_finds_a_place() {
        let places = Places::new(10);
        let mut slow = vec![];
        for number in 0..20 {
            slow.extend(places.enter(&"slow", &number).await);
        }
        assert_eq!(slow.len(), 5);
        let mut others = vec![];
        for number in 0..20 {
            others.extend(places.enter(&"other", &number).await);
        }
        assert_eq!(others.len(), 3);
        assert!(places.enter(&"third", &0).await.is_some());
    }

    #[tokio::test]
    async fn who_waits_is_called_back_in_its_order_and_once() {
        let places = Places::new(2);
        let place = places.enter(&"a", &0).await.unwrap();
        let first: Vec<_> =
            [places.enter(&"a", &1).await, places.enter(&"a", &2).await].into_iter().flatten().collect();
        assert!(first.is_empty());
        assert!(places.enter(&"a", &1).await.is_none());
        assert!(places.enter(&"a", &3).await.is_none());
        assert_eq!(places.leave(place), [1]);
        let place = places.enter(&"a", &1).await.unwrap();
        assert_eq!(places.leave(place), [2]);
        let place = places.enter(&"a", &4).await.unwrap();
        assert!(places.enter(&"a", &2).await.is_none());
        assert_eq!(places.leave(place), [2], "who was called in vain is called first");
        let place = places.enter(&"a", &2).await.unwrap();
        assert_eq!(places.leave(place), [3]);
        let place = places.enter(&"a", &3).await.unwrap();
        assert_eq!(places.leave(place), Vec::<i32>::new());
        assert!(places.shares().is_empty(), "what is not used is not remembered");
    }

    #[tokio::test]
    async fn a_single_place_is_enough_to_work() {
        let places = Places::new(1);
        let place = places.enter(&"a", &0).await.unwrap();
        assert_eq!(places.leave(place), Vec::<i32>::new());
        assert!(places.enter(&"b", &1).await.is_some());
    }
}
