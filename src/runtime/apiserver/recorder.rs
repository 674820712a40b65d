//! Events, as core/v1 (Crossplane grants no `events.k8s.io`, RBAC-2), with client-go's dedupe and limits.
//!
//! An equal event within ten minutes bumps the count of the one that is there; an object gets 25 at once and then one
//! in five minutes. Events are told as well as possible: a failure to tell one is logged and nothing else.

use super::error::{Error, call, cut};
use crate::runtime::{
    base::{
        clock::{Clock, rfc3339},
        queue::Bucket,
    },
    plan::event::Event,
};
use k8s_openapi::{
    api::core::v1::{Event as CoreEvent, EventSource, ObjectReference},
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time},
};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use parking_lot::Mutex;
use serde_json::json;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

const SIMILAR_FOR: Duration = Duration::from_secs(600);
const BURST: f64 = 25.0;
const PER_SECOND: f64 = 1.0 / 300.0;
/// Objects, and events of one object, that are remembered at most.
const OBJECTS: usize = 4096;
const EVENTS: usize = 16;

/// What an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventTarget {
    /// `group/version`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty for a cluster-scoped object, whose events lie in `default`.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// Version of the object that the event speaks of.
    pub resource_version: String,
}

/// Tells events in the name of one controller.
pub struct Recorder {
    client: Client,
    clock: Arc<dyn Clock>,
    controller: String,
    memory: Mutex<Memory>,
}

impl Recorder {
    /// A recorder of the controller of this name, such as `managed/network.network.kupenstack.io`.
    pub fn new(client: Client, clock: Arc<dyn Clock>, controller: impl Into<String>) -> Self {
        Self { client, clock, controller: controller.into(), memory: Mutex::default() }
    }

    /// Tells an event.
    pub async fn record(&self, target: &EventTarget, event: Event) {
        let delivery = self.memory(|memory, now| memory.judge(target, &event, &self.unique(), now));
        let told = match &delivery {
            Delivery::Drop => Ok(()),
            Delivery::Create { name } => self.create(target, &event, name).await,
            Delivery::Bump { name, count } => match self.bump(target, name, *count).await {
                // The API server keeps events for an hour only.
                Err(error) if error.is_not_found() => self.create(target, &event, name).await,
                told => told,
            },
        };
        if let Err(error) = told {
            self.memory(|memory, _| memory.forget(target, &event));
            tracing::debug!(%error, kind = target.kind, name = target.name, reason = event.reason, "event not told");
        }
    }

    async fn create(&self, target: &EventTarget, event: &Event, name: &str) -> Result<(), Error> {
        let api: Api<CoreEvent> = Api::namespaced(self.client.clone(), namespace(target));
        let object = self.object(target, event, name);
        call("create an Event", api.create(&PostParams::default(), &object)).await.map(drop)
    }

    async fn bump(&self, target: &EventTarget, name: &str, count: i32) -> Result<(), Error> {
        let api: Api<CoreEvent> = Api::namespaced(self.client.clone(), namespace(target));
        let patch = Patch::Merge(json!({"count": count, "lastTimestamp": rfc3339(self.clock.now())}));
        call("patch an Event", api.patch(name, &PatchParams::default(), &patch)).await.map(drop)
    }

    fn object(&self, target: &EventTarget, event: &Event, name: &str) -> CoreEvent {
        let now = Some(Time(self.clock.now()));
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CoreEvent {
            metadata: ObjectMeta {
                name: filled(name),
                namespace: filled(namespace(target)),
                annotations: (!event.annotations.is_empty()).then(|| event.annotations.clone()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: filled(&target.api_version),
                kind: filled(&target.kind),
                namespace: filled(&target.namespace),
                name: filled(&target.name),
                uid: filled(&target.uid),
                resource_version: filled(&target.resource_version),
                field_path: None,
            },
            type_: filled(event.kind.as_str()),
            reason: filled(event.reason),
            message: filled(cut(&event.message, 1024)),
            count: Some(1),
            first_timestamp: now.clone(),
            last_timestamp: now,
            source: Some(EventSource { component: filled(&self.controller), host: None }),
            reporting_component: filled(&self.controller),
            ..CoreEvent::default()
        }
    }

    /// What makes the name of an event unique, as client-go does it.
    fn unique(&self) -> String {
        format!("{:x}", self.clock.now().as_nanosecond())
    }

    fn memory<T>(&self, ask: impl FnOnce(&mut Memory, Instant) -> T) -> T {
        ask(&mut self.memory.lock(), self.clock.monotonic())
    }
}

fn namespace(target: &EventTarget) -> &str {
    if target.namespace.is_empty() { "default" } else { &target.namespace }
}

/// What to do with an event.
#[derive(Debug, PartialEq, Eq)]
enum Delivery {
    Create { name: String },
    Bump { name: String, count: i32 },
    Drop,
}

/// What was told lately. Bounded.
#[derive(Default)]
struct Memory {
    objects: HashMap<String, Object>,
    told: u64,
}

struct Object {
    bucket: Bucket,
    last: Instant,
    events: HashMap<u64, Told>,
}

struct Told {
    name: String,
    count: i32,
    last: Instant,
}

impl Memory {
    fn judge(&mut self, target: &EventTarget, event: &Event, unique: &str, now: Instant) -> Delivery {
        if !self.objects.contains_key(&target.uid) {
            evict(&mut self.objects, OBJECTS, |object| object.last);
        }
        self.told = self.told.wrapping_add(1);
        let fresh =
            || Object { bucket: Bucket::new(PER_SECOND, BURST, now), last: now, events: HashMap::new() };
        let object = self.objects.entry(target.uid.clone()).or_insert_with(fresh);
        object.last = now;
        let allowed = object.bucket.take(now);
        let key = key(event);
        match object.events.get_mut(&key) {
            Some(told) if now.saturating_duration_since(told.last) < SIMILAR_FOR => {
                // Counted even if it is not told, so that the next one told says how often it really was.
                told.count = told.count.saturating_add(1);
                told.last = now;
                if !allowed {
                    return Delivery::Drop;
                }
                Delivery::Bump { name: told.name.clone(), count: told.count }
            }
            _ if !allowed => Delivery::Drop,
            _ => {
                let name = format!("{}.{unique}{:x}", cut(&target.name, 200), self.told);
                evict(&mut object.events, EVENTS, |told| told.last);
                object.events.insert(key, Told { name: name.clone(), count: 1, last: now });
                Delivery::Create { name }
            }
        }
    }

