//! What is remembered of each resource between two looks at the cloud: when it was seen, changed and asked about, so that
//! no answer is older than it may be; and, where lists tell what was seen, that no look is needed at all.

use crate::{
    api::{duration, managed::Managed, meta},
    kind::{
        any::Observed,
        cloud::Cloud,
        fingerprint,
        marker::Marker,
        rest::listing::{Item, Look, Subscription},
    },
    runtime::base::{keys::ObjectKey, queue::Queue},
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, task::Wake, time::Duration};
use tokio::time::Instant;

/// Before something is deleted, what lists said this long ago is believed.
const BEFORE_DELETION: Duration = Duration::from_secs(15);

/// All resources that a pass was made for.
#[derive(Default)]
pub struct Freshness {
    known: Mutex<HashMap<ObjectKey, Known>>,
}

#[derive(Default)]
struct Known {
    /// When somebody last changed what is wanted.
    asked: Option<Instant>,
    /// When our last request that changes it had returned.
    written: Option<Instant>,
    /// When the last answer about it had come.
    seen: Option<Instant>,
    post: Option<Post>,
}

/// An object that is as it was seen, as long as the subscription says so.
struct Post {
    cloud: Arc<dyn Cloud>,
    subscription: Box<dyn Subscription>,
    external_name: String,
    /// Of the status that was derived from what was seen.
    status: u64,
    marked: bool,
}

impl Freshness {
    /// Somebody changed what is wanted: older answers do not count. A resource that no pass was made for has none.
    pub fn asked(&self, key: &ObjectKey, now: Instant) {
        if let Some(known) = self.known.lock().get_mut(key) {
            known.asked = Some(now);
        }
    }

    /// A pass begins.
    pub(crate) fn begin(&self, key: &ObjectKey) {
        self.known.lock().entry(key.clone()).or_default();
    }

    /// A request that changes the object returned, whatever the answer.
    pub(crate) fn written(&self, key: &ObjectKey, now: Instant) {
        self.update(key, |known| known.written = Some(now));
    }

    /// An answer about it came.
    pub(crate) fn seen(&self, key: &ObjectKey, now: Instant) {
        self.update(key, |known| known.seen = Some(now));
    }

    /// Answers must not be older.
    pub(crate) fn after(&self, key: &ObjectKey) -> Option<Instant> {
        let known = self.known.lock();
        known.get(key).and_then(|known| known.asked.max(known.written).max(known.seen))
    }

    /// The resource is gone.
    pub fn forget(&self, key: &ObjectKey) {
        self.known.lock().remove(key);
    }

    /// It is not there, or nothing is known of it any more.
    pub(crate) fn withdraw(&self, key: &ObjectKey) {
        self.update(key, |known| known.post = None);
    }

    /// Watches what was seen.
    pub(crate) fn post(
        &self,
        key: &ObjectKey,
        cloud: &Arc<dyn Cloud>,
        queue: &Arc<Queue<ObjectKey>>,
        watch: Watch<'_>,
    ) {
        let Watch { item, seen, eager, external_name, observed } = watch;
        let waker = Arc::new(QueueWaker { queue: queue.clone(), key: key.clone() });
        let post = cloud.watch(item, seen, eager, waker.into()).map(|subscription| Post {
            cloud: cloud.clone(),
            subscription,
            external_name: external_name.to_owned(),
            status: fingerprint::of_fields(&observed.at_provider),
            marked: observed.marker.is_some(),
        });
        self.update(key, |known| known.post = post);
    }

