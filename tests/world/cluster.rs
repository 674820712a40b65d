//! The API server, asked by one client of this process: no program a request, and each object is looked at again when a
//! watch says that it changed.

use super::bell::{Bell, Bells};
use kube::{
    Client, Config,
    config::{AuthInfo, KubeConfigOptions, Kubeconfig},
    core::Status,
    discovery::{ApiResource, Discovery, Scope},
};
use rig::handle::Rig;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Handle};

/// How long a kind may take to be served once its definition is there.
const SERVED: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How often a read is tried while the API server does not answer.
const TRIES: usize = 5;
const MERGE: &str = "application/merge-patch+json";
const APPLY: &str = "application/apply-patch+yaml";
const JSON: &str = "application/json";

/// What was refused, and why.
pub type Refusal = Box<Status>;

/// The API server, asked as somebody. Clones share the connections.
#[derive(Clone)]
pub struct Cluster {
    threads: Handle,
    config: Config,
    pub client: Client,
    resources: Arc<Mutex<Vec<(ApiResource, Scope)>>>,
    bells: Arc<Bells>,
}

/// Where objects of a kind are.
#[derive(Clone)]
pub struct Place {
    pub resource: ApiResource,
    path: String,
}

impl Place {
    fn of(resource: ApiResource, scope: &Scope, namespace: &str) -> Self {
        let ApiResource { group, version, plural, .. } = &resource;
        let root =
            if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
        let path = match scope {
            Scope::Namespaced => format!("{root}/namespaces/{namespace}/{plural}"),
            Scope::Cluster => format!("{root}/{plural}"),
        };
        Self { resource, path }
    }

    /// The path of one of them.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// The path of all of them.
    pub fn all(&self) -> &str {
        &self.path
    }
}

/// Threads inside the rig's network. They live as long as the process.
fn threads(rig: &Rig) -> Handle {
    let (send, receive) = mpsc::channel();
    let rig = rig.clone();
    std::thread::spawn(move || {
        if !rig.inside().is_empty() {
            rig.enter().unwrap();
        }
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        send.send(runtime.handle().clone()).unwrap();
        runtime.block_on(std::future::pending::<()>());
    });
    receive.recv().unwrap()
}

impl Cluster {
    /// As the rig's administrator.
    pub fn connect(rig: &Rig) -> Self {
        let (threads, path) = (threads(rig), rig.kubeconfig());
        let connected = run(&threads, async move {
            let read = Kubeconfig::read_from(path).unwrap();
            let mut config =
                Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await.unwrap();
            config.proxy_url = None;
            (config.clone(), Client::try_from(config).unwrap())
        });
        let (config, client) = connected;
        Self { threads, config, client, resources: Arc::default(), bells: Arc::default() }
    }

    /// As whoever has this token; `impersonate`: who says that it is somebody else.
    pub fn with_token(&self, token: &str, impersonate: Option<&str>) -> Self {
        let (token, impersonate) = (Some(token.to_owned().into()), impersonate.map(str::to_owned));
        let auth_info = AuthInfo { token, impersonate, ..AuthInfo::default() };
        let mut config = self.config.clone();
        config.auth_info = auth_info;
        let own = config.clone();
        let client = self.run(async move { Client::try_from(own).unwrap() });
        Self { config, client, ..self.clone() }
    }

