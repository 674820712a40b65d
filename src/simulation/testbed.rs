//! An API server and a world, which outlive the program, and lives of the program.

use super::{
    census::{Census, census, minted},
    examples::Example,
    openstack::SimulatedOpenStack,
    points::{Points, Trouble},
};
use crate::{
    api::managed::Managed,
    kind::{cloud::Backend, provider::Provider},
    runtime::{
        apiserver::inputs::{self, Input},
        base::{
            clock::Clock,
            keys::{ConfigKey, ObjectKey},
        },
        managed::reconcile::Reconciler,
        plan::pass_result::Requeue,
        testing::{fake::Fake, parts},
    },
};
use k8s_openapi::ByteString;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// When the testbed's clock began.
const EPOCH: i64 = 1_800_000_000;
/// More passes than any resource needs to settle.
const PATIENCE: usize = 100;

/// What a provider manages, beyond the API server.
pub trait World: Sized {
    /// The provider.
    fn provider() -> Provider;
    /// With nothing in it that a managed resource stands for. The API server gets what to connect with.
    fn new(server: &Fake) -> Self;
    /// The same once more, with a future of its own.
    fn copy(&self) -> Self;
    /// The way to it. Every exchange passes the points, as a line that begins with `cloud `.
    fn backend(&self, points: &Arc<Points>, clock: TestClock) -> Arc<dyn Backend>;
    /// What is in it, by collection.
    fn content(&self) -> BTreeMap<String, Vec<Value>>;
    /// Fails where the world did something that it should not.
    fn check(&self) {}
    /// What goes on by itself, before each pass.
    fn turn(&self) {}
    /// Fails where the API server has what nobody should be told.
    fn check_told(&self, _server: &Fake) {}
}

/// The clock that tokio moves on.
#[derive(Clone, Copy)]
pub struct TestClock(Instant);

impl TestClock {
    /// Seconds since the epoch.
    pub fn seconds(self) -> i64 {
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

/// An API server, a world and a clock.
pub struct Testbed<W = SimulatedOpenStack> {
    /// The API server.
    pub server: Fake,
    /// The world.
    pub world: W,
    /// The clock.
    pub clock: TestClock,
}

impl<W: World> Testbed<W> {
    /// With what is needed to connect, and nothing else.
    pub fn new() -> Self {
        let server = Fake::default();
        Self { world: W::new(&server), server, clock: TestClock(Instant::now()) }
    }

    /// The same once more, with a future of its own.
    pub fn copy(&self) -> Self {
        Self { server: self.server.copy(), world: self.world.copy(), clock: self.clock }
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

    /// What is in the world.
    pub fn census(&self) -> Census {
        census(self.world.content())
    }

    /// What was made by chance, and is in the world.
    pub fn minted(&self) -> BTreeSet<String> {
        minted(&self.world.content())
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
        let clock: Arc<dyn Clock> = Arc::new(self.clock);
        let backend = self.world.backend(points, self.clock);
        Reconciler::new(parts(&self.server, clock, W::provider(), backend))
    }

    /// Tells the program of all objects, as its watches would.
    pub fn tell(&self, program: &Reconciler, all: &[Example]) {
        let known: Vec<_> = all.iter().filter_map(|one| Some((&one.key, self.object(one)?))).collect();
        self.tell_configs(program);
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
        let there: BTreeSet<_> = known.iter().map(|(key, _)| (*key).clone()).collect();
        for kind in W::provider().kinds {
            index.missing_from(kind.id(), &there);
        }
        for (key, object) in known {
            index.apply(key, &object).unwrap();
        }
    }

    /// As the watch of ProviderConfigs would: there is one for all, which never changes.
    fn tell_configs(&self, program: &Reconciler) {
        let group = W::provider().family.group();
        let path = format!("/apis/{group}/v1alpha1/clusterproviderconfigs/default");
        let version = self.server.get(&path).and_then(|config| {
            let meta = &config["metadata"];
            let generation = meta["generation"].as_i64().unwrap_or_default();
            inputs::spec_version(meta["uid"].as_str().unwrap_or_default(), generation)
        });
        let (kind, name) = ("ClusterProviderConfig".to_owned(), "default".to_owned());
        let key = ConfigKey { kind, namespace: String::new(), name };
        program.inputs.is_now(&Input::Config(key), version);
    }

    /// Passes over one resource until it is settled or gone.
    pub async fn drive(&self, program: &Reconciler, example: &Example, all: &[Example]) {
        for _ in 0..PATIENCE {
            self.world.turn();
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
