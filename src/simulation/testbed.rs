//! An API server and a cloud, which outlive the program, and lives of the program.

use super::{
    census::{Census, census, minted},
    examples::{self, Example, IMAGE},
    points::{Lost, Points, Trouble},
};
use crate::{
    api::managed::Managed,
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::Failure,
        flow::{Flow, Progress},
        request::{Answer, Microversion, Read, Request, service::Service},
        rest::listing::{Item, Look, Subscription},
    },
    kinds::KINDS,
    openstack::{
        cloud::Connection,
        testing::simulated::{Simulated, Wire},
    },
    runtime::{
        base::{clock::Clock, keys::ObjectKey},
        managed::reconcile::Reconciler,
        plan::pass_result::Requeue,
        testing::{fake::Fake, parts},
    },
    source::Sources,
};
use async_trait::async_trait;
use axum::body::Bytes;
use k8s_openapi::ByteString;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    task::Waker,
    time::Duration,
};
use tokio::time::Instant;

/// When the testbed's clock began.
const EPOCH: i64 = 1_800_000_000;
/// More passes than any resource needs to settle.
const PATIENCE: usize = 100;

/// The clock that tokio moves on.
#[derive(Clone, Copy)]
pub struct TestClock(Instant);

impl TestClock {
    fn seconds(self) -> i64 {
        EPOCH + i64::try_from(self.0.elapsed().as_secs()).unwrap()
    }
}

impl Clock for TestClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.seconds()).unwrap()
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// The simulated cloud, and the way to it.
#[derive(Clone)]
pub struct SimulatedCloud {
    /// The cloud.
    pub cloud: Arc<Mutex<simulator::Cloud>>,
    points: Arc<Points>,
    clock: TestClock,
}

#[async_trait]
impl Wire for SimulatedCloud {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Option<::http::Response<Bytes>> {
        let perform = || self.cloud.lock().answer(&request, self.clock.seconds());
        // A login is the transport's business, which this one does before the program begins.
        if request.uri().path().ends_with("/auth/tokens") {
            return Some(perform());
        }
        let target = request.uri().path_and_query().unwrap();
        match self.points.exchange(&format!("cloud {} {target}", request.method()), perform).await {
            Ok(response) => Some(response),
            Err(Lost::Cut) => None,
            Err(Lost::Refused(status)) => {
                let body = json!({"error": {"code": status, "message": "Injected", "title": "Injected"}});
                let response = ::http::Response::builder().status(status).header("retry-after", "3");
                Some(response.body(body.to_string().into()).unwrap())
            }
        }
    }
}

/// A backend whose credentials are a user's name.
struct SimulatedBackend {
    cloud: SimulatedCloud,
    clouds: tokio::sync::Mutex<HashMap<String, Arc<SimulatedConnection>>>,
}

/// The shipped connection; but what an upload would fetch elsewhere is at hand.
struct SimulatedConnection {
    connection: Connection,
    transport: Simulated<SimulatedCloud>,
}

#[async_trait]
impl Cloud for SimulatedConnection {
    async fn read(
        &self,
        service: &'static Service,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        self.connection.read(service, read, microversion).await
    }

    async fn look(&self, item: &Item, after: Option<Instant>) -> Result<Answer, Failure> {
        self.connection.look(item, after).await
    }

    fn watch(&self, item: &Item, seen: Look, eager: bool, waker: Waker) -> Option<Box<dyn Subscription>> {
        self.connection.watch(item, seen, eager, waker)
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        self.connection.send(request).await
    }

    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        let reply = self.transport.put(&flow.request, IMAGE).await;
        let done = reply.and_then(|reply| reply.into_body(flow.request.service, []));
        done.map(drop).map_err(Failure::from)
    }

    fn info(&self) -> &CloudInfo {
        self.connection.info()
    }
}

#[async_trait]
impl Backend for SimulatedBackend {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let user = credentials.cloud.clone().unwrap();
        let mut clouds = self.clouds.lock().await;
        if clouds.get(&user).is_none_or(|connection| connection.connection.is_rejected()) {
            let transport = Simulated::login(self.cloud.clone(), &user).await;
            let users = self.cloud.cloud.lock().content().remove("users").unwrap();
            let own = users.iter().find(|known| known["name"] == user.as_str()).unwrap();
            let info = CloudInfo { user_id: own["id"].as_str().map(str::to_owned), ..CloudInfo::UNKNOWN };
            let connection = Connection::over(transport.clone(), Sources::default(), info);
            clouds.insert(user.clone(), Arc::new(SimulatedConnection { connection, transport }));
        }
        Ok(clouds[&user].clone())
    }
}

/// An API server, a cloud and a clock.
pub struct Testbed {
    /// The API server.
    pub server: Fake,
    /// The cloud.
    pub cloud: Arc<Mutex<simulator::Cloud>>,
    /// The clock.
    pub clock: TestClock,
}

