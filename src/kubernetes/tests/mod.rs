//! The backend against an API server in memory, with a stand-in for Helm.

mod account;
mod documents;
mod generated;
mod life;
mod nodes;
mod reasons;
mod trouble;
mod update;

use super::{
    backend::KubernetesBackend,
    error::Error,
    helm::{Helm, Template},
    testing::{self, KEYSTONE, named},
};
use crate::{
    api::schema,
    kind::{
        Goal,
        cloud::{Backend, Cloud, Credentials, Given},
        failure::Failure,
        flow::{Flow, Progress},
        request::{Answer, Method, Read, Request, service::Service},
        rest::wire,
        sealed::Desired,
        shape::Shape,
    },
    release::{
        facts::{Accounts, Facts},
        next::{Data, Next, Policy, next},
        state::ReleaseState,
    },
    runtime::testing::fake::Fake,
};
use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

const SERVICE: Service =
    Service { group: "component", domain: "kupenstack.io", types: &[], major: 0, project: "Kubernetes" };
const MARKER: &str = "[kupenstack:00000000-0000-4000-8000-000000000001:0123456789abcdef0123]";
const RELEASE: &str = "/namespaces/cloud/releases/keystone";

/// Stands in for Helm: renders what the test says.
#[derive(Default)]
struct Stub {
    rendered: Mutex<Vec<Result<String, String>>>,
    runs: AtomicUsize,
}

#[async_trait]
impl Helm for Stub {
    fn version(&self) -> &str {
        "v4.1.4"
    }

    async fn template(&self, _: &Template<'_>) -> Result<String, Error> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst);
        let all = self.rendered.lock();
        all[run % all.len()].clone().map_err(Error::Rendering)
    }
}

/// A cluster, and a connection as its deployer.
struct Bed {
    server: Fake,
    helm: Arc<Stub>,
    seconds: Arc<AtomicI64>,
    backend: KubernetesBackend,
    cloud: Arc<dyn Cloud>,
    values: Mutex<Value>,
    facts: Mutex<Facts>,
    policy: Policy,
}

fn account(name: &str) -> Credentials {
    let given = Given::Account { namespace: "cloud".into(), name: name.into() };
    Credentials { given, ..Credentials::default() }
}

impl Bed {
    async fn new(name: &str) -> Self {
        let folder = testing::folder(name);
        let server = Fake::default();
        server.put("/api/v1/namespaces/cloud/serviceaccounts/deployer", json!({}));
        let (helm, seconds) = (Arc::<Stub>::default(), Arc::<AtomicI64>::default());
        helm.rendered.lock().push(Ok(KEYSTONE.to_owned()));
        let backend = backend(&server, &helm, &seconds, &folder);
        let cloud = backend.connect(&account("deployer")).await.unwrap();
        let (values, facts, policy) = (Mutex::new(json!({"a": 1})), Mutex::default(), Policy::default());
        Self { server, helm, seconds, backend, cloud, values, facts, policy }
    }

    fn renders(&self, text: &str) {
        *self.helm.rendered.lock() = vec![Ok(text.to_owned())];
    }

    fn desired(&self) -> Desired {
        let data = if self.policy.data == Data::Delete { "Delete" } else { "Retain" };
        let body = json!({
            "chart": {"name": "keystone", "version": "1.0.0"}, "suffix": null, "marker": MARKER, "problem": null,
            "facts": &*self.facts.lock(), "policy": {"max_history": 2, "data": data},
        });
        Desired { body, sealed: self.values.lock().to_string().into() }
    }

    async fn compare(&self, path: &str) -> Result<Answer, Failure> {
        // The API server in memory tells watches nothing: they list again after a moment.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let read = Read::Compare { path: path.to_owned(), with: Box::new(self.desired()) };
        self.cloud.read(&SERVICE, &read, None).await
    }

    async fn state(&self) -> Option<ReleaseState> {
        match self.compare(RELEASE).await.unwrap() {
            Answer::Compared { body, .. } => {
                let shape = Shape::of(&schema::of::<ReleaseState>()).unwrap();
                let fields = wire::decode(&shape, body.as_object().unwrap());
                Some(serde_json::from_value(Value::Object(fields)).unwrap())
            }
            Answer::Gone => None,
            other => panic!("{other:?}"),
        }
    }

