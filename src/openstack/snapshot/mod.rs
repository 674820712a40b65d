//! Observation by lists, for one connection: looks at many objects of one collection become one list, and collections
//! of which enough is watched are listed over and over, so that watching costs pages and not objects.
//!
//! Kept between lists is a fingerprint of each watched object, no body. A list answers for an object only if it was sent
//! after whoever asks wrote last, and never that something does not exist. May use [`crate::kind`] and
//! [`super::transport`].

mod pace;
mod search;
mod sentry;
mod shelf;

pub use search::List;

use super::{error::Error, transport::Transport};
use crate::kind::{
    failure::Class,
    request::Keep,
    rest::listing::{Collection, Item, Look, Subscription},
};
use parking_lot::Mutex;
use search::Search;
use serde_json::Value;
use shelf::Shelf;
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

/// How exactly beats are kept.
const TICK: Duration = Duration::from_secs(1);
/// The budget of a cloud: after each list of a beat, so many times as long nothing is listed.
const REST: u32 = 4;

/// The lists of one connection.
pub struct Snapshots {
    transport: Arc<dyn Transport>,
    shelves: Mutex<HashMap<Collection, Arc<Shelf>>>,
    searches: Mutex<HashMap<List, Arc<Search>>>,
    beating: AtomicBool,
    rejected: AtomicBool,
}

impl Snapshots {
    /// Nothing is watched.
    pub fn new(transport: Arc<dyn Transport>) -> Arc<Self> {
        let (beating, rejected) = (AtomicBool::new(false), AtomicBool::new(false));
        let (shelves, searches) = (Mutex::default(), Mutex::default());
        Arc::new(Self { transport, shelves, searches, beating, rejected })
    }

    /// Were the credentials rejected when something was listed?
    pub fn is_rejected(&self) -> bool {
        self.rejected.load(Ordering::Relaxed)
    }

    /// The object as its own GET would answer, from a list sent after `after`; none if it is better asked for by itself.
    pub async fn look(self: &Arc<Self>, item: &Item, after: Option<Instant>) -> Result<Option<Value>, Error> {
        self.begin();
        self.shelf(&item.collection).look(&self.transport, &item.id, after).await
    }

    /// What `keep` accepts of a list that is sent from now on; all who look at one moment share it.
    pub async fn find(&self, list: List, keep: &Keep) -> Result<Vec<Value>, Error> {
        let search = {
            let mut searches = self.searches.lock();
            searches.entry(list).or_insert_with_key(|list| Arc::new(Search::new(list.clone()))).clone()
        };
        search.find(&self.transport, keep).await
    }

    /// Keeps an eye on an object.
    pub fn watch(
        self: &Arc<Self>,
        item: &Item,
        seen: Look,
        eager: bool,
        waker: Waker,
    ) -> Box<dyn Subscription> {
        self.begin();
        self.shelf(&item.collection).watch(&item.id, seen, eager, waker)
    }

    fn shelf(&self, collection: &Collection) -> Arc<Shelf> {
        let mut shelves = self.shelves.lock();
        if let Some(shelf) = shelves.get(collection) {
            return shelf.clone();
        }
        let shelf = Arc::new(Shelf::new(collection.clone()));
        shelves.entry(collection.clone()).or_insert(shelf).clone()
    }

    fn all(&self) -> Vec<Arc<Shelf>> {
        self.shelves.lock().values().cloned().collect()
    }

    fn begin(self: &Arc<Self>) {
        if !self.beating.swap(true, Ordering::Relaxed) {
            tokio::spawn(beat(Arc::downgrade(self)));
        }
    }

    /// The collection whose list is due for the longest time.
    fn overdue(&self) -> Option<Arc<Shelf>> {
        let now = Instant::now();
        let all = self.all().into_iter().inspect(|shelf| shelf.tidy(now));
        let due = all.filter_map(|shelf| Some((shelf.due(now)?, shelf)));
        due.filter(|(due, _)| *due <= now).min_by_key(|(due, _)| *due).map(|(_, shelf)| shelf)
    }
}

/// Lists one collection after the other, as each is due, as long as the connection lives.
async fn beat(snapshots: Weak<Snapshots>) {
    let mut pause = TICK;
    loop {
        sleep(pause).await;
        pause = TICK;
        let Some(snapshots) = snapshots.upgrade() else { return };
        let Some(shelf) = snapshots.overdue() else { continue };
        let began = Instant::now();
        let listed = shelf.list(snapshots.transport.as_ref(), false).await;
        if listed.is_err_and(|error| error.class() == Class::Unauthenticated) {
            snapshots.rejected.store(true, Ordering::Relaxed);
            return;
        }
        // A list that is quick is followed by the next that is due, without waiting for the tick.
        pause = (began.elapsed() * REST).clamp(Duration::from_millis(10), Duration::from_secs(60));
    }
}

#[cfg(test)]
mod tests;
