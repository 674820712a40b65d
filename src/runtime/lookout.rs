//! What is remembered of each resource between two looks at the cloud: when it was seen, changed and asked about, so that
//! no answer is older than it may be; and, where lists tell what was seen, that no look is needed at all.

use super::{index::ObjectKey, queue::Queue, reconcile::lock};
use crate::{
    api::{duration, managed::Managed, meta},
    kind::{
        any::Observed,
        cloud::Cloud,
        fingerprint,
        listing::{Item, Sight, Vigil},
        marker::Marker,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    task::Wake,
    time::Duration,
};
use tokio::time::Instant;

/// Before something is deleted, what lists said this long ago is believed.
const BEFORE_DELETION: Duration = Duration::from_secs(15);

/// All resources that a pass was made for.
#[derive(Default)]
pub struct Lookout {
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

/// An object that is as it was seen, as long as the vigil says so.
struct Post {
    cloud: Arc<dyn Cloud>,
    vigil: Box<dyn Vigil>,
    external_name: String,
    /// Of the status that was derived from what was seen.
    status: u64,
    marked: bool,
}

impl Lookout {
    /// Somebody changed what is wanted: older answers do not count. A resource that no pass was made for has none.
    pub fn asked(&self, key: &ObjectKey, now: Instant) {
        if let Some(known) = lock(&self.known).get_mut(key) {
            known.asked = Some(now);
        }
    }

    /// A pass begins.
    pub(super) fn begin(&self, key: &ObjectKey) {
        lock(&self.known).entry(key.clone()).or_default();
    }

    /// A request that changes the object returned, whatever the answer.
    pub(super) fn written(&self, key: &ObjectKey, now: Instant) {
        self.update(key, |known| known.written = Some(now));
    }

    /// An answer about it came.
    pub(super) fn seen(&self, key: &ObjectKey, now: Instant) {
        self.update(key, |known| known.seen = Some(now));
    }

    /// Answers must not be older.
    pub(super) fn after(&self, key: &ObjectKey) -> Option<Instant> {
        let known = lock(&self.known);
        known.get(key).and_then(|known| known.asked.max(known.written).max(known.seen))
    }

    /// The resource is gone.
    pub fn forget(&self, key: &ObjectKey) {
        lock(&self.known).remove(key);
    }

    /// It is not there, or nothing is known of it any more.
    pub(super) fn withdraw(&self, key: &ObjectKey) {
        self.update(key, |known| known.post = None);
    }

    /// Watches what was seen.
    pub(super) fn post(
        &self,
        key: &ObjectKey,
        cloud: &Arc<dyn Cloud>,
        queue: &Arc<Queue<ObjectKey>>,
        watch: Watch<'_>,
    ) {
        let Watch { item, seen, eager, external_name, observed } = watch;
        let bell = Arc::new(Bell { queue: queue.clone(), key: key.clone() });
        let post = cloud.watch(item, seen, eager, bell.into()).map(|vigil| Post {
            cloud: cloud.clone(),
            vigil,
            external_name: external_name.to_owned(),
            status: fingerprint::of_fields(&observed.at_provider),
            marked: observed.marker.is_some(),
        });
        self.update(key, |known| known.post = post);
    }

    /// What it looks like, if lists say that it is what was seen: the status tells it. `own` is the marker to expect.
    pub(super) fn unchanged(
        &self,
        key: &ObjectKey,
        cloud: &Arc<dyn Cloud>,
        object: &Managed,
        own: Marker,
        now: Instant,
    ) -> Option<Observed> {
        let known = lock(&self.known);
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
            && post.vigil.unchanged(since);
        let at_provider = || object.status.at_provider.clone();
        as_seen.then(|| Observed { at_provider: at_provider(), marker: post.marked.then_some(own) })
    }

    fn update(&self, key: &ObjectKey, change: impl FnOnce(&mut Known)) {
        if let Some(known) = lock(&self.known).get_mut(key) {
            change(known);
        }
    }
}

/// What is to be watched.
pub(super) struct Watch<'a> {
    pub(super) item: &'a Item,
    pub(super) seen: Sight,
    pub(super) eager: bool,
    pub(super) external_name: &'a str,
    pub(super) observed: &'a Observed,
}

/// Has a resource reconciled.
struct Bell {
    queue: Arc<Queue<ObjectKey>>,
    key: ObjectKey,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.queue.add(self.key.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::{super::clock::Fixed, *};
    use crate::kind::{
        cloud::CloudFacts,
        failure::Failure,
        listing::Collection,
        request::{Answer, Microversion, Read, Request},
        service::{NETWORK, Service},
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

    impl Vigil for Eye {
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

        fn facts(&self) -> &CloudFacts {
            panic!("nobody asks")
        }

        /// Lists agree from one second after the watch began.
        fn watch(&self, _: &Item, _: Sight, _: bool, waker: Waker) -> Option<Box<dyn Vigil>> {
            self.wakers.lock().unwrap().push(waker);
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

    /// A lookout whose resource was seen with an MTU of 1400, and is watched.
    fn posted() -> (Lookout, Arc<Lists>, Arc<dyn Cloud>, Arc<Queue<ObjectKey>>) {
        let lists = Arc::new(Lists::default());
        lists.same.store(true, Ordering::SeqCst);
        let (lookout, cloud, queue) = (
            Lookout::default(),
            lists.clone() as Arc<dyn Cloud>,
            Arc::new(Queue::new(Arc::new(Fixed::default()))),
        );
        lookout.begin(&key());
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
        let seen = Sight { fingerprint: 1, at: Instant::now() };
        let watch = Watch { item: &item, seen, eager: false, external_name: "i", observed: &observed };
        lookout.post(&key(), &cloud, &queue, watch);
        (lookout, lists, cloud, queue)
    }

    fn unchanged(lookout: &Lookout, cloud: &Arc<dyn Cloud>, object: &Managed) -> Option<Observed> {
        lookout.unchanged(&key(), cloud, object, marker(), Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn while_lists_agree_the_status_tells_what_it_looks_like() {
        let (lookout, lists, cloud, _) = posted();
        let observed = unchanged(&lookout, &cloud, &object(1400)).unwrap();
        assert_eq!(observed.at_provider, object(1400).status.at_provider);
        assert_eq!(observed.marker, Some(marker()));
        lists.same.store(false, Ordering::SeqCst);
        assert_eq!(unchanged(&lookout, &cloud, &object(1400)), None, "lists tell something else");
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_else_changed_it_is_looked_at() {
        let (lookout, _, cloud, _) = posted();
        assert_eq!(unchanged(&lookout, &cloud, &object(9000)), None, "somebody wrote to the status");
        let other: Arc<dyn Cloud> = Arc::new(Lists::default());
        assert_eq!(unchanged(&lookout, &other, &object(1400)), None, "other credentials");
        let mut renamed = object(1400);
        renamed.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "j".into());
        assert_eq!(unchanged(&lookout, &cloud, &renamed), None, "another object");
        lookout.withdraw(&key());
        assert_eq!(unchanged(&lookout, &cloud, &object(1400)), None, "nobody watches");
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_from_before_our_write_somebodys_wish_or_the_poll_interval_is_not_enough() {
        for change in [Lookout::written, Lookout::asked] {
            let (lookout, _, cloud, _) = posted();
            advance(S / 2).await;
            change(&lookout, &key(), Instant::now());
            assert!(unchanged(&lookout, &cloud, &object(1400)).is_some());
            advance(S).await;
            change(&lookout, &key(), Instant::now());
            assert_eq!(unchanged(&lookout, &cloud, &object(1400)), None);
        }
        let (lookout, _, cloud, _) = posted();
        let mut deleted = object(1400);
        deleted.metadata.deletion_timestamp = Some("2026-11-21T06:00:00Z".into());
        advance(2 * S).await;
        lookout.asked(&key(), Instant::now());
        assert!(unchanged(&lookout, &cloud, &deleted).is_some(), "a deletion asks for nothing new");
        advance(15 * S).await;
        assert_eq!(unchanged(&lookout, &cloud, &deleted), None);
        let (lookout, _, cloud, _) = posted();
        let mut impatient = object(1400);
        impatient.metadata.annotations.insert(meta::POLL_INTERVAL.into(), "5s".into());
        advance(6 * S).await;
        assert!(unchanged(&lookout, &cloud, &impatient).is_some());
        advance(S).await;
        assert_eq!(unchanged(&lookout, &cloud, &impatient), None);
        assert!(unchanged(&lookout, &cloud, &object(1400)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn answers_are_not_older_than_the_last_look_write_or_wish() {
        let lookout = Lookout::default();
        let start = Instant::now();
        lookout.asked(&key(), start);
        assert_eq!(lookout.after(&key()), None, "who sees it for the first time takes any answer");
        lookout.begin(&key());
        for (at, change) in (1..).zip([Lookout::written, Lookout::asked, Lookout::seen, Lookout::written]) {
            change(&lookout, &key(), start + at * S);
            assert_eq!(lookout.after(&key()), Some(start + at * S));
        }
        lookout.forget(&key());
        assert_eq!(lookout.after(&key()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_tells_something_else_has_the_resource_reconciled() {
        let (_lookout, lists, _, queue) = posted();
        assert!(queue.is_empty());
        lists.wakers.lock().unwrap()[0].wake_by_ref();
        assert_eq!(queue.next().await, Some(key()));
    }
}