    /// What it looks like, if lists say that it is what was seen: the status tells it. `own` is the marker to expect.
    pub(crate) fn unchanged(
        &self,
        key: &ObjectKey,
        cloud: &Arc<dyn Cloud>,
        object: &Managed,
        own: Marker,
        now: Instant,
    ) -> Option<Observed> {
        let known = self.known.lock();
        let known = known.get(key)?;
        let post = known.post.as_ref()?;
        // Whoever wants it looked at more often than lists come gets what he wants.
        let interval = object.annotation(meta::POLL_INTERVAL).and_then(duration::parse);
        let (wish, age) = match object.deleting() {
            true => (None, Some(BEFORE_DELETION)),
            false => (known.asked, interval),
        };
        let since = wish.max(known.written).max(age.and_then(|age| now.checked_sub(age)));
        let as_seen = Arc::ptr_eq(&post.cloud, cloud)
            && object.external_name() == Some(post.external_name.as_str())
            && fingerprint::of_fields(&object.status.at_provider) == post.status
            && post.subscription.unchanged(since);
        let at_provider = || object.status.at_provider.clone();
        as_seen.then(|| Observed { at_provider: at_provider(), marker: post.marked.then_some(own) })
    }

    fn update(&self, key: &ObjectKey, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.known.lock().get_mut(key) {
            change(known);
        }
    }
}

/// What is to be watched.
pub(crate) struct Watch<'a> {
    pub(crate) item: &'a Item,
    pub(crate) seen: Look,
    pub(crate) eager: bool,
    pub(crate) external_name: &'a str,
    pub(crate) observed: &'a Observed,
}

/// Has a resource reconciled.
struct QueueWaker {
    queue: Arc<Queue<ObjectKey>>,
    key: ObjectKey,
}

