//! The shipped reconciler over an API server and a cloud in memory. It is killed before and after every request that it
//! makes to either, each point in its turn, and must end as if nothing had happened: never two objects, none lost.

use super::{
    clock::Clock,
    cluster::Cluster,
    fake::{Fake, Points},
    index::{Index, ObjectKey},
    metrics::Metrics,
    queue::Queue,
    reconcile::Reconciler,
    usages::Usages,
    verdict::Then,
};
use crate::{
    api::managed::Managed,
    kind::{
        cloud::{Backend, Cloud, CloudFacts, Credentials},
        failure::{Class, Failure},
        request::{Answer, Method, Microversion, Read, Request},
        service::Service,
    },
    kinds::KINDS,
};
use async_trait::async_trait;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

const NETWORKS: &str = "/apis/network.kupenstack.io/v1alpha1/namespaces/a/networks";

/// Networks in memory.
#[derive(Default)]
struct Town {
    networks: Mutex<BTreeMap<String, Value>>,
    requests: Mutex<Vec<String>>,
    points: Mutex<Option<Arc<Points>>>,
    /// Answers to give to the next changes, and whether these are performed all the same.
    lies: Mutex<Vec<(Failure, bool)>>,
}

impl Town {
    async fn pass(&self, line: &str, when: &str) {
        let points = self.points.lock().unwrap().clone();
        if let Some(points) = points {
            points.pass(line, when).await;
        }
    }

    fn perform(&self, request: &Request) -> Result<Value, Failure> {
        let mut networks = self.networks.lock().unwrap();
        let id = request.path.rsplit('/').next().unwrap().to_owned();
        let fields = request.body.as_ref().map(|body| body["network"].clone()).unwrap_or_default();
        match request.method {
            Method::Post => {
                let id = format!("id-{}", networks.len());
                let mut network = json!({"id": id, "status": "ACTIVE", "mtu": 1500, "description": ""});
                network.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
                networks.insert(id, network.clone());
                Ok(json!({"network": network}))
            }
            Method::Put => {
                let network = networks.get_mut(&id).ok_or_else(not_found)?;
                network.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
                Ok(json!({"network": network}))
            }
            Method::Delete => networks.remove(&id).map(|_| Value::Null).ok_or_else(not_found),
            Method::Get | Method::Patch => panic!("no such request is expected"),
        }
    }
}

fn not_found() -> Failure {
    Failure { class: Class::NotFound, reason: "NotFound", message: "not found".into() }
}

#[async_trait]
impl Cloud for Town {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        self.requests.lock().unwrap().push("GET".into());
        self.pass("cloud GET", "before").await;
        let networks = self.networks.lock().unwrap().clone();
        Ok(match read {
            Read::Get { path } => networks
                .get(path.rsplit('/').next().unwrap())
                .map_or(Answer::Gone, |network| Answer::Body(json!({"network": network}))),
            Read::List { keep, .. } => {
                Answer::Items(networks.into_values().filter(|n| keep.accepts(n)).collect())
            }
        })
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let line = format!("cloud {}", request.method);
        self.requests.lock().unwrap().push(request.method.to_string());
        self.pass(&line, "before").await;
        let lie = self.lies.lock().unwrap().pop();
        let done = match lie {
            Some((failure, performed)) => {
                let _ = performed.then(|| self.perform(request));
                Err(failure)
            }
            None => self.perform(request),
        };
        self.pass(&line, "after").await;
        done
    }

    fn facts(&self) -> &CloudFacts {
        static FACTS: std::sync::LazyLock<CloudFacts> = std::sync::LazyLock::new(CloudFacts::default);
        &FACTS
    }
}

/// A backend that has this one cloud.
struct Gate(Arc<Town>);

#[async_trait]
impl Backend for Gate {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Ok(self.0.clone())
    }
}

/// Time that the test moves on.
#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_800_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn monotonic(&self) -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// An API server, a cloud and a clock, which outlive the program.
struct Stage {
    server: Fake,
    town: Arc<Town>,
    hands: Arc<Hands>,
}