impl Testbed {
    /// With credentials, and nothing else.
    pub fn new() -> Self {
        // Small pages, so that every list has several.
        let cloud = simulator::Cloud::new("http://cloud", 1).with_pages_of(2);
        let testbed = Self {
            server: Fake::default(),
            cloud: Arc::new(Mutex::new(cloud)),
            clock: TestClock(Instant::now()),
        };
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        for (name, user) in [("default", "demo"), ("admin", "admin")] {
            testbed.server.put(
                &format!("/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/{name}"),
                json!({"spec": {"cloud": user, "credentials": {"source": "Secret", "secretRef": secret}}}),
            );
        }
        testbed.server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        examples::secrets().into_iter().for_each(|(path, secret)| testbed.server.put(&path, secret));
        testbed
    }

    /// The same once more, with a future of its own.
    pub fn copy(&self) -> Self {
        let cloud = Arc::new(Mutex::new(self.cloud.lock().clone()));
        Self { server: self.server.copy(), cloud, clock: self.clock }
    }

    /// The object of an example, as it is now.
    pub fn object(&self, example: &Example) -> Option<Managed> {
        self.server.get(&example.path).map(|object| serde_json::from_value(object).unwrap())
    }

    /// Changes an object as a user would.
    pub fn change(&self, example: &Example, change: impl FnOnce(&mut Value)) {
        let mut object = self.server.get(&example.path).unwrap();
        change(&mut object);
        let generation = object["metadata"]["generation"].as_i64().unwrap();
        object["metadata"]["generation"] = json!(generation + 1);
        self.server.put(&example.path, object);
    }

    /// What is in the cloud.
    pub fn census(&self) -> Census {
        census(self.cloud.lock().content())
    }

    /// What was made by chance, and is in the cloud.
    pub fn minted(&self) -> BTreeSet<String> {
        minted(&self.cloud.lock().content())
    }

    /// What the connection secret of an example tells.
    pub fn published(&self, example: &Example) -> BTreeSet<String> {
        let name = example.manifest["spec"]["writeConnectionSecretToRef"]["name"].as_str();
        let path = name.map(|name| format!("/api/v1/namespaces/default/secrets/{name}"));
        let secret = path.and_then(|path| self.server.get(&path)).unwrap_or_default();
        let data = secret["data"].as_object().into_iter().flatten();
        let decode = |value: &Value| serde_json::from_value::<ByteString>(value.clone()).unwrap().0;
        data.map(|(_, value)| String::from_utf8(decode(value)).unwrap().trim().to_owned()).collect()
    }

    /// A program that has just started, and knows what its watches tell it.
    pub fn program(&self, points: &Arc<Points>) -> Reconciler {
        self.server.pass(points);
        let _client = self.server.client();
        let clock: Arc<dyn Clock> = Arc::new(self.clock);
        let cloud = SimulatedCloud { cloud: self.cloud.clone(), points: points.clone(), clock: self.clock };
        let backend = Arc::new(SimulatedBackend { cloud, clouds: tokio::sync::Mutex::default() });
        Reconciler::new(parts(&self.server, clock, KINDS.as_slice(), backend))
    }

    /// Tells the program of all objects, as its watches would.
    pub fn tell(&self, program: &Reconciler, all: &[Example]) {
        let known: Vec<_> = all.iter().filter_map(|one| Some((&one.key, self.object(one)?))).collect();
        let mut index = program.index.lock();
        let gone: Vec<ObjectKey> = all
            .iter()
            .map(|one| &one.key)
            .filter(|key| !known.iter().any(|(k, _)| k == key))
            .cloned()
            .collect();
        for key in &gone {
            index.remove(key);
        }
        for (key, object) in known {
            index.apply(key, &object).unwrap();
        }
    }

    /// Passes over one resource until it is settled or gone.
    pub async fn drive(&self, program: &Reconciler, example: &Example, all: &[Example]) {
        for _ in 0..PATIENCE {
            self.tell(program, all);
            if self.object(example).is_none() {
                return;
            }
            let wait = match program.reconcile(&example.key).await {
                Requeue::Poll | Requeue::Stop => return,
                Requeue::Soon | Requeue::Backoff => Duration::from_secs(10),
                Requeue::NotBefore(wait) => wait,
            };
            tokio::time::sleep(wait).await;
        }
        panic!("it does not settle: {:#?}", self.object(example));
    }

    /// One life of the program, to its end or its death; says what it exchanged.
    pub async fn live(
        &self,
        example: &Example,
        all: &[Example],
        trouble: Option<(usize, Trouble)>,
    ) -> Vec<String> {
        let points =
            Points::with(move |here, _| trouble.filter(|(at, _)| *at == here).map(|(_, trouble)| trouble));
        self.live_with(&points, example, all).await
    }

    /// One life with the given points.
    pub async fn live_with(&self, points: &Arc<Points>, example: &Example, all: &[Example]) -> Vec<String> {
        let program = self.program(points);
        tokio::select! {
            biased;
            () = points.death() => {}
            () = self.drive(&program, example, all) => {}
        }
        points.passed()
    }

    /// Ready, in sync and as wanted; or why not.
    pub fn well(&self, example: &Example) -> Result<(), String> {
        let object = self.object(example).ok_or("it is gone")?;
        let generation = Some(object.metadata.generation);
        for r#type in ["Ready", "Synced", "UpToDate"] {
            let found = object.status.conditions.iter().find(|c| c.r#type == r#type);
            if found.is_none_or(|c| c.status != "True") || object.status.observed_generation != generation {
                return Err(format!("{type} is not True: {:#?}", object.status));
            }
        }
        Ok(())
    }
}