impl Wake for QueueWaker {
    fn wake(self: Arc<Self>) {
        self.queue.add(self.key.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kind::{
            cloud::CloudInfo,
            failure::Failure,
            request::{
                Answer, Microversion, Read, Request,
                service::{NETWORK, Service},
            },
            rest::listing::Collection,
        },
        runtime::base::clock::Fixed,
    };
    use async_trait::async_trait;
    use serde_json::{Value, json};
    use std::{sync::atomic::AtomicBool, sync::atomic::Ordering, task::Waker, time::Duration};
    use tokio::time::advance;

    const S: Duration = Duration::from_secs(1);

    /// A cloud of which only lists are asked.
    #[derive(Default)]
    struct Lists {
        same: Arc<AtomicBool>,
        wakers: Mutex<Vec<Waker>>,
    }

    struct Eye(Arc<AtomicBool>, Instant);

    impl Subscription for Eye {
        fn unchanged(&self, since: Option<Instant>) -> bool {
            self.0.load(Ordering::SeqCst) && since.is_none_or(|since| self.1 >= since)
        }
    }

    #[async_trait]
    impl Cloud for Lists {
        async fn read(
            &self,
            _: &'static Service,
            _: &Read,
            _: Option<Microversion>,
        ) -> Result<Answer, Failure> {
            panic!("nobody looks")
        }

        async fn send(&self, _: &Request) -> Result<Value, Failure> {
            panic!("nobody writes")
        }

        fn info(&self) -> &CloudInfo {
            panic!("nobody asks")
        }

        /// Lists agree from one second after the watch began.
        fn watch(&self, _: &Item, _: Look, _: bool, waker: Waker) -> Option<Box<dyn Subscription>> {
            self.wakers.lock().push(waker);
            Some(Box::new(Eye(self.same.clone(), Instant::now() + S)))
        }
    }

    fn key() -> ObjectKey {
        ObjectKey { kind: "network.Network", namespace: "a".into(), name: "n".into() }
    }

    fn marker() -> Marker {
        Marker { uid: "u".into(), owner: "o".into() }
    }

    fn object(mtu: u32) -> Managed {
        serde_json::from_value(json!({"metadata": {"annotations": {(meta::EXTERNAL_NAME): "i"}},
            "status": {"atProvider": {"mtu": mtu}}}))
        .unwrap()
    }

    /// A freshness whose resource was seen with an MTU of 1400, and is watched.
    fn posted() -> (Freshness, Arc<Lists>, Arc<dyn Cloud>, Arc<Queue<ObjectKey>>) {
        let lists = Arc::new(Lists::default());
        lists.same.store(true, Ordering::SeqCst);
        let (freshness, cloud, queue) = (
            Freshness::default(),
            lists.clone() as Arc<dyn Cloud>,
            Arc::new(Queue::new(Arc::new(Fixed::default()))),
        );
        freshness.begin(&key());
        let collection = Collection {
            service: &NETWORK,
            microversion: None,
            path: "/networks".into(),
            query: &[],
            items: "networks",
            singular: "network",
        };
        let item = Item { collection, path: "/networks/i".into(), id: "i".into() };
        let at_provider = object(1400).status.at_provider;
        let observed = Observed { at_provider, marker: Some(marker()) };
        let seen = Look { fingerprint: 1, at: Instant::now() };
        let watch = Watch { item: &item, seen, eager: false, external_name: "i", observed: &observed };
        freshness.post(&key(), &cloud, &queue, watch);
        (freshness, lists, cloud, queue)
    }

    fn unchanged(freshness: &Freshness, cloud: &Arc<dyn Cloud>, object: &Managed) -> Option<Observed> {
        freshness.unchanged(&key(), cloud, object, marker(), Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn while_lists_agree_the_status_tells_what_it_looks_like() {
        let (freshness, lists, cloud, _) = posted();
        let observed = unchanged(&freshness, &cloud, &object(1400)).unwrap();
        assert_eq!(observed.at_provider, object(1400).status.at_provider);
        assert_eq!(observed.marker, Some(marker()));
        lists.same.store(false, Ordering::SeqCst);
        assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None, "lists tell something else");
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_else_changed_it_is_looked_at() {
        let (freshness, _, cloud, _) = posted();
        assert_eq!(unchanged(&freshness, &cloud, &object(9000)), None, "somebody wrote to the status");
        let other: Arc<dyn Cloud> = Arc::new(Lists::default());
        assert_eq!(unchanged(&freshness, &other, &object(1400)), None, "other credentials");
        let mut renamed = object(1400);
        renamed.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "j".into());
        assert_eq!(unchanged(&freshness, &cloud, &renamed), None, "another object");
        freshness.withdraw(&key());
        assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None, "nobody watches");
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_from_before_our_write_somebodys_wish_or_the_poll_interval_is_not_enough() {
        for change in [Freshness::written, Freshness::asked] {
            let (freshness, _, cloud, _) = posted();
            advance(S / 2).await;
            change(&freshness, &key(), Instant::now());
            assert!(unchanged(&freshness, &cloud, &object(1400)).is_some());
            advance(S).await;
            change(&freshness, &key(), Instant::now());
            assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None);
        }
        let (freshness, _, cloud, _) = posted();
        let mut deleted = object(1400);
        deleted.metadata.deletion_timestamp = Some("2026-11-21T06:00:00Z".into());
        advance(2 * S).await;
        freshness.asked(&key(), Instant::now());
        assert!(unchanged(&freshness, &cloud, &deleted).is_some(), "a deletion asks for nothing new");
        advance(15 * S).await;
        assert_eq!(unchanged(&freshness, &cloud, &deleted), None);
        let (freshness, _, cloud, _) = posted();
        let mut impatient = object(1400);
        impatient.metadata.annotations.insert(meta::POLL_INTERVAL.into(), "5s".into());
        advance(6 * S).await;
        assert!(unchanged(&freshness, &cloud, &impatient).is_some());
        advance(S).await;
        assert_eq!(unchanged(&freshness, &cloud, &impatient), None);
        assert!(unchanged(&freshness, &cloud, &object(1400)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn answers_are_not_older_than_the_last_look_write_or_wish() {
        let freshness = Freshness::default();
        let start = Instant::now();
        freshness.asked(&key(), start);
        assert_eq!(freshness.after(&key()), None, "who sees it for the first time takes any answer");
        freshness.begin(&key());
        for (at, change) in
            (1..).zip([Freshness::written, Freshness::asked, Freshness::seen, Freshness::written])
        {
            change(&freshness, &key(), start + at * S);
            assert_eq!(freshness.after(&key()), Some(start + at * S));
        }
        freshness.forget(&key());
        assert_eq!(freshness.after(&key()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_tells_something_else_has_the_resource_reconciled() {
        let (_lookout, lists, _, queue) = posted();
        assert!(queue.is_empty());
        lists.wakers.lock()[0].wake_by_ref();
        assert_eq!(queue.next().await, Some(key()));
    }
}
