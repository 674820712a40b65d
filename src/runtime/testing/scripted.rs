//! The shipped reconciler over an API server in memory and a cloud that answers what a test has written down, for tests
//! of single passes: each says which requests a pass sends, and what comes of the answers.

use super::fake::Fake;
use crate::{
    api::managed::Managed,
    kind::{
        any::AnyKind,
        cloud::{Backend, Cloud, CloudInfo, Credentials, Place},
        failure::{Class, Failure},
        flow::{Flow, Progress},
        provider::Provider,
        request::{Answer, Microversion, Read, Request, service::Service},
        request_id,
        rest::listing::{Item, Look, Subscription},
        sealed::Sealed,
    },
    kinds::provider::openstack,
    runtime::{
        base::{clock::Clock, keys::ObjectKey},
        managed::reconcile::Reconciler,
        plan::pass_result::Requeue,
    },
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    task::Waker,
    time::Duration,
};
use tokio::time::Instant;

/// A cloud whose answers are written down in the order in which they are to be asked for.
#[derive(Default)]
pub struct Scripted {
    answers: Mutex<VecDeque<(String, Result<Value, Failure>)>>,
    asked: Mutex<Vec<String>>,
    info: CloudInfo,
    /// What comparisons have for the connection secret only.
    pub sealed: Mutex<Sealed>,
    /// How long an answer takes.
    takes: Mutex<Duration>,
    /// Whether lists tell what was seen of everything that is watched.
    pub same: Arc<AtomicBool>,
    /// Who wakes the resource that was compared last.
    pub compared: Mutex<Option<Waker>>,
}

/// Lists tell since then that nothing changed, if they do.
struct Same(Arc<AtomicBool>, Instant);

impl Subscription for Same {
    fn unchanged(&self, since: Option<Instant>) -> bool {
        self.0.load(Ordering::SeqCst) && since.is_none_or(|since| since <= self.1)
    }
}

impl Scripted {
    /// Every answer takes so long.
    pub fn slow(&self, takes: Duration) {
        *self.takes.lock() = takes;
    }

    /// Answers the next request, which must be this one (`GET /networks/i`); null for an object that is not there.
    pub fn answers(&self, request: &str, answer: Value) -> &Self {
        self.answers.lock().push_back((request.to_owned(), Ok(answer)));
        self
    }

    /// Refuses the next request, which must be this one.
    pub fn refuses(&self, request: &str, class: Class) -> &Self {
        let failure = Failure::new(class, "Refused", "refused");
        self.answers.lock().push_back((request.to_owned(), Err(failure)));
        self
    }

    /// Answers that were not asked for are not given any more.
    pub fn forget(&self) {
        self.answers.lock().clear();
    }

    /// What was asked since the last question, with bodies.
    pub fn asked(&self) -> Vec<String> {
        let left = self.answers.lock();
        assert!(left.is_empty(), "never asked for: {left:?}");
        std::mem::take(&mut self.asked.lock())
    }

    fn next(&self, line: &str, body: Option<&Value>) -> Result<Value, Failure> {
        self.asked.lock().push(body.map_or_else(|| line.to_owned(), |body| format!("{line} {body}")));
        let (expected, answer) = self.answers.lock().pop_front().unwrap_or_else(|| panic!("{line}?"));
        assert_eq!(line, expected);
        tracing::info!(line, "scripted");
        if answer.is_err() {
            request_id::answered("req-of-the-service");
        }
        answer
    }
}

#[async_trait]
impl Cloud for Scripted {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        Ok(match read {
            Read::Get { path } | Read::OtherService { path, .. } => {
                match self.next(&format!("GET {path}"), None)? {
                    Value::Null => Answer::Gone,
                    body => Answer::Body(body),
                }
            }
            Read::List { path, keep, .. } | Read::OthersList { path, keep, .. } => {
                let mut items = self.next(&format!("GET {path}"), None)?.as_array().unwrap().clone();
                items.retain(|item| keep.accepts(item));
                Answer::Items(items)
            }
            Read::Compare { path, with } => match self.next(&format!("COMPARE {path}"), Some(&with.body))? {
                Value::Null => Answer::Gone,
                body => Answer::Compared { body, sealed: self.sealed.lock().clone() },
            },
        })
    }

    async fn place(&self, service: &'static Service) -> Result<Place, Failure> {
        let line = format!("PLACE {}", service.group);
        let scripted = self.answers.lock().front().is_some_and(|(next, _)| *next == line);
        if scripted { self.next(&line, None).map(|_| Place::default()) } else { Ok(Place::default()) }
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let takes = *self.takes.lock();
        tokio::time::sleep(takes).await;
        self.next(&format!("{} {}", request.method, request.path), request.body.as_ref())
    }

    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        let Flow { source, request, .. } = flow;
        let takes = *self.takes.lock();
        tokio::time::sleep(takes).await;
        let from = source.as_ref().map_or_else(|| "flow".to_owned(), |source| format!("from {}", source.url));
        self.next(&format!("{} {} {from}", request.method, request.path), request.body.as_ref()).map(drop)
    }

    fn info(&self) -> &CloudInfo {
        &self.info
    }

    fn watch(&self, _: &Item, _: Look, _: bool, _: Waker) -> Option<Box<dyn Subscription>> {
        Some(Box::new(Same(self.same.clone(), Instant::now())))
    }

    fn watch_compared(&self, _: &str, _: Look, waker: Waker) -> Option<Box<dyn Subscription>> {
        *self.compared.lock() = Some(waker);
        Some(Box::new(Same(self.same.clone(), Instant::now())))
    }
}

