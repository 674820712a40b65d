//! What this process remembers of each managed resource beside its state, which is the index's.

use super::{calm::Told, flows::FlowJob, freshness::Freshness};
use crate::runtime::{base::keys::ObjectKey, plan::state::Memory, telemetry::timing::Timing};
use parking_lot::Mutex;
use std::collections::HashMap;
use tokio::time::Instant;

/// What is remembered of one managed resource, that is, of one UID.
#[derive(Default)]
pub struct Tracked {
    uid: String,
    /// What earlier passes saw.
    pub memory: Memory,
    /// How old an answer about it may be, and whether lists tell of changes.
    pub freshness: Freshness,
    /// The long request about its external resource that runs beside the passes. Dropping it breaks it off.
    pub flow: Option<FlowJob>,
    /// Did the last pass find it as it is to be, with nothing left to do before the next poll?
    pub settled: bool,
    /// When its status was written last, and when it may be next.
    pub told: Told,
    /// What its metrics need.
    pub timing: Timing,
}

/// The records of all managed resources.
///
/// # Flow
/// A pass begins the record of its resource while it holds the index, and changes it with [`TrackedResources::with`];
/// the watch removes it, right after it has taken the resource out of the index.
///
/// # Guarantees
/// A record exists only for what is in the index: removed is removed, and a pass, a wish or a flow that comes to its
/// end later brings nothing back. What is remembered of a UID never counts for another one of the same name.
///
/// # Assumptions
/// Where both are locked, the index is locked first; nothing that runs inside `with` locks the index.
#[derive(Default)]
pub struct TrackedResources(Mutex<HashMap<ObjectKey, Tracked>>);

impl TrackedResources {
    /// A pass over a resource begins; call it while the index that has this state of the resource is locked.
    pub fn begin<T>(&self, key: &ObjectKey, uid: &str, read: impl FnOnce(&mut Tracked) -> T) -> T {
        self.keep_only(key, uid);
        let new = || Tracked { uid: uid.to_owned(), ..Tracked::default() };
        read(self.0.lock().entry(key.clone()).or_insert_with(new))
    }

    /// Reads or changes the record of a resource. None if it is gone.
    pub fn with<T>(&self, key: &ObjectKey, uid: &str, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        self.0.lock().get_mut(key).filter(|tracked| tracked.uid == uid).map(change)
    }

    /// Somebody changed what is wanted of a resource, or made it anew under the old name.
    pub fn asked(&self, key: &ObjectKey, uid: &str, now: Instant) {
        self.keep_only(key, uid);
        self.with(key, uid, |tracked| tracked.freshness.asked(now));
    }

    /// The resource is gone from the index.
    pub fn remove(&self, key: &ObjectKey) {
        // Dropped after the lock is free: it ends a watch and a flow.
        let gone = self.0.lock().remove(key);
        drop(gone);
    }

    /// How many records there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }

    /// Removes what is remembered of a former resource of this name.
    fn keep_only(&self, key: &ObjectKey, uid: &str) {
        let other = self.0.lock().get(key).is_some_and(|tracked| tracked.uid != uid);
        if other {
            self.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ObjectKey {
        ObjectKey { kind: "network.Network", namespace: "a".into(), name: "n".into() }
    }

    fn twins(tracked: &mut Tracked) -> usize {
        let twins = tracked.memory.twins.get_or_insert_default();
        twins.push(String::new());
        twins.len()
    }

    #[test]
    fn a_record_lives_from_its_first_pass_until_its_resource_is_gone() {
        let all = TrackedResources::default();
        assert_eq!(all.with(&key(), "u", twins), None);
        assert_eq!(all.begin(&key(), "u", twins), 1);
        assert_eq!(all.begin(&key(), "u", twins), 2);
        assert_eq!(all.with(&key(), "u", twins), Some(3));
        all.remove(&key());
        assert_eq!(all.with(&key(), "u", twins), None, "nothing comes back");
        assert_eq!(all.len(), 0);
    }

    #[test]
    fn what_was_remembered_of_another_uid_does_not_count() {
        let all = TrackedResources::default();
        all.begin(&key(), "u", twins);
        assert_eq!(all.with(&key(), "v", twins), None, "a pass over the one that is gone");
        all.asked(&key(), "v", Instant::now());
        assert_eq!(all.len(), 0, "the watch missed its deletion");
        all.begin(&key(), "u", twins);
        assert_eq!(all.begin(&key(), "v", twins), 1);
        assert_eq!(all.len(), 1);
    }
}
