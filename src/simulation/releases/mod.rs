//! Components: a cluster whose API server outlives the program, with a stand-in for Helm and a player of Kubernetes' controllers.
//! Their lives are in `lifecycle` and its neighbours.

mod adoption;
mod changes;
mod held;
mod idle;
mod keystone;
mod lifecycle;
mod overrides;
mod refusals;
mod rendered;

use super::{
    points::Points,
    testbed::{TestClock, World},
};
use crate::{
    components::provider::components,
    kind::{cloud::Backend, provider::Provider},
    kubernetes::{
        backend::KubernetesBackend,
        testing::{self, named},
    },
    release::trim::INPUTS,
    runtime::{base::clock::Clock, testing::fake::Fake},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use rendered::Renderer;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Where everything is.
const NAMESPACE: &str = "default";

/// Texts of the Secrets that a component is given, which must be told nowhere.
const GIVEN: [&str; 5] =
    ["word-of-mariadb", "word-of-rabbitmq", "key-of-memcached", "word-of-keystone", "word-of-admin"];

/// Clusters so far.
static CLUSTERS: AtomicUsize = AtomicUsize::new(0);

/// What the player has seen.
#[derive(Clone, Debug, Default)]
struct Story {
    /// Each run of a Job: its name, and the digest of its inputs.
    ran: Vec<String>,
    /// UIDs of what must never be made anew.
    uids: BTreeMap<String, BTreeSet<String>>,
}

/// A cluster that outlives the program.
pub struct Cluster {
    api: Fake,
    helm: Arc<Renderer>,
    /// Of this test alone: others write theirs at the same time.
    charts: PathBuf,
    story: Mutex<Story>,
    /// Beginnings of names of Jobs and Deployments that do not get on.
    stuck: Mutex<BTreeSet<String>>,
}

impl Cluster {
    /// All objects of a collection, such as `/api/v1` `secrets`.
    fn list(&self, api: &str, plural: &str) -> Vec<Value> {
        self.api.list(&format!("{api}/namespaces/{NAMESPACE}/{plural}"))
    }

    /// Jobs and Deployments whose names begin so do not get on from now on.
    fn hinder(&self, stem: &str) {
        self.stuck.lock().insert(stem.to_owned());
    }

    /// All get on again.
    fn relieve(&self) {
        self.stuck.lock().clear();
    }

    /// How many records there are with which status.
    fn records(&self) -> Vec<Value> {
        let secrets = self.list("/api/v1", "secrets");
        let labels = secrets.iter().map(|secret| &secret["metadata"]["labels"]);
        labels
            .filter(|labels| labels["owner"] == "helm")
            .map(|labels| json!([labels["name"], labels["version"], labels["status"]]))
            .collect()
    }
}

fn is_record(object: &Value) -> bool {
    object["metadata"]["labels"]["owner"] == "helm"
}

fn is_generated(object: &Value) -> bool {
    object["type"] == "kupenstack.io/generated"
}

/// An object without what differs between two runs by nature, and without counts of changes.
fn plain(object: &Value) -> Value {
    let (metadata, mut object) = (&object["metadata"], object.clone());
    if let Some(status) = object["status"].as_object_mut() {
        status.remove("observedGeneration");
    }
    json!({"kind": object["kind"], "name": metadata["name"], "labels": metadata["labels"],
        "annotations": metadata["annotations"], "spec": object["spec"], "data": object["data"],
        "status": object["status"]})
}

/// A Secret of passwords: `secret` is what the census knows as made by chance.
fn passwords(object: &Value) -> Value {
    let data = object["data"].as_object().into_iter().flatten();
    let values = data.map(|(name, value)| {
        let text = String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
        json!({"name": name, "secret": text})
    });
    json!({"name": object["metadata"]["name"], "owner": object["metadata"]["annotations"],
        "keys": values.collect::<Vec<_>>()})
}

impl World for Cluster {
    fn provider() -> Provider {
        components()
    }

    fn new(server: &Fake) -> Self {
        server.put(
            "/apis/component.kupenstack.io/v1alpha1/clusterproviderconfigs/default",
            json!({"spec": {"serviceAccountRef": {"namespace": NAMESPACE, "name": "deployer"}}}),
        );
        let [database, messaging, cache, ..] = GIVEN;
        for (name, data) in [
            ("mariadb", json!({"endpoint": "db", "port": "3306", "username": "root", "password": database})),
            ("rabbitmq", json!({"endpoint": "mq", "port": "5672", "username": "r", "password": messaging})),
            ("memcached", json!({"endpoint": "mc", "port": "11211", "secretKey": cache})),
        ] {
            let encode = |(key, text): (&String, &Value)| {
                (key.clone(), json!(STANDARD.encode(text.as_str().unwrap())))
            };
            let data: BTreeMap<_, _> = data.as_object().unwrap().iter().map(encode).collect();
            server.put(&format!("/api/v1/namespaces/{NAMESPACE}/secrets/{name}"), json!({"data": data}));
        }
        let api = Fake::default();
        api.put(&format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts/deployer"), json!({}));
        let charts = testing::folder(&format!("simulated-{}", CLUSTERS.fetch_add(1, Ordering::SeqCst)));
        Self { api, helm: Arc::default(), charts, story: Mutex::default(), stuck: Mutex::default() }
    }

    fn copy(&self) -> Self {
        let (story, stuck) = (self.story.lock().clone(), self.stuck.lock().clone());
        let (api, charts) = (self.api.copy(), self.charts.clone());
        Self { api, helm: Arc::default(), charts, story: Mutex::new(story), stuck: Mutex::new(stuck) }
    }

    fn backend(&self, points: &Arc<Points>, clock: TestClock) -> Arc<dyn Backend> {
        let client = self.api.client_of(points, "cloud ");
        let tools = testing::tools(self.helm.clone(), &self.charts, Box::new(move || clock.now()));
        Arc::new(KubernetesBackend::with(Box::new(move |_| Ok(client.clone())), tools))
    }

    fn content(&self) -> BTreeMap<String, Vec<Value>> {
        let story = self.story.lock();
        let ran: Vec<Value> = story.ran.iter().map(|run| json!(run)).collect();
        let counted = |object: &Value| json!([object["metadata"]["name"], object["metadata"]["generation"]]);
        let generations = self.list("/apis/apps/v1", "deployments").iter().map(counted).collect();
        let made: Vec<Value> = story.uids.iter().map(|(name, uids)| json!([name, uids.len()])).collect();
        let (secrets, of) = (self.list("/api/v1", "secrets"), |api: &str, plural: &str| {
            (plural.to_owned(), self.list(api, plural).iter().map(plain).collect())
        });
        let chart = secrets.iter().filter(|secret| !is_record(secret) && !is_generated(secret));
        [
            ("runs of jobs".to_owned(), ran),
            ("made so often".to_owned(), made),
            ("generations".to_owned(), generations),
            ("records".to_owned(), self.records()),
            ("passwords".to_owned(), secrets.iter().filter(|it| is_generated(it)).map(passwords).collect()),
            ("secrets".to_owned(), chart.map(plain).collect()),
            of("/api/v1", "configmaps"),
            of("/api/v1", "persistentvolumeclaims"),
            of("/api/v1", "services"),
            of("/apis/apps/v1", "deployments"),
            of("/apis/batch/v1", "jobs"),
        ]
        .into()
    }

    fn turn(&self) {
        let mut story = self.story.lock();
        for job in testing::turn(&self.api, NAMESPACE, &self.stuck.lock()) {
            let inputs = job["metadata"]["annotations"][INPUTS].as_str().unwrap_or_default().to_owned();
            story.ran.push(format!("{} {inputs}", named(&job)));
        }
        let claims = self.list("/api/v1", "persistentvolumeclaims");
        let keys =
            self.list("/api/v1", "secrets").into_iter().filter(|it| named(it) == "keystone-fernet-keys");
        for object in claims.into_iter().chain(keys) {
            let uid = object["metadata"]["uid"].as_str().unwrap().to_owned();
            story.uids.entry(named(&object)).or_default().insert(uid);
        }
    }

    /// What is given in Secrets is in no other object of the API server.
    fn check_told(&self, server: &Fake) {
        for object in server.all_but("secrets") {
            let text = object.to_string();
            let told: Vec<_> = GIVEN
                .iter()
                .filter(|secret| text.contains(**secret) || text.contains(&STANDARD.encode(secret)))
                .collect();
            assert!(told.is_empty(), "{told:?} is told in {object:#}");
        }
    }
}
