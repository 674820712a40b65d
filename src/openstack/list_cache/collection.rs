//! One collection: looks that wait for a list, objects that are watched, and the one list that serves both.

use super::{
    increments::Increments,
    list_result::{KeptList, ListResult},
    looks::{LookResult, PendingLooks},
    schedule::{LONG_WINDOW, LastList, ListSchedule, WINDOW, window_after},
    watched::Watched,
    watchers::Watchers,
};
use crate::{
    kind::{
        fingerprint, marker,
        request::Request,
        rest::listing::{Collection, Look, Subscription},
    },
    openstack::{
        error::Error,
        page::{self, Listed},
        transport::Transport,
    },
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use std::{sync::Arc, task::Waker, time::Duration};
use tokio::time::{Instant, sleep};

/// What a list is sent for. One of everything serves looks and watches, whatever it is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListFor {
    /// Looks that came together; sent only if they are enough.
    Looks,
    /// Watched objects; the caller has asked [`CollectionCache::due`].
    Watchers,
    /// Watched objects, of only what changed; the caller has asked [`CollectionCache::changed_due`].
    Changed,
}

/// One collection.
pub(super) struct CollectionCache {
    collection: Collection,
    state: Mutex<CacheState>,
    /// Held while everything is listed: one such list at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct CacheState {
    watchers: Watchers,
    pending: PendingLooks,
    /// When looks were last gathered.
    gathered: Option<Instant>,
    kept: Option<KeptList>,
    schedule: ListSchedule,
    increments: Increments,
}

impl CacheState {
    /// How long to wait for more looks. A single look should hardly wait; but while many look, theirs come one after the
    /// other as passes get their turn.
    fn window(&self) -> Duration {
        let busy = self.gathered.is_some_and(|at| at.elapsed() < LONG_WINDOW);
        if busy { window_after(self.schedule.took()) } else { WINDOW }
    }
}

