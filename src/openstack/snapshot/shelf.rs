//! One collection: who waits for a look at one of its objects, who watches which, and the one list that serves both.

use super::{
    pace::{Last, Pace},
    sentry::Sentry,
};
use crate::{
    kind::{
        failure::Class,
        fingerprint, marker,
        rest::listing::{Collection, Look, Subscription},
    },
    openstack::{error::Error, page, transport::Transport},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Weak},
    task::Waker,
    time::Duration,
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};

/// How long a look waits for others.
pub(super) const WINDOW: Duration = Duration::from_millis(10);
/// The same after a list, at the most: while many look, half of what a list takes.
pub(super) const LONG_WINDOW: Duration = Duration::from_secs(1);
/// How long what a list said is kept for who asks a moment later.
const KEEP: Duration = Duration::from_secs(10);
/// How much of it, bytes.
const MOST: usize = 16 << 20;

/// One collection.
pub(super) struct Shelf {
    collection: Collection,
    state: Mutex<State>,
    /// Held while listing: one list at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    sentries: HashMap<Box<str>, Vec<Weak<Sentry>>>,
    /// When the first of them came.
    began: Option<Instant>,
    /// How many of what is watched lists tell of.
    listed: usize,
    waiting: Vec<Waiting>,
    gathering: bool,
    /// When looks were last gathered.
    gathered: Option<Instant>,
    kept: Option<Kept>,
    pace: Pace,
}

/// A look that waits for a list.
struct Waiting {
    id: String,
    after: Option<Instant>,
    since: Instant,
    tell: oneshot::Sender<Result<Option<Value>, Error>>,
}

/// What a list said that was sent then; objects as JSON.
struct Kept {
    sent: Instant,
    bodies: HashMap<Box<str>, Box<[u8]>>,
}

/// What one list told of those who matter.
#[derive(Default)]
struct Told {
    objects: usize,
    bytes: usize,
    watched: HashMap<Box<str>, u64>,
    bodies: HashMap<Box<str>, Box<[u8]>>,
}

impl State {
    /// How long to wait for more looks: longer while they come one after the other, half of what a list takes.
    fn window(&self) -> Duration {
        let busy = self.gathered.is_some_and(|at| at.elapsed() < LONG_WINDOW);
        if busy { (self.pace.took() / 2).clamp(WINDOW, LONG_WINDOW) } else { WINDOW }
    }
}

impl Kept {
    /// The object, wrapped as its own GET would answer, if the list is young enough.
    fn answer(&self, id: &str, after: Option<Instant>, singular: &str) -> Option<Value> {
        let body = self.bodies.get(id).filter(|_| after.is_none_or(|after| self.sent >= after))?;
        let item: Value = serde_json::from_slice(body).ok()?;
        Some(serde_json::json!({ singular: item }))
    }
}

impl Shelf {
    pub(super) fn new(collection: Collection) -> Self {
        Self { collection, state: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// The object as a list tells it that was sent after `after`; none if it is better asked for by itself.
    pub(super) async fn look(
        self: &Arc<Self>,
        transport: &Arc<dyn Transport>,
        id: &str,
        after: Option<Instant>,
    ) -> Result<Option<Value>, Error> {
        let answer = {
            let mut state = self.state();
            let kept = state.kept.as_ref();
            if let Some(body) = kept.and_then(|kept| kept.answer(id, after, self.collection.singular)) {
                return Ok(Some(body));
            }
            let (tell, answer) = oneshot::channel();
            state.waiting.push(Waiting { id: id.to_owned(), after, since: Instant::now(), tell });
            if !std::mem::replace(&mut state.gathering, true) {
                tokio::spawn(self.clone().gather(transport.clone()));
            }
            answer
        };
        answer.await.unwrap_or(Ok(None))
    }

    /// Waits for looks to come together, and lists for them while they are enough.
    async fn gather(self: Arc<Self>, transport: Arc<dyn Transport>) {
        loop {
            let window = self.state().window();
            sleep(window).await;
            {
                let mut state = self.state();
                state.waiting.retain(|waiting| !waiting.tell.is_closed());
                if state.waiting.is_empty() {
                    state.gathering = false;
                    return;
                }
            }
            // What came of it was told to who waits.
            self.list(transport.as_ref(), true).await.ok();
            self.state().gathered = Some(Instant::now());
        }
    }

    pub(super) fn watch(
        self: &Arc<Self>,
        id: &str,
        seen: Look,
        eager: bool,
        waker: Waker,
    ) -> Box<dyn Subscription> {
        let mut state = self.state();
        state.began.get_or_insert_with(Instant::now);
        let all = state.sentries.entry(id.into()).or_default();
        let missing = all.iter().filter_map(Weak::upgrade).any(|sentry| sentry.missing());
        all.retain(|sentry| sentry.strong_count() > 0);
        let sentry = Arc::new(Sentry::new(seen, eager, missing, waker));
        all.reserve_exact(1);
        all.push(Arc::downgrade(&sentry));
        Box::new(Post { shelf: self.clone(), sentry })
    }

    /// When its next list is due for those who watch; never if they are too few.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state();
        let (mut listed, mut eager) = (0, false);
        state.sentries.retain(|_, all| {
            all.retain(|sentry| sentry.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).for_each(|sentry| eager |= sentry.eager);
            listed += usize::from(all.iter().filter_map(Weak::upgrade).any(|sentry| !sentry.missing()));
            !all.is_empty()
        });
        state.listed = listed;
        if state.sentries.is_empty() {
            state.began = None;
        }
        let began = state.began.filter(|_| state.pace.worth(listed, now))?;
        Some(state.pace.due(began, eager, now))
    }

    /// Lists once, for all who watch or wait. `storm`: for those who wait, if they are enough; else each is to look by
    /// itself.
    pub(super) async fn list(&self, transport: &dyn Transport, storm: bool) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let sent = Instant::now();
        if storm {
            let mut state = self.state();
            // The list that was waited for may have answered some.
            if !state.pace.worth(state.waiting.len(), sent) {
                state.waiting.drain(..).for_each(Waiting::alone);
                return Ok(());
            }
        }
        let mut told = Told::default();
        let request = self.collection.request();
        let take = |items: Vec<Value>| self.sift(items, storm, &mut told);
        let listed = page::each(transport, request, self.collection.items, take).await;
        let (objects, took) = (told.objects, sent.elapsed());
        tracing::debug!(
            path = self.collection.path,
            objects,
            ?took,
            error = listed.as_ref().err().map(tracing::field::display),
            "list"
        );
        match listed {
            Ok(pages) => {
                self.take_in(told, Last { sent, took, objects, pages });
                Ok(())
            }
            Err(error) => {
                self.give_up(&error);
                Err(error)
            }
        }
    }