struct Only(Arc<Scripted>);

#[async_trait]
impl Backend for Only {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Ok(self.0.clone())
    }
}

/// Time that the test moves on, and chance.
#[derive(Default)]
pub struct TestClock(AtomicI64, Mutex<Option<f64>>);

impl TestClock {
    /// The number that is drawn from now on.
    pub fn chance(&self, drawn: f64) {
        *self.1.lock() = Some(drawn);
    }
}

impl Clock for TestClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_800_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn monotonic(&self) -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    fn jitter(&self) -> f64 {
        self.1.lock().unwrap_or(0.5)
    }
}

/// A provider at work for one test.
pub struct Harness {
    /// The API server.
    pub server: Fake,
    /// The cloud.
    pub cloud: Arc<Scripted>,
    /// The clock.
    pub clock: Arc<TestClock>,
    /// The reconciler.
    pub provider: Arc<Reconciler>,
}

impl Harness {
    /// With these kinds, and a ClusterProviderConfig `default`.
    pub fn new(kinds: &'static [Box<dyn AnyKind>]) -> Self {
        let (server, cloud, clock) =
            (Fake::default(), Arc::<Scripted>::default(), Arc::<TestClock>::default());
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        let spec = json!({"credentials": {"source": "Secret", "secretRef": secret}});
        server.put("/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default", json!({"spec": spec}));
        server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        let (backend, provider) = (Arc::new(Only(cloud.clone())), Provider { kinds, ..openstack() });
        let provider = Arc::new(Reconciler::new(super::parts(&server, clock.clone(), provider, backend)));
        Self { server, cloud, clock, provider }
    }

    /// Time passes on the clock on the wall.
    pub fn later(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Time passes on all clocks.
    pub async fn wait(&self, seconds: u32) {
        self.later(i64::from(seconds));
        tokio::time::advance(Duration::from_secs(u64::from(seconds))).await;
    }

    /// The key of a resource in the namespace `a`.
    pub fn key(&self, kind: &str, name: &str) -> ObjectKey {
        let kind = self.provider.kinds.iter().find(|known| known.id() == kind).unwrap().id();
        ObjectKey { kind, namespace: "a".into(), name: name.into() }
    }

    fn path(&self, key: &ObjectKey) -> String {
        let info = self.provider.kinds.iter().find(|kind| kind.id() == key.kind).unwrap().info();
        format!("/apis/{}/namespaces/a/{}/{}", info.api_version(), info.plural, key.name)
    }

    /// Makes a resource whose UID is its name.
    pub fn put(&self, key: &ObjectKey, metadata: Value, spec: Value) {
        let info = self.provider.kinds.iter().find(|kind| kind.id() == key.kind).unwrap().info();
        let mut all = json!({"uid": key.name, "generation": 1, "creationTimestamp": "2026-11-21T06:00:00Z"});
        all.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        let object =
            json!({"apiVersion": info.api_version(), "kind": info.kind, "metadata": all, "spec": spec});
        self.server.put(&self.path(key), object);
        self.see(key);
    }

    /// Changes a resource.
    pub fn change(&self, key: &ObjectKey, change: impl FnOnce(&mut Value)) {
        self.edit(key, change);
        self.see(key);
    }

    /// Changes a resource without that the watch tells it.
    pub fn edit(&self, key: &ObjectKey, change: impl FnOnce(&mut Value)) {
        let mut object = self.server.get(&self.path(key)).unwrap();
        change(&mut object);
        self.server.put(&self.path(key), object);
    }

    /// The resource as the API server has it.
    pub fn get(&self, key: &ObjectKey) -> Option<Managed> {
        self.server.get(&self.path(key)).map(|object| serde_json::from_value(object).unwrap())
    }

    fn see(&self, key: &ObjectKey) {
        let object = self.get(key).unwrap();
        self.provider.index.lock().apply(key, &object).unwrap();
    }

    /// Takes a resource away, as if somebody else had removed its finalizer.
    pub fn remove(&self, key: &ObjectKey) {
        self.server.remove(&self.path(key));
        self.provider.on_delete(key);
    }

    /// One pass.
    pub async fn pass(&self, key: &ObjectKey) -> Requeue {
        self.provider.reconcile(key).await
    }

    /// `status reason: message` of a condition.
    pub fn says(&self, key: &ObjectKey, r#type: &str) -> String {
        let object = self.get(key).unwrap();
        let found = object.status.conditions.iter().find(|c| c.r#type == r#type);
        found.map_or_else(String::new, |c| {
            format!("{} {}: {}", c.status, c.reason, c.message.as_deref().unwrap_or_default())
        })
    }
}