    fn request(&self, method: Method, below: &str, body: Option<Value>) -> Request {
        Request::new(&SERVICE, method, format!("{RELEASE}{below}"), body)
    }

    fn wanting(&self, method: Method, below: &str) -> Request {
        let Desired { body, sealed } = self.desired();
        let mut request = self.request(method, below, Some(body));
        request.secrets.insert("/values".into(), sealed);
        request
    }

    /// Performs a step as a component kind would ask for it.
    async fn perform(&self, step: &Next, recorded: bool) -> Result<(), Failure> {
        let job = |name: &String| format!("/jobs/{name}");
        let request = match step {
            Next::Record if recorded => self.wanting(Method::Put, ""),
            Next::Record => self.wanting(Method::Post, ""),
            Next::Migrate => self.wanting(Method::Post, "/migration"),
            Next::Prepare(object) => self.request(Method::Post, &format!("/prepare/{object}"), None),
            Next::Job(name) => self.request(Method::Post, &job(name), None),
            Next::Clear(name) => self.request(Method::Delete, &job(name), None),
            Next::Settle => {
                self.request(Method::Patch, "", Some(json!({"status": "deployed", "max_history": 2})))
            }
            Next::Sweep => {
                let data = if self.policy.data == Data::Delete { "Delete" } else { "Retain" };
                self.request(Method::Delete, "", Some(json!({"data": data})))
            }
            Next::Apply | Next::Remove => {
                let method = if *step == Next::Apply { Method::Post } else { Method::Delete };
                let flow = Flow::new(self.request(method, "/objects", None), "at work");
                return self.cloud.flow(&flow, &Progress::default()).await;
            }
            Next::Wait(_) | Next::Refuse(_) | Next::Done => return Ok(()),
        };
        self.cloud.send(&request).await.map(drop)
    }

    /// Goes on towards a goal until nothing is left to do, while every Job completes and every pod becomes ready.
    async fn reach(&self, goal: Goal) -> Vec<String> {
        let mut steps = vec![];
        for _ in 0..40 {
            let state = self.state().await;
            let step = match &state {
                Some(state) => next(goal, state, &self.policy),
                None if goal == Goal::Exist => Next::Record,
                None => Next::Done,
            };
            if step == Next::Done {
                return steps;
            }
            if let Next::Refuse(why) = &step {
                steps.push(format!("Refuse({why})"));
                return steps;
            }
            if !matches!(step, Next::Wait(_)) {
                steps.push(format!("{step:?}").replace('"', ""));
            }
            self.perform(&step, state.is_some_and(|state| state.release.is_some())).await.unwrap();
            self.turn();
        }
        panic!("no end: {steps:?}");
    }

    /// What Kubernetes' controllers do.
    fn turn(&self) {
        self.seconds.fetch_add(5, Ordering::SeqCst);
        testing::turn(&self.server, "cloud", &[].into());
    }

    fn object(&self, path: &str) -> Option<Value> {
        self.server.get(&format!("/api/v1/namespaces/cloud/{path}"))
    }

    /// Revision and status of each record.
    fn records(&self) -> Vec<String> {
        let all = self.server.list("/api/v1/namespaces/cloud/secrets");
        let label = |secret: &Value, key: &str| {
            secret["metadata"]["labels"][key].as_str().unwrap_or_default().to_owned()
        };
        let records = all.iter().filter(|secret| label(secret, "owner") == "helm");
        records.map(|secret| format!("{} {}", label(secret, "version"), label(secret, "status"))).collect()
    }
}

fn backend(
    server: &Fake,
    helm: &Arc<Stub>,
    seconds: &Arc<AtomicI64>,
    folder: &std::path::Path,
) -> KubernetesBackend {
    let (client, seconds) = (server.clone(), seconds.clone());
    let now = move || Timestamp::from_second(1_800_000_000 + seconds.load(Ordering::SeqCst)).unwrap();
    let tools = testing::tools(helm.clone(), folder, Box::new(now));
    KubernetesBackend::with(Box::new(move |_| Ok(client.client())), tools)
}
