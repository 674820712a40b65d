//! Everything that is watched in one collection, by the object's id. Pure but for the clock's reading when a watch begins.

use super::watched::Watched;
use crate::kind::rest::listing::Look;
use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    task::Waker,
};
use tokio::time::Instant;

/// The watches of one collection. Owners hold them; here they are held weakly, so that a dropped one ends by itself.
#[derive(Default)]
pub(super) struct Watchers {
    by_id: HashMap<Box<str>, Vec<Weak<Watched>>>,
    began: Option<Instant>,
    listed: usize,
}

impl Watchers {
    /// Adds a watch. One of an object that the last list left out begins as left out, so that its owner, who just found
    /// it by a GET, is not woken again by the next list.
    pub(super) fn add(&mut self, id: &str, seen: Look, eager: bool, waker: Waker) -> Arc<Watched> {
        self.began.get_or_insert_with(Instant::now);
        let all = self.by_id.entry(id.into()).or_default();
        let missing = all.iter().filter_map(Weak::upgrade).any(|watched| watched.missing());
        all.retain(|watched| watched.strong_count() > 0);
        let watched = Arc::new(Watched::new(seen, eager, missing, waker));
        // An object rarely has two owners: no spare room.
        all.reserve_exact(1);
        all.push(Arc::downgrade(&watched));
        watched
    }

    /// Forgets watches that ended. Returns whether a change of any object is expected.
    pub(super) fn prune(&mut self) -> bool {
        let (mut listed, mut eager) = (0, false);
        self.by_id.retain(|_, all| {
            all.retain(|watched| watched.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).for_each(|watched| eager |= watched.eager);
            listed += usize::from(all.iter().filter_map(Weak::upgrade).any(|watched| !watched.missing()));
            !all.is_empty()
        });
        self.listed = listed;
        if self.by_id.is_empty() {
            self.began = None;
        }
        eager
    }

    /// How many watched objects lists show, as of the last [`Self::prune`]: those that none shows make no list worth it.
    pub(super) fn listed(&self) -> usize {
        self.listed
    }

    /// When the first of these watches began.
    pub(super) fn began(&self) -> Option<Instant> {
        self.began
    }

    /// Does anybody watch this object?
    pub(super) fn watches(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Will this fingerprint of an object wake an owner?
    pub(super) fn differs(&self, id: &str, fingerprint: u64) -> bool {
        let all = self.by_id.get(id).into_iter().flatten();
        all.filter_map(Weak::upgrade).any(|watched| watched.differs(fingerprint))
    }

    /// Compares all with a list of all objects that was sent at `sent`. Returns whether any changed without its owner knowing.
    pub(super) fn compare(&self, fingerprints: &HashMap<Box<str>, u64>, sent: Instant) -> bool {
        self.compare_each(self.by_id.keys().map(AsRef::as_ref), fingerprints, sent)
    }

    /// The same with a list of some objects, which says nothing of the others.
    pub(super) fn compare_some(&self, fingerprints: &HashMap<Box<str>, u64>, sent: Instant) -> bool {
        self.compare_each(fingerprints.keys().map(AsRef::as_ref), fingerprints, sent)
    }

    fn compare_each<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
        fingerprints: &HashMap<Box<str>, u64>,
        sent: Instant,
    ) -> bool {
        let mut news = false;
        for id in ids {
            let listed = fingerprints.get(id).copied();
            for watched in self.by_id.get(id).into_iter().flatten().filter_map(Weak::upgrade) {
                news |= watched.compare(listed, sent);
            }
        }
        news
    }
}
