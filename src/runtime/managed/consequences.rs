//! What a new state of a resource sets off, whoever brought it: the watch, or the answer to a write of ours.

use super::tracked::TrackedResources;
use crate::runtime::{
    base::{clock::Clock, keys::ObjectKey, queue::Queue},
    index::Consequence,
};
use std::sync::Arc;

/// Wakes those to whom a new state matters.
pub(crate) struct Consequences {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
    pub(crate) tracked: Arc<TrackedResources>,
}

impl Consequences {
    /// Queues who is woken, and the resource itself if somebody changed what is wanted of it.
    pub(crate) fn heed(&self, key: &ObjectKey, uid: &str, consequence: Consequence) {
        let Consequence { desired, woken } = consequence;
        woken.into_iter().for_each(|woken| self.queue.add(woken));
        if desired {
            self.tracked.asked(key, uid, self.clock.monotonic());
            self.queue.add(key.clone());
        }
    }
}