    /// Keeps of a page what matters: fingerprints of what is watched; bodies for who waits, for who will be woken, and
    /// in a storm of everything that carries a marker, since its owner may be about to ask.
    fn sift(&self, items: Vec<Value>, storm: bool, told: &mut Told) {
        let state = self.state();
        let asked: HashSet<_> = state.waiting.iter().map(|waiting| waiting.id.as_str()).collect();
        told.objects += items.len();
        for item in items {
            let Some(id) = item.get("id").and_then(Value::as_str) else { continue };
            let mut keep = asked.contains(id);
            if let Some(sentries) = state.sentries.get(id) {
                let fingerprint = fingerprint::of(&item);
                keep |= sentries.iter().filter_map(Weak::upgrade).any(|sentry| sentry.differs(fingerprint));
                told.watched.insert(id.into(), fingerprint);
            }
            if keep || (storm && told.bytes < MOST && marker::find(&item).is_some()) {
                let body = item.to_string().into_bytes().into_boxed_slice();
                told.bytes += body.len();
                told.bodies.insert(id.into(), body);
            }
        }
    }

    fn take_in(&self, told: Told, last: Last) {
        let now = Instant::now();
        let mut state = self.state();
        let kept = Kept { sent: last.sent, bodies: told.bodies };
        for waiting in std::mem::take(&mut state.waiting) {
            match kept.answer(&waiting.id, waiting.after, self.collection.singular) {
                Some(body) => drop(waiting.tell.send(Ok(Some(body)))),
                // Its page may have gone by before it asked, or it wants a younger list.
                None if waiting.since > last.sent => state.waiting.push(waiting),
                None => waiting.alone(),
            }
        }
        state.kept = Some(kept).filter(|kept| !kept.bodies.is_empty());
        let mut news = false;
        for (id, sentries) in &state.sentries {
            let told = told.watched.get(id).copied();
            for sentry in sentries.iter().filter_map(Weak::upgrade) {
                news |= sentry.hear(told, last.sent);
            }
        }
        state.pace.listed(last, news, now);
    }

    fn give_up(&self, error: &Error) {
        let mut state = self.state();
        let now = Instant::now();
        let waiting = std::mem::take(&mut state.waiting);
        match error.class() {
            Class::Transient | Class::Unauthenticated => state.pace.failed(Duration::ZERO, now),
            Class::RateLimited(wait) => state.pace.failed(wait, now),
            Class::Terminal | Class::Unanswered | Class::Conflict | Class::NotFound => {
                state.pace.refused(now);
                return waiting.into_iter().for_each(Waiting::alone);
            }
        }
        waiting.into_iter().for_each(|waiting| drop(waiting.tell.send(Err(error.clone()))));
    }

    /// Lets go of what was kept for long enough.
    pub(super) fn tidy(&self, now: Instant) {
        let mut state = self.state();
        if state.kept.as_ref().is_some_and(|kept| now.saturating_duration_since(kept.sent) > KEEP) {
            state.kept = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl Waiting {
    /// It is to look by itself. Who gave up waiting is not there to hear it.
    fn alone(self) {
        drop(self.tell.send(Ok(None)));
    }
}

/// What an owner holds.
struct Post {
    shelf: Arc<Shelf>,
    sentry: Arc<Sentry>,
}

impl Subscription for Post {
    fn unchanged(&self, since: Option<Instant>) -> bool {
        let Some(last) = self.sentry.same_at() else { return false };
        let (state, now) = (self.shelf.state(), Instant::now());
        since.is_none_or(|since| last >= since)
            && state.pace.beats(state.listed, now)
            && state.pace.fresh(last, self.sentry.eager, now)
    }
}