impl Stage {
    fn new() -> Self {
        let stage = Self { server: Fake::default(), town: Arc::default(), hands: Arc::default() };
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        stage.server.put(
            "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default",
            json!({"spec": {"credentials": {"source": "Secret", "secretRef": secret}}}),
        );
        stage.server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        stage.network(json!({"forProvider": {"description": "d"}}));
        stage
    }

    fn network(&self, spec: Value) {
        self.server.put(
            &format!("{NETWORKS}/n"),
            json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Network",
                "metadata": {"uid": "u", "generation": 1}, "spec": spec}),
        );
    }

    fn object(&self) -> Option<Managed> {
        self.server.get(&format!("{NETWORKS}/n")).map(|object| serde_json::from_value(object).unwrap())
    }

    fn change(&self, change: impl FnOnce(&mut Value)) {
        let path = format!("{NETWORKS}/n");
        let mut object = self.server.get(&path).unwrap();
        change(&mut object);
        self.server.put(&path, object);
    }

    /// A program that has just started.
    fn program(&self, points: &Arc<Points>) -> Reconciler {
        *self.town.points.lock().unwrap() = Some(points.clone());
        let client = self.server.clone().with_points(points.clone()).client();
        let clock: Arc<dyn Clock> = self.hands.clone();
        Reconciler {
            cluster: Cluster::new(client),
            backend: Arc::new(Gate(self.town.clone())),
            kinds: KINDS.as_slice(),
            index: Arc::new(Mutex::new(Index::new("i"))),
            queue: Queue::new(clock.clone()),
            recorders: HashMap::new(),
            usages: Usages::default(),
            metrics: Arc::new(Metrics::new(&mut Registry::default())),
            may_refer_to: Box::new(|_| false),
            keyring: super::keyring::Keyring::of(&[7; 32]),
            memories: Mutex::default(),
            clock,
        }
    }

    /// Passes until the resource is settled or gone.
    async fn drive(&self, program: &Reconciler) {
        let kind = KINDS.iter().map(|kind| kind.id()).find(|id| *id == "network.Network").unwrap();
        let key = ObjectKey { kind, namespace: "a".into(), name: "n".into() };
        for _ in 0..60 {
            let Some(object) = self.object() else { return };
            program.index.lock().unwrap().apply(&key, &object).unwrap();
            let wait = match program.reconcile(&key).await {
                Then::Poll | Then::Stop => return,
                Then::Soon | Then::Backoff => Duration::from_secs(10),
                Then::NotBefore(wait) => wait,
            };
            self.hands.0.fetch_add(i64::try_from(wait.as_secs()).unwrap(), Ordering::SeqCst);
        }
        panic!("it does not settle: {:#?}", self.object());
    }

    /// One life of the program, to its end or to the fatal point; says what it passed.
    async fn live(&self, fatal: Option<usize>) -> Vec<String> {
        let points = Arc::new(Points { fatal, ..Points::default() });
        let program = self.program(&points);
        tokio::select! {
            biased;
            () = points.died.notified() => {}
            () = self.drive(&program) => {}
        }
        std::mem::take(&mut *points.passed.lock().unwrap())
    }

    fn ready(&self) -> bool {
        self.object().unwrap().status.conditions.iter().any(|c| c.r#type == "Ready" && c.status == "True")
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.town.requests.lock().unwrap())
    }

    fn ids(&self) -> Vec<String> {
        self.town.networks.lock().unwrap().keys().cloned().collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_dies_at_any_point_of_a_create_makes_one_network_and_loses_none() {
    let points = Stage::new().live(None).await;
    assert!(points.iter().any(|p| p == "after cloud POST") && points.len() > 10, "{points:#?}");
    for (at, point) in points.iter().enumerate() {
        let stage = Stage::new();
        stage.live(Some(at)).await;
        stage.live(None).await;
        let named = stage.object().unwrap().external_name().map(str::to_owned);
        assert_eq!(stage.ids(), named.into_iter().collect::<Vec<_>>(), "died {point}");
        assert!(stage.ready(), "died {point}: {:#?}", stage.object());
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_dies_at_any_point_of_a_delete_leaves_nothing() {
    async fn made() -> Stage {
        let stage = Stage::new();
        stage.live(None).await;
        stage.change(|object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
        stage
    }
    let points = made().await.live(None).await;
    for (at, point) in points.iter().enumerate() {
        let stage = made().await;
        stage.live(Some(at)).await;
        stage.live(None).await;
        assert!(stage.object().is_none(), "died {point}: {:#?}", stage.object());
        assert_eq!(stage.ids(), Vec::<String>::new(), "died {point}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_without_an_answer_is_found_by_its_marker_and_not_sent_again() {
    let stage = Stage::new();
    let silence = Failure { class: Class::Unanswered, reason: "TimedOut", message: "no answer".into() };
    stage.town.lies.lock().unwrap().push((silence, true));
    stage.live(None).await;
    assert_eq!(stage.ids(), ["id-0"]);
    assert!(stage.ready());
    assert_eq!(stage.asked().iter().filter(|m| *m == "POST").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn ext_3_a_404_to_a_delete_is_believed_only_after_a_look() {
    let stage = Stage::new();
    stage.live(None).await;
    stage.change(|object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    stage.asked();
    // As Neutron did, when a subnet vanished while its network was being deleted: the network stayed.
    stage.town.lies.lock().unwrap().push((not_found(), false));
    stage.live(None).await;
    assert_eq!(stage.ids(), Vec::<String>::new(), "it is deleted after all");
    assert_eq!(stage.asked(), ["GET", "DELETE", "GET", "GET", "DELETE", "GET"]);
}

#[tokio::test(start_paused = true)]
async fn ext_5_nothing_is_asked_for_before_there_is_something_to_ask_for() {
    let stage = Stage::new();
    stage.live(None).await;
    assert_eq!(stage.asked(), ["POST"], "and its answer is all that is needed");
}

#[tokio::test(start_paused = true)]
async fn ext_1_a_look_changes_nothing() {
    let stage = Stage::new();
    stage.live(None).await;
    stage.asked();
    stage.change(|object| {
        object["spec"]["managementPolicies"] = json!(["Observe"]);
        object["spec"]["forProvider"] = json!({"mtu": 1400});
    });
    stage.live(None).await;
    assert_eq!(stage.asked(), ["GET"]);
}

#[tokio::test(start_paused = true)]
async fn ini_2_and_3_what_is_wanted_initially_counts_at_the_create_and_never_again() {
    let stage = Stage::new();
    stage.network(json!({"forProvider": {"description": "d"}, "initProvider": {"mtu": 1400}}));
    stage.live(None).await;
    assert_eq!(stage.town.networks.lock().unwrap()["id-0"]["mtu"], 1400);
    stage.town.networks.lock().unwrap().get_mut("id-0").unwrap()["mtu"] = json!(9000);
    stage.asked();
    stage.live(None).await;
    stage.change(|object| object["spec"]["initProvider"] = json!({"mtu": 1300}));
    stage.live(None).await;
    assert_eq!(stage.asked(), ["GET", "GET"], "somebody else scales it, and is left alone");
}

#[tokio::test(start_paused = true)]
async fn rec_4_and_5_a_settled_resource_costs_one_read_and_no_write() {
    let stage = Stage::new();
    stage.live(None).await;
    stage.asked();
    stage.server.calls();
    stage.live(None).await;
    assert_eq!(stage.asked(), ["GET"]);
    let calls = stage.server.calls();
    // A program that has just started does not know yet that its usage is recorded; nothing else is written.
    let writes: Vec<_> = calls
        .iter()
        .filter(|call| !call.starts_with("GET") && !call.contains("providerconfigusages"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
}
