//! One resource, and lists of it.

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
use parking_lot::Mutex;
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
    async fn read(&self, _: &'static Service, _: &Read, _: Option<Microversion>) -> Result<Answer, Failure> {
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
fn subscribed() -> (Freshness, Arc<Lists>, Arc<dyn Cloud>, Arc<Queue<ObjectKey>>) {
    let lists = Arc::new(Lists::default());
    lists.same.store(true, Ordering::SeqCst);
    let (mut freshness, cloud, queue) = (
        Freshness::default(),
        lists.clone() as Arc<dyn Cloud>,
        Arc::new(Queue::new(Arc::new(Fixed::default()))),
    );
    let collection = Collection {
        service: &NETWORK,
        microversion: None,
        path: "/networks".into(),
        query: &[],
        items: "networks",
        singular: "network",
        incremental: None,
    };
    let item = Item { collection, path: "/networks/i".into(), id: "i".into() };
    let at_provider = object(1400).status.at_provider;
    let observed = Observed { at_provider, marker: Some(marker()), ..Observed::default() };
    let seen = Look { fingerprint: 1, at: Instant::now() };
    let watch =
        Watch { what: Watched::Item(item), seen, eager: false, external_name: "i", observed: &observed };
    freshness.subscribe(watch.begin(&key(), &cloud, &queue));
    (freshness, lists, cloud, queue)
}

fn unchanged(freshness: &Freshness, cloud: &Arc<dyn Cloud>, object: &Managed) -> Option<Observed> {
    freshness.unchanged(cloud, object, marker(), Instant::now(), || None)
}

#[tokio::test(start_paused = true)]
async fn while_lists_agree_the_status_tells_what_it_looks_like() {
    let (freshness, lists, cloud, _) = subscribed();
    let observed = unchanged(&freshness, &cloud, &object(1400)).unwrap();
    assert_eq!(observed.at_provider, object(1400).status.at_provider);
    assert_eq!(observed.marker, Some(marker()));
    lists.same.store(false, Ordering::SeqCst);
    assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None, "lists tell something else");
}

#[tokio::test(start_paused = true)]
async fn whatever_else_changed_it_is_looked_at() {
    let (mut freshness, _, cloud, _) = subscribed();
    assert_eq!(unchanged(&freshness, &cloud, &object(9000)), None, "somebody wrote to the status");
    let other: Arc<dyn Cloud> = Arc::new(Lists::default());
    assert_eq!(unchanged(&freshness, &other, &object(1400)), None, "other credentials");
    let mut renamed = object(1400);
    renamed.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "j".into());
    assert_eq!(unchanged(&freshness, &cloud, &renamed), None, "another object");
    freshness.subscribe(None);
    assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None, "nobody watches");
}

#[tokio::test(start_paused = true)]
async fn a_list_from_before_our_write_somebodys_wish_or_the_poll_interval_is_not_enough() {
    for change in [Freshness::written, Freshness::asked] {
        let (mut freshness, _, cloud, _) = subscribed();
        advance(S / 2).await;
        change(&mut freshness, Instant::now());
        assert!(unchanged(&freshness, &cloud, &object(1400)).is_some());
        advance(S).await;
        change(&mut freshness, Instant::now());
        assert_eq!(unchanged(&freshness, &cloud, &object(1400)), None);
    }
    let (mut freshness, _, cloud, _) = subscribed();
    let mut deleted = object(1400);
    deleted.metadata.deletion_timestamp = Some("2026-11-21T06:00:00Z".into());
    advance(2 * S).await;
    freshness.asked(Instant::now());
    assert!(unchanged(&freshness, &cloud, &deleted).is_some(), "a deletion asks for nothing new");
    advance(15 * S).await;
    assert_eq!(unchanged(&freshness, &cloud, &deleted), None);
    let (freshness, _, cloud, _) = subscribed();
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
    let (mut freshness, start) = (Freshness::default(), Instant::now());
    assert_eq!(freshness.after(), None, "who sees it for the first time takes any answer");
    for (at, change) in (1..).zip([Freshness::written, Freshness::asked, Freshness::seen, Freshness::written])
    {
        change(&mut freshness, start + at * S);
        assert_eq!(freshness.after(), Some(start + at * S));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_tells_something_else_has_the_resource_reconciled() {
    let (_freshness, lists, _, queue) = subscribed();
    assert!(queue.is_empty());
    lists.wakers.lock()[0].wake_by_ref();
    assert_eq!(queue.next().await, Some(key()));
}