    /// Runs something inside the rig's network.
    pub fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        run(&self.threads, work)
    }

    /// Where objects are of a kind that is named as for `kubectl`: `subnet`, `subnets`, `subnet.network.kupenstack.io`.
    pub fn place(&self, word: &str, namespace: &str) -> Place {
        let began = Instant::now();
        loop {
            if let Some((resource, scope)) = self.known(word) {
                return Place::of(resource, &scope, namespace);
            }
            assert!(began.elapsed() < SERVED, "the API server serves no {word}");
            std::thread::sleep(LOOK_AGAIN);
            self.discover();
        }
    }

    /// Where an object is, in its own version.
    pub fn place_of(&self, object: &Value, namespace: &str) -> Place {
        let (api, kind) = (object["apiVersion"].as_str().unwrap(), object["kind"].as_str().unwrap());
        let (group, version) = api.rsplit_once('/').unwrap_or(("", api));
        let word = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let Place { resource, path } = self.place(&word, namespace);
        let path = path.replacen(&format!("/{}/", resource.version), &format!("/{version}/"), 1);
        Place { resource, path }
    }

    fn known(&self, word: &str) -> Option<(ApiResource, Scope)> {
        let (name, group) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(group)));
        let name = name.to_lowercase();
        let all = self.resources.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |(resource, _): &&(ApiResource, Scope)| {
            (resource.plural == name || resource.kind.to_lowercase() == name)
                && group.is_none_or(|group| resource.group == group)
        };
        // Kubernetes' own kinds come first, as for kubectl.
        all.iter().filter(named).min_by_key(|(resource, _)| !resource.group.is_empty()).cloned()
    }

    fn discover(&self) {
        let client = self.client.clone();
        let found = self.run(async move {
            let found = Discovery::new(client).run_aggregated().await.unwrap();
            let all = found.groups().flat_map(kube::discovery::ApiGroup::recommended_resources);
            all.map(|(resource, can)| (resource, can.scope)).collect()
        });
        *self.resources.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }

    /// Sends one request.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let work = ask(self.client.clone(), method.to_owned(), path.to_owned(), JSON, body.to_string());
        self.run(work)
    }

    /// The object; `Null` if there is none.
    pub fn try_get(&self, place: &Place, name: &str) -> Result<Value, Refusal> {
        let mut left = TRIES;
        loop {
            left -= 1;
            return match self.ask("GET", &place.at(name), &Value::Null) {
                Err(status) if status.code == 404 => Ok(Value::Null),
                Err(status) if status.code == 0 && left > 0 => {
                    std::thread::sleep(Duration::from_secs(1));
                    continue;
                }
                answer => answer,
            };
        }
    }

    /// Makes an object, or changes it to what is said here. Fields that the kind does not have are refused.
    pub fn apply(&self, place: &Place, object: &Value) -> Result<Value, Refusal> {
        let made = self.ask("POST", &format!("{}?fieldValidation=Strict", place.all()), object);
        match made {
            Err(status) if status.reason == "AlreadyExists" => {}
            answer => return answer,
        }
        let name = object["metadata"]["name"].as_str().unwrap();
        let path = format!("{}?fieldManager=suite&force=true&fieldValidation=Strict", place.at(name));
        self.run(ask(self.client.clone(), "PATCH".to_owned(), path, APPLY, object.to_string()))
    }

    /// Merges into an object.
    pub fn patch(&self, path: &str, change: &Value) -> Result<Value, Refusal> {
        self.run(ask(self.client.clone(), "PATCH".to_owned(), path.to_owned(), MERGE, change.to_string()))
    }

    /// What rings when an object of this kind and namespace changes.
    pub fn bell(&self, place: &Place, namespace: &str) -> Arc<Bell> {
        self.bells.of(&self.threads, &self.client, &place.resource, namespace)
    }

    /// Ends the watches of a namespace.
    pub fn forget(&self, namespace: &str) {
        self.bells.forget(namespace);
    }
}

fn run<T: Send + 'static>(threads: &Handle, work: impl Future<Output = T> + Send + 'static) -> T {
    let (send, receive) = mpsc::channel();
    threads.spawn(async move {
        let _ = send.send(work.await);
    });
    receive.recv().unwrap()
}

/// Sends one request; code 0 means that there was no answer.
pub async fn ask(
    client: Client,
    method: String,
    path: String,
    content: &'static str,
    body: String,
) -> Result<Value, Refusal> {
    let body = if body == "null" { vec![] } else { body.into_bytes() };
    let request = http::Request::builder().method(method.as_str()).uri(path).header("content-type", content);
    match client.request::<Value>(request.body(body).unwrap()).await {
        Ok(answer) => Ok(answer),
        Err(kube::Error::Api(status)) => Err(status),
        Err(error) => Err(Box::new(Status { message: error.to_string(), ..Status::default() })),
    }
}
