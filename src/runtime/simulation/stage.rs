//! An API server and a cloud, which outlive the program, and lives of the program.

use super::{
    census::{Census, census, minted},
    examples::{self, Example},
    points::{Lost, Points, Trouble},
};
use crate::{
    api::managed::Managed,
    kind::{
        cloud::{Backend, Cloud, CloudFacts, Credentials},
        failure::Failure,
        listing::{Item, Sight, Vigil},
        request::{Answer, Microversion, Read, Request},
        service::Service,
        upload::{Progress, Upload},
    },
    kinds::KINDS,
    openstack::{
        cloud::Connection,
        simulated::{Simulated, Wire},
    },
    runtime::{
        clock::Clock,
        cluster::Cluster,
        fake::Fake,
        index::{Index, ObjectKey},
        keyring::Keyring,
        lookout::Lookout,
        metrics::Metrics,
        queue::Queue,
        reconcile::Reconciler,
        recorder,
        uploads::Uploads,
        usages::Usages,
        verdict::Then,
    },
    source::Sources,
};
use async_trait::async_trait;
use axum::body::Bytes;
use k8s_openapi::ByteString;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    task::Waker,
    time::Duration,
};
use tokio::time::Instant;

/// What every image's source has.
pub const IMAGE: &[u8] = b"a simulated disk";
/// When the stage's clock began.
const EPOCH: i64 = 1_800_000_000;
/// More passes than any resource needs to settle.
const PATIENCE: usize = 100;

/// The clock that tokio moves on.
#[derive(Clone, Copy)]
pub struct Hands(Instant);

impl Hands {
    fn seconds(self) -> i64 {
        EPOCH + i64::try_from(self.0.elapsed().as_secs()).unwrap()
    }
}

impl Clock for Hands {
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
pub struct Town {
    /// The cloud.
    pub cloud: Arc<Mutex<simulator::Cloud>>,
    points: Arc<Points>,
    hands: Hands,
}

#[async_trait]
impl Wire for Town {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Option<::http::Response<Bytes>> {
        let perform = || self.cloud.lock().unwrap().answer(&request, self.hands.seconds());
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
struct Gate {
    town: Town,
    clouds: tokio::sync::Mutex<HashMap<String, Arc<Shop>>>,
}

/// The shipped connection; but what an upload would fetch elsewhere is at hand.
struct Shop {
    connection: Connection,
    transport: Simulated<Town>,
}

#[async_trait]
impl Cloud for Shop {
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

    fn watch(&self, item: &Item, seen: Sight, eager: bool, waker: Waker) -> Option<Box<dyn Vigil>> {
        self.connection.watch(item, seen, eager, waker)
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        self.connection.send(request).await
    }

    async fn upload(&self, upload: &Upload, _: &Progress) -> Result<(), Failure> {
        let reply = self.transport.put(&upload.request, IMAGE).await;
        let done = reply.and_then(|reply| reply.into_body(upload.request.service, []));
        done.map(drop).map_err(Failure::from)
    }

    fn facts(&self) -> &CloudFacts {
        self.connection.facts()
    }
}

#[async_trait]
impl Backend for Gate {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let user = credentials.cloud.clone().unwrap();
        let mut clouds = self.clouds.lock().await;
        if clouds.get(&user).is_none_or(|shop| shop.connection.is_rejected()) {
            let transport = Simulated::login(self.town.clone(), &user).await;
            let users = self.town.cloud.lock().unwrap().content().remove("users").unwrap();
            let own = users.iter().find(|known| known["name"] == user.as_str()).unwrap();
            let facts = CloudFacts { user_id: own["id"].as_str().map(str::to_owned), ..CloudFacts::UNKNOWN };
            let connection = Connection::over(transport.clone(), Sources::default(), facts);
            clouds.insert(user.clone(), Arc::new(Shop { connection, transport }));
        }
        Ok(clouds[&user].clone())
    }
}

/// An API server, a cloud and a clock.
pub struct Stage {
    /// The API server.
    pub server: Fake,
    /// The cloud.
    pub cloud: Arc<Mutex<simulator::Cloud>>,
    /// The clock.
    pub hands: Hands,
}

impl Stage {
    /// With credentials, and nothing else.
    pub fn new() -> Self {
        // Small pages, so that every list has several.
        let cloud = simulator::Cloud::new("http://cloud", 1).with_pages_of(2);
        let stage = Self {
            server: Fake::default(),
            cloud: Arc::new(Mutex::new(cloud)),
            hands: Hands(Instant::now()),
        };
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        for (name, user) in [("default", "demo"), ("admin", "admin")] {
            stage.server.put(
                &format!("/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/{name}"),
                json!({"spec": {"cloud": user, "credentials": {"source": "Secret", "secretRef": secret}}}),
            );
        }
        stage.server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        examples::secrets().into_iter().for_each(|(path, secret)| stage.server.put(&path, secret));
        stage
    }

    /// The same once more, with a future of its own.
    pub fn copy(&self) -> Self {
        let cloud = Arc::new(Mutex::new(self.cloud.lock().unwrap().clone()));
        Self { server: self.server.copy(), cloud, hands: self.hands }
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
        census(self.cloud.lock().unwrap().content())
    }

    /// What was made by chance, and is in the cloud.
    pub fn minted(&self) -> BTreeSet<String> {
        minted(&self.cloud.lock().unwrap().content())
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
        let client = self.server.client();
        let clock: Arc<dyn Clock> = Arc::new(self.hands);
        let town = Town { cloud: self.cloud.clone(), points: points.clone(), hands: self.hands };
        Reconciler {
            cluster: Cluster::new(client.clone()),
            backend: Arc::new(Gate { town, clouds: tokio::sync::Mutex::default() }),
            kinds: KINDS.as_slice(),
            index: Arc::new(Mutex::new(Index::new("i"))),
            queue: Arc::new(Queue::new(clock.clone())),
            recorders: KINDS
                .iter()
                .map(|kind| (kind.id(), recorder(kind.as_ref(), &client, &clock)))
                .collect(),
            usages: Usages::default(),
            metrics: Arc::new(Metrics::new(&mut Registry::default())),
            may_refer_to: Box::new(|_| false),
            keyring: Keyring::of(&[7; 32]),
            memories: Mutex::default(),
            lookout: Lookout::default(),
            uploads: Uploads::default(),
            clock,
        }
    }

    /// Tells the program of all objects, as its watches would.
    pub fn tell(&self, program: &Reconciler, all: &[Example]) {
        let known: Vec<_> = all.iter().filter_map(|one| Some((&one.key, self.object(one)?))).collect();
        let mut index = program.index.lock().unwrap();
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
                Then::Poll | Then::Stop => return,
                Then::Soon | Then::Backoff => Duration::from_secs(10),
                Then::NotBefore(wait) => wait,
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
