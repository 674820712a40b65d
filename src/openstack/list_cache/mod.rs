//! Observation by lists, for one connection: many looks at one collection become one list, and a collection with
//! watched objects is listed again and again, so that watching costs pages rather than objects.
//!
//! Between lists, only a fingerprint of each watched object is kept. `collection` holds one collection, `watched` one
//! object; `schedule` decides when a list pays off; `search` shares lists in which something is looked for.
//! May use [`crate::kind`] and [`super::transport`].

mod collection;
mod increments;
mod list_result;
mod looks;
mod schedule;
mod search;
mod watched;
mod watchers;

pub use search::List;

use super::{error::Error, transport::Transport};
use crate::kind::{
    request::Keep,
    rest::listing::{Collection, Item, Look, Subscription},
};
use collection::{CollectionCache, ListFor};
use parking_lot::Mutex;
use search::Search;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How often due lists are looked for, and so how exactly intervals are kept.
const TICK: Duration = Duration::from_secs(1);
/// After each scheduled list none of its sort is sent for this many times as long as it took, whatever else is due: however
/// many collections are watched, lists take at most a fifth of the time of one worker of the cloud, and those of what changed as much.
const PAUSE_FACTOR: u32 = 4;

/// The lists of one connection.
///
/// # Flow
/// A look waits some milliseconds for others at the same collection. If enough came together, one list is sent, and each
/// takes its object from it; otherwise each is sent away (`None`) to GET its object. In parallel, a task lists
/// every collection with watched objects whenever the schedule says so, compares each watched object's fingerprint
/// with what its owner saw, and wakes the owner when they differ. The object as just listed is kept for some seconds, so
/// that the woken owner's look needs no request. Where lists of everything are slow, and so come seldom, lists of only what
/// changed come between them, if the service has such: they only wake.
///
/// # Guarantees
/// - A list answers a look only if it was sent after the look's `after`, the moment of the last write: it can't
///   show a state from before that write.
/// - Absence from a list is never an answer. Such a look is sent away to GET the object.
/// - An owner is woken once per change, not once per list.
/// - A subscription vouches for an object only while lists keep coming; when they stop, it says so
///   ([`Subscription::unchanged`] returns `false`) and the owner goes back to looks of its own.
///
/// # Assumptions
/// - A list shows an object exactly as a GET of that object does; the kind's listing says where that holds.
/// - The object's fingerprint changes with everything that matters ([`crate::kind::fingerprint`]).
///
/// # Caveats
/// - Pages are no snapshot: an object may move between two pages while they are read and be missing from both. That is
///   why absence only wakes the owner.
/// - A collection that the cloud refuses to list is looked at one by one for ten minutes before the next try.
/// - Lists of what changed do not tell everything: not what most services deleted, nor what they keep beside the object's row. The
///   lists of everything tell it, at their own pace.
pub struct ListCache {
    transport: Arc<dyn Transport>,
    collections: Mutex<HashMap<Collection, Arc<CollectionCache>>>,
    searches: Mutex<HashMap<List, Arc<Search>>>,
    /// Whether the tasks that list on schedule were started.
    scheduled: AtomicBool,
}

impl ListCache {
    /// Watches nothing yet.
    pub fn new(transport: Arc<dyn Transport>) -> Arc<Self> {
        let (collections, searches) = (Mutex::default(), Mutex::default());
        Arc::new(Self { transport, collections, searches, scheduled: AtomicBool::new(false) })
    }

    /// Returns the object as its own GET would, from a list sent after `after`; `None` if a GET is the better choice.
    pub async fn look(self: &Arc<Self>, item: &Item, after: Option<Instant>) -> Result<Option<Value>, Error> {
        self.begin();
        self.collection(&item.collection).look(&self.transport, &item.id, after).await
    }

    /// Returns what `keep` accepts of a list that is sent from now on. Searches of one moment share the list.
    pub async fn find(&self, list: List, keep: &Keep) -> Result<Vec<Value>, Error> {
        let search = {
            let mut searches = self.searches.lock();
            searches.entry(list).or_insert_with_key(|list| Arc::new(Search::new(list.clone()))).clone()
        };
        let found = search.find(&self.transport, keep).await;
        drop(search);
        // Lists that are looked for something once, such as a name, are not kept.
        self.searches.lock().retain(|_, search| Arc::strong_count(search) > 1);
        found
    }

    /// Wakes when a list shows the object other than `seen`, until the subscription is dropped. `eager`: a change is
    /// expected, so the collection is listed more often.
    pub fn watch(
        self: &Arc<Self>,
        item: &Item,
        seen: Look,
        eager: bool,
        waker: Waker,
    ) -> Box<dyn Subscription> {
        self.begin();
        self.collection(&item.collection).watch(&item.id, seen, eager, waker)
    }

    fn collection(&self, collection: &Collection) -> Arc<CollectionCache> {
        let mut collections = self.collections.lock();
        if let Some(known) = collections.get(collection) {
            return known.clone();
        }
        let new = Arc::new(CollectionCache::new(collection.clone()));
        collections.entry(collection.clone()).or_insert(new).clone()
    }

    /// Starts the tasks at the first use; a connection that is only written to needs none.
    fn begin(self: &Arc<Self>) {
        if !self.scheduled.swap(true, Ordering::Relaxed) {
            tokio::spawn(list_on_schedule(Arc::downgrade(self), ListFor::Watchers));
            tokio::spawn(list_on_schedule(Arc::downgrade(self), ListFor::Changed));
        }
    }

    /// The collection that has been due for such a list for the longest time.
    fn overdue(&self, purpose: ListFor) -> Option<Arc<CollectionCache>> {
        let now = Instant::now();
        let all: Vec<_> = self.collections.lock().values().cloned().collect();
        let all = all.into_iter().inspect(|collection| collection.tidy(now));
        let when = |collection: &CollectionCache| match purpose {
            ListFor::Looks | ListFor::Watchers => collection.due(now),
            ListFor::Changed => collection.changed_due(now),
        };
        let due = all.filter_map(|collection| Some((when(&collection)?, collection)));
        due.filter(|(due, _)| *due <= now).min_by_key(|(due, _)| *due).map(|(_, collection)| collection)
    }
}

/// Lists one collection after the other, each when it is due, as long as the connection lives. One task for all of them,
/// so that no cloud gets two scheduled lists of everything at once; and one for lists of what changed, which do not wait for
/// the slow ones. It holds the cache weakly: else it would keep it alive for ever.
async fn list_on_schedule(cache: Weak<ListCache>, purpose: ListFor) {
    let mut pause = TICK;
    loop {
        sleep(pause).await;
        pause = TICK;
        let Some(cache) = cache.upgrade() else { return };
        let Some(collection) = cache.overdue(purpose) else { continue };
        let began = Instant::now();
        // A failed one has its pause in the collection's schedule.
        collection.list(cache.transport.as_ref(), purpose).await.ok();
        // After a quick list the next due collection need not wait for the tick.
        pause = (began.elapsed() * PAUSE_FACTOR).clamp(Duration::from_millis(10), Duration::from_secs(60));
    }
}

#[cfg(test)]
mod tests;
