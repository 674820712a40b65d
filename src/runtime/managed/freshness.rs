//! How old an answer about one resource may be, and, where lists tell what was seen, that none is needed at all.

use crate::{
    api::{duration, managed::Managed, meta},
    kind::{
        any::Observed,
        cloud::Cloud,
        fingerprint,
        marker::Marker,
        rest::listing::{Item, Look, Subscription},
        sealed::Sealed,
    },
    runtime::base::{keys::ObjectKey, queue::Queue},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Before something is deleted, what lists said this long ago is believed.
const BEFORE_DELETION: Duration = Duration::from_secs(15);

/// What is known of one resource between two looks at the cloud.
///
/// # Flow
/// A look takes an answer that is not older than [`Freshness::after`]. After a pass that found the external resource as it
/// is to stay, it is subscribed to; the next pass asks `unchanged` first, and looks only if that says nothing.
///
/// # Guarantees
/// No answer is older than our last write, the last look, or the last change of what is wanted. What `unchanged` returns was
/// confirmed by a list after our last write and the last wish, within the resource's own poll interval if it has one.
///
/// # Assumptions
/// The status holds what was derived from the last look: a digest of it shows that somebody edited it.
///
/// # Caveats
/// What no list tells is not noticed by `unchanged`: the kind decides ([`crate::kind::Kind::LISTING`]). Times are of this
/// process: after a start, the first look takes any answer.
#[derive(Default)]
pub struct Freshness {
    /// When somebody last changed what is wanted.
    asked: Option<Instant>,
    /// When our last request that changes it had returned.
    written: Option<Instant>,
    /// When the last answer about it had come.
    seen: Option<Instant>,
    /// Of what it was compared with last.
    compared: Option<u64>,
    subscribed: Option<Subscribed>,
}

/// An object that is as it was seen, as long as the subscription says so.
pub(crate) struct Subscribed {
    cloud: Arc<dyn Cloud>,
    subscription: Box<dyn Subscription>,
    external_name: String,
    /// Of the status that was derived from what was seen.
    status: u64,
    marked: bool,
    sealed: Sealed,
    comparison: Option<Comparison>,
}

/// What was seen was compared with what is wanted, and says nothing about another wish.
struct Comparison {
    with: Option<u64>,
    /// When it began.
    at: Instant,
}

impl Freshness {
    /// Somebody changed what is wanted: older answers do not count.
    pub fn asked(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// A request that changes the object returned, whatever the answer.
    pub fn written(&mut self, now: Instant) {
        self.written = Some(now);
    }

    /// An answer about it came.
    pub fn seen(&mut self, now: Instant) {
        self.seen = Some(now);
    }

    /// It was compared with what has this digest.
    pub fn compared(&mut self, with: u64) {
        self.compared = Some(with);
    }

    /// Answers must not be older.
    pub fn after(&self) -> Option<Instant> {
        self.asked.max(self.written).max(self.seen)
    }

    /// From now on the subscription tells of changes; none if nobody keeps watch. Returns the one before.
    pub(crate) fn subscribe(&mut self, mut subscribed: Option<Subscribed>) -> Option<Subscribed> {
        if let Some(comparison) = subscribed.as_mut().and_then(|new| new.comparison.as_mut()) {
            comparison.with = self.compared;
        }
        std::mem::replace(&mut self.subscribed, subscribed)
    }

    /// What it looks like, if lists say that it is what was seen: the status tells it. `own` is the marker to expect, `wish`
    /// returns the digest of what it is to be compared with.
    pub(crate) fn unchanged(
        &self,
        cloud: &Arc<dyn Cloud>,
        object: &Managed,
        own: Marker,
        now: Instant,
        wish: impl FnOnce() -> Option<u64>,
    ) -> Option<Observed> {
        let subscribed = self.subscribed.as_ref()?;
        let since = self.since(object, now);
        let as_seen = Arc::ptr_eq(&subscribed.cloud, cloud)
            && subscribed.comparison.as_ref().is_none_or(|comparison| comparison.agrees(wish))
            && subscribed.is_as_seen(object, since);
        as_seen.then(|| Observed {
            at_provider: object.status.at_provider.clone(),
            marker: subscribed.marked.then_some(own),
            sealed: subscribed.sealed.clone(),
        })
    }

    /// Is it what was seen, if what the look was made with still holds?
    pub(crate) fn rests(&self, object: &Managed, now: Instant) -> bool {
        let since = self.since(object, now);
        self.subscribed.as_ref().is_some_and(|subscribed| subscribed.is_as_seen(object, since))
    }

    /// What is older says nothing.
    fn since(&self, object: &Managed, now: Instant) -> Option<Instant> {
        // Whoever wants it looked at more often than lists come gets what he wants.
        let interval = object.annotation(meta::POLL_INTERVAL).and_then(duration::parse);
        let (asked, age) = match object.deleting() {
            true => (None, Some(BEFORE_DELETION)),
            false => (self.asked, interval),
        };
        asked.max(self.written).max(age.and_then(|age| now.checked_sub(age)))
    }
}

impl Subscribed {
    fn is_as_seen(&self, object: &Managed, since: Option<Instant>) -> bool {
        let compared = |comparison: &Comparison| since.is_none_or(|since| since <= comparison.at);
        object.external_name() == Some(self.external_name.as_str())
            && fingerprint::of_fields(&object.status.at_provider) == self.status
            && self.comparison.as_ref().is_none_or(compared)
            && self.subscription.unchanged(since)
    }
}

impl Comparison {
    fn agrees(&self, wish: impl FnOnce() -> Option<u64>) -> bool {
        self.with.is_some() && self.with == wish()
    }
}

/// What an eye can be kept on.
pub(crate) enum Watched {
    /// An object of a collection.
    Item(Item),
    /// What is compared: its path.
    Compared(String),
}

/// What is to be watched.
pub(crate) struct Watch<'a> {
    pub(crate) what: Watched,
    pub(crate) seen: Look,
    pub(crate) eager: bool,
    pub(crate) external_name: &'a str,
    pub(crate) observed: &'a Observed,
}

impl Watch<'_> {
    /// Begins the watch; a change has the resource reconciled. None where nobody keeps watch.
    pub(crate) fn begin(
        self,
        key: &ObjectKey,
        cloud: &Arc<dyn Cloud>,
        queue: &Arc<Queue<ObjectKey>>,
    ) -> Option<Subscribed> {
        let waker = queue.waker(key);
        let (subscription, comparison) = match &self.what {
            Watched::Item(item) => (cloud.watch(item, self.seen, self.eager, waker)?, None),
            Watched::Compared(path) => {
                let comparison = Comparison { with: None, at: self.seen.at };
                (cloud.watch_compared(path, self.seen, waker)?, Some(comparison))
            }
        };
        Some(Subscribed {
            cloud: cloud.clone(),
            subscription,
            comparison,
            sealed: self.observed.sealed.clone(),
            external_name: self.external_name.to_owned(),
            status: fingerprint::of_fields(&self.observed.at_provider),
            marked: self.observed.marker.is_some(),
        })
    }
}

#[cfg(test)]
mod tests;