    fn forget(&mut self, target: &EventTarget, event: &Event) {
        if let Some(object) = self.objects.get_mut(&target.uid) {
            object.events.remove(&key(event));
        }
    }
}

fn key(event: &Event) -> u64 {
    let mut hasher = DefaultHasher::new();
    (event.kind, event.reason, &event.message).hash(&mut hasher);
    hasher.finish()
}

/// Makes room for one more: the one that is oldest goes.
fn evict<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, most: usize, last: impl Fn(&V) -> Instant) {
    if map.len() >= most
        && let Some(oldest) = map.iter().min_by_key(|(_, value)| last(value)).map(|(key, _)| key.clone())
    {
        map.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{base::clock::Fixed, testing::fake::Fake};

    const EVENTS_PATH: &str = "/api/v1/namespaces/team/events";

    fn target() -> EventTarget {
        EventTarget {
            name: "net".into(),
            namespace: "team".into(),
            uid: "u1".into(),
            ..EventTarget::default()
        }
    }

    fn event(message: &str) -> Event {
        Event::warning("CannotCreateExternalResource", message)
    }

    #[test]
    fn an_equal_event_bumps_the_count_and_another_or_late_one_is_new() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        let mut judge = |message, after| {
            memory.judge(&target(), &event(message), "x", start + Duration::from_secs(after))
        };
        assert_eq!(judge("quota", 0), Delivery::Create { name: "net.x1".into() });
        assert_eq!(judge("quota", 599), Delivery::Bump { name: "net.x1".into(), count: 2 });
        assert_eq!(judge("other", 600), Delivery::Create { name: "net.x3".into() });
        assert_eq!(judge("quota", 1200), Delivery::Create { name: "net.x4".into() });
    }

    #[test]
    fn an_object_gets_25_events_at_once_and_then_one_in_five_minutes() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        let mut judge =
            |after| memory.judge(&target(), &event("quota"), "x", start + Duration::from_secs(after));
        assert!((0..25).all(|_| judge(0) != Delivery::Drop));
        assert_eq!(judge(0), Delivery::Drop);
        assert_eq!(judge(301), Delivery::Bump { name: "net.x1".into(), count: 27 });
        assert_eq!(judge(302), Delivery::Drop);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        for n in 0..OBJECTS + 10 {
            let other = EventTarget { uid: n.to_string(), ..target() };
            memory.judge(&other, &event("x"), "x", start + Duration::from_millis(n as u64));
        }
        assert_eq!(memory.objects.len(), OBJECTS);
        assert!(!memory.objects.contains_key("0"));
    }

    #[tokio::test]
    async fn events_are_core_v1_in_the_objects_namespace_and_repeats_are_counted() {
        let fake = Fake::default();
        let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
        recorder.record(&target(), event("quota").of(Some("id-1"))).await;
        recorder.record(&target(), event("quota").of(Some("id-1"))).await;
        let events = fake.list(EVENTS_PATH);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["count"], 2);
        assert_eq!(events[0]["type"], "Warning");
        assert_eq!(events[0]["source"]["component"], "managed/x");
        assert_eq!(events[0]["involvedObject"]["uid"], "u1");
        assert_eq!(events[0]["metadata"]["annotations"]["external-name"], "id-1");
        assert_eq!(events[0]["lastTimestamp"], "2026-11-21T06:00:00Z");
    }

    #[tokio::test]
    async fn a_repeat_of_an_event_that_expired_is_created_anew() {
        let fake = Fake::default();
        let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
        recorder.record(&target(), event("quota")).await;
        let path =
            format!("{EVENTS_PATH}/{}", fake.list(EVENTS_PATH)[0]["metadata"]["name"].as_str().unwrap());
        fake.remove(&path);
        recorder.record(&target(), event("quota")).await;
        assert!(fake.get(&path).is_some());
    }

    #[tokio::test]
    async fn an_event_that_could_not_be_told_is_told_the_next_time() {
        let fake = Fake::default();
        fake.fail("POST", 403);
        let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
        recorder.record(&target(), event("quota")).await;
        recorder.record(&target(), event("quota")).await;
        assert_eq!(fake.list(EVENTS_PATH).len(), 1);
    }
}