impl CollectionCache {
    pub(super) fn new(collection: Collection) -> Self {
        Self { collection, state: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Returns the object as a list sent after `after` shows it; `None` if a GET is the better choice.
    pub(super) async fn look(
        self: &Arc<Self>,
        transport: &Arc<dyn Transport>,
        id: &str,
        after: Option<Instant>,
    ) -> LookResult {
        let result = {
            let mut state = self.state();
            let kept = state.kept.as_ref();
            if let Some(body) = kept.and_then(|kept| kept.answer(id, after, self.collection.singular)) {
                return Ok(Some(body));
            }
            let (result, alone) = state.pending.add(id, after);
            if alone {
                tokio::spawn(self.clone().gather(transport.clone()));
            }
            result
        };
        result.await.unwrap_or(Ok(None))
    }

    /// Waits for looks to come together and lists for them, until none is left.
    async fn gather(self: Arc<Self>, transport: Arc<dyn Transport>) {
        loop {
            let window = self.state().window();
            sleep(window).await;
            if !self.state().pending.still_gathering() {
                return;
            }
            // The pending looks have been sent the error.
            self.list(transport.as_ref(), ListFor::Looks).await.ok();
            self.state().gathered = Some(Instant::now());
        }
    }

    /// Watches an object until the subscription is dropped.
    pub(super) fn watch(
        self: &Arc<Self>,
        id: &str,
        seen: Look,
        eager: bool,
        waker: Waker,
    ) -> Box<dyn Subscription> {
        let watched = self.state().watchers.add(id, seen, eager, waker);
        Box::new(WatchHandle { collection: self.clone(), watched })
    }

    /// When the next list of everything for watched objects is due; `None` while such lists cost more than they tell.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state();
        let eager = state.watchers.prune();
        let began =
            state.watchers.began().filter(|_| state.schedule.worth_watching(state.watchers.listed(), now))?;
        Some(state.schedule.due(began, eager, now))
    }

    /// When the next list of what changed is due; `None` where there is none, or lists of everything come often enough.
    pub(super) fn changed_due(&self, now: Instant) -> Option<Instant> {
        self.collection.incremental?;
        let mut state = self.state();
        let eager = state.watchers.prune();
        let began = state.watchers.began().filter(|_| state.watchers.listed() > 0)?;
        state.increments.due(&state.schedule, began, eager, now)
    }

    /// Lists once.
    pub(super) async fn list(&self, transport: &dyn Transport, purpose: ListFor) -> Result<(), Error> {
        // However long a list of everything takes, what changed is told meanwhile.
        let _turn = if purpose == ListFor::Changed { None } else { Some(self.turn.lock().await) };
        let sent = Instant::now();
        if purpose == ListFor::Looks {
            let mut state = self.state();
            // The list that held the turn may have answered some: count again.
            if !state.schedule.worth(state.pending.len(), sent) {
                state.pending.send_away();
                return Ok(());
            }
        }
        let Some(request) = self.request(purpose) else { return Ok(()) };
        let mut result = ListResult::default();
        let take = |items: Vec<Value>| self.take_page(items, purpose, &mut result);
        let listed = page::each(transport, request, self.collection.items, take).await;
        let (objects, took) = (result.objects, sent.elapsed());
        tracing::debug!(
            path = self.collection.path,
            ?purpose,
            objects,
            ?took,
            error = listed.as_ref().err().map(tracing::field::display),
            "list"
        );
        match listed {
            Ok(Listed { pages, asked }) => {
                let last = LastList { sent, took, objects, pages };
                // What changed while it was read may be on a page that was read before.
                let changed = result.changed.and_then(|at| at.checked_sub(took).ok());
                let news = match purpose {
                    ListFor::Looks | ListFor::Watchers => self.finish(result, last),
                    ListFor::Changed => self.finish_changed(&result, last),
                };
                self.state().increments.told(asked, changed, news, Instant::now());
                Ok(())
            }
            Err(error) => {
                self.give_up(&error, purpose);
                Err(error)
            }
        }
    }

    /// `None` where nobody knows from when on changes are to be told.
    fn request(&self, purpose: ListFor) -> Option<Request> {
        match purpose {
            ListFor::Looks | ListFor::Watchers => Some(self.collection.request()),
            ListFor::Changed => self.collection.request_from(self.state().increments.from()?),
        }
    }

    /// Keeps of a page what matters: fingerprints of watched objects; bodies that a look waits for or a woken owner will
    /// look at. When many look, also bodies of everything with a marker: its owner is probably about to look. A list of what
    /// changed answers no look, since it may tell of what was deleted.
    fn take_page(&self, items: Vec<Value>, purpose: ListFor, result: &mut ListResult) {
        let state = self.state();
        let pending = state.pending.ids();
        let changed_at = |item: &Value| self.collection.incremental?.changed_at(item);
        result.objects += items.len();
        for item in items {
            let Some(id) = item.get("id").and_then(Value::as_str) else { continue };
            result.changed = result.changed.max(changed_at(&item));
            let mut keep = pending.contains(id);
            if state.watchers.watches(id) {
                let fingerprint = fingerprint::of(&item);
                keep |= state.watchers.differs(id, fingerprint);
                result.fingerprints.insert(id.into(), fingerprint);
            }
            let likely = || purpose == ListFor::Looks && result.has_room() && marker::find(&item).is_some();
            if purpose != ListFor::Changed && (keep || likely()) {
                result.keep(id, &item);
            }
        }
    }

    /// Answers the pending looks, then compares what is watched. Returns whether anything changed without its owner knowing.
    fn finish(&self, mut result: ListResult, last: LastList) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        let fingerprints = std::mem::take(&mut result.fingerprints);
        let kept = result.into_kept(last.sent);
        state.pending.answer(&kept, last.sent, self.collection.singular);
        state.kept = Some(kept).filter(|kept| !kept.is_empty());
        let news = state.watchers.compare(&fingerprints, last.sent);
        state.schedule.listed(last, news, now);
        news
    }

    /// Compares what is watched of what changed, the same way. Owners that it wakes look at bodies of their own.
    fn finish_changed(&self, result: &ListResult, last: LastList) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(kept) = &mut state.kept {
            kept.forget(result.fingerprints.keys().map(AsRef::as_ref));
        }
        state.increments.listed(last, now);
        state.watchers.compare_some(&result.fingerprints, last.sent)
    }

    /// Passes an outage on to the looks, since a GET would end the same way.
    fn give_up(&self, error: &Error, purpose: ListFor) {
        let mut state = self.state();
        let now = Instant::now();
        if purpose == ListFor::Changed {
            return state.increments.gave_up(error.class(), now);
        }
        if state.schedule.gave_up(error.class(), now) {
            state.pending.fail(error);
        } else {
            state.pending.send_away();
        }
    }

    /// Drops bodies that were kept for long enough.
    pub(super) fn tidy(&self, now: Instant) {
        let mut state = self.state();
        state.kept = state.kept.take().filter(|kept| kept.is_recent(now));
    }

    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock()
    }
}

/// The watch as its owner holds it.
struct WatchHandle {
    collection: Arc<CollectionCache>,
    watched: Arc<Watched>,
}

impl Subscription for WatchHandle {
    /// The object was as seen at or after `since`, and a list would have shown a change by now.
    fn unchanged(&self, since: Option<Instant>) -> bool {
        let Some(last) = self.watched.same_at() else { return false };
        let (state, now) = (self.collection.state(), Instant::now());
        since.is_none_or(|since| last >= since)
            && state.schedule.will_list(state.watchers.listed(), now)
            && state.schedule.is_fresh(last, self.watched.eager, now)
    }
}
