//! The watch of one kind in one namespace, and what it has told.

use super::changes::{Changes, Tag};
use crate::{
    kind::kubernetes_error,
    kubernetes::{api::ApiServer, discovery::Resource, error::Error},
    release::{
        drift, migrate, trim,
        view::{Job, Pod, Slice, Workload},
    },
};
use futures::StreamExt;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject},
    core::{DynamicResourceScope, PartialObjectMeta},
    runtime::watcher::{self, Event, watcher},
};
use parking_lot::Mutex;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Debug, pin::pin, sync::Arc, time::Duration};
use tokio::{sync::watch, task::AbortHandle, time::sleep};

/// Pause after a watch broke.
const PAUSE: Duration = Duration::from_secs(2);
/// The same, at the longest: a missing right may be missing for long.
const LONGEST: Duration = Duration::from_secs(60);

/// A kind: `apiVersion` and `kind`.
pub type KindId = (String, String);

/// What is kept of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// `metadata.resourceVersion`.
    pub version: String,
    /// What tells that a person changed it, see [`version`].
    pub content: String,
    /// `metadata.uid`.
    pub uid: String,
    /// The release that it belongs to, by Helm's marks: namespace and name.
    pub owner: Option<(String, String)>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Is it being deleted?
    pub deleting: bool,
    /// What is read of it.
    pub detail: Detail,
}

/// What is read of an object of some kinds.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// Of a pod.
    Pod(Box<Pod>),
    /// Of a Job.
    Job(Box<Job>),
    /// Of a Deployment, StatefulSet or DaemonSet.
    Workload(Box<Workload>),
    /// Of an EndpointSlice.
    Slice(Box<Slice>),
    /// Of another kind.
    None,
}

/// How a watch is.
#[derive(Clone, Debug)]
enum Health {
    /// The first list is under way.
    Starting,
    /// It tells what is so now.
    Live,
    /// It broke after it had told what was so: what is known may be old.
    Lost,
    /// It broke before the first list had come: why.
    Broken(Arc<kube::Error>),
}

/// A watch; dropping it ends it.
pub struct Watched {
    /// Whether its objects lie in a namespace.
    pub namespaced: bool,
    account: String,
    what: String,
    kind: String,
    objects: Arc<Mutex<BTreeMap<String, Kept>>>,
    changes: Arc<Changes>,
    health: watch::Receiver<Health>,
    task: AbortHandle,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the task of a watch works with.
struct Teller {
    kind: String,
    objects: Arc<Mutex<BTreeMap<String, Kept>>>,
    changes: Arc<Changes>,
    health: watch::Sender<Health>,
}

impl Watched {
    /// Begins to watch a kind; `detailed` reads its objects, else only their metadata.
    pub fn begin(
        api: &ApiServer,
        namespace: &str,
        id: &KindId,
        resource: &Resource,
        detailed: bool,
        selector: Option<&str>,
        changes: Arc<Changes>,
    ) -> Arc<Self> {
        let (told, health) = watch::channel(Health::Starting);
        let objects = Arc::<Mutex<BTreeMap<String, Kept>>>::default();
        let teller =
            Teller { kind: id.1.clone(), objects: objects.clone(), changes: changes.clone(), health: told };
        let (group, version) = id.0.split_once('/').unwrap_or(("", &id.0));
        let namespaced = resource.namespaced;
        let namespace = namespaced.then(|| namespace.to_owned());
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: id.0.clone(),
            kind: id.1.clone(),
            plural: resource.plural.clone(),
        };
        let config = watcher::Config::default();
        let config = match selector {
            Some(selector) => config.labels(selector),
            None => config,
        };
        let what = resource.plural.clone();
        let scope = (api.client(), namespace, resource, config);
        let task = if detailed {
            tokio::spawn(teller.run::<DynamicObject>(scope))
        } else {
            tokio::spawn(teller.run::<PartialObjectMeta<DynamicObject>>(scope))
        };
        let (account, kind) = (api.account().to_owned(), id.1.clone());
        Arc::new(Self {
            namespaced,
            account,
            what,
            kind,
            objects,
            changes,
            health,
            task: task.abort_handle(),
        })
    }

    /// Waits for the first list.
    ///
    /// # Errors
    /// The watch broke, or was not allowed.
    pub async fn listed(&self) -> Result<(), Error> {
        let mut health = self.health.clone();
        let settled = health.wait_for(|health| !matches!(health, Health::Starting));
        let timeout = || Error::Timeout { verb: "watch", what: self.what.clone() };
        let settled = tokio::time::timeout(Duration::from_secs(20), settled).await.map_err(|_| timeout())?;
        let health = settled.map_err(|_| timeout())?.clone();
        match health {
            Health::Starting | Health::Live | Health::Lost => Ok(()),
            Health::Broken(error) => Err(match &*error {
                kube::Error::Api(status) => {
                    Error::api(&self.account, "watch", &self.what, kube::Error::Api(status.clone()))
                }
                _ => timeout(),
            }),
        }
    }

    /// Does it tell what is so now?
    pub fn is_live(&self) -> bool {
        matches!(*self.health.borrow(), Health::Live)
    }

    /// An object, if it is there.
    pub fn get(&self, name: &str) -> Option<Kept> {
        self.objects.lock().get(name).cloned()
    }

    /// All objects.
    pub fn all(&self) -> Vec<(String, Kept)> {
        self.objects.lock().iter().map(|(name, kept)| (name.clone(), kept.clone())).collect()
    }

    /// An answer told that an object is gone.
    pub fn forget(&self, name: &str) {
        let gone = self.objects.lock().remove(name);
        if let Some(kept) = gone {
            self.changes.note(&tags(&self.kind, name, &kept));
        }
    }

    /// Takes in an object that an answer told.
    pub fn learn(&self, object: &Value) {
        let (name, kept) = kept(&self.kind, object);
        let mut objects = self.objects.lock();
        let newer = objects.get(&name).is_none_or(|old| is_newer(&kept.version, &old.version));
        if newer {
            let tags = tags(&self.kind, &name, &kept);
            objects.insert(name, kept);
            drop(objects);
            self.changes.note(&tags);
        }
    }
}

/// Versions of one kind are compared as numbers, as Kubernetes allows since 1.35 and has always made them.
fn is_newer(one: &str, other: &str) -> bool {
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Ok(one), Ok(other)) => one > other,
        _ => true,
    }
}

/// What a watch covers; without a namespace, a kind that lies in none.
type Scope = (Client, Option<String>, ApiResource, watcher::Config);

/// A watched object, of which either everything or the metadata is read.
trait Object:
    kube::Resource<DynamicType = ApiResource, Scope = DynamicResourceScope>
    + Clone
    + DeserializeOwned
    + Serialize
    + Debug
    + Send
    + 'static
{
}
impl Object for DynamicObject {}
impl Object for PartialObjectMeta<DynamicObject> {}

impl Teller {
    async fn run<K: Object>(self, (client, namespace, resource, config): Scope) {
        let mut pause = PAUSE;
        loop {
            let api: Api<K> = match &namespace {
                Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
                None => Api::all_with(client.clone(), &resource),
            };
            let mut events = pin!(watcher(api, config.clone()));
            let mut listed = BTreeMap::new();
            let broken = loop {
                match events.next().await {
                    Some(Ok(event)) => {
                        pause = PAUSE;
                        self.take_in(event, &mut listed);
                    }
                    Some(Err(error)) => break Some(error),
                    None => break None,
                }
            };
            if let Some(error) = broken {
                let error = api_error(error);
                tracing::debug!(
                    kind = self.kind,
                    namespace,
                    why = kubernetes_error::said(&error),
                    "watch broke"
                );
                self.health.send_modify(|health| {
                    *health = match health {
                        Health::Live | Health::Lost => Health::Lost,
                        Health::Starting | Health::Broken(_) => Health::Broken(Arc::new(error)),
                    }
                });
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    fn take_in<K: Serialize>(&self, event: Event<K>, listed: &mut BTreeMap<String, Kept>) {
        let read = |object: &K| kept(&self.kind, &serde_json::to_value(object).unwrap_or_default());
        match event {
            Event::Init => listed.clear(),
            Event::InitApply(object) => listed.extend([read(&object)]),
            Event::InitDone => self.replace(std::mem::take(listed)),
            Event::Apply(object) => {
                let (name, kept) = read(&object);
                let stale =
                    self.objects.lock().get(&name).is_some_and(|old| is_newer(&old.version, &kept.version));
                if !stale {
                    let tags = tags(&self.kind, &name, &kept);
                    self.objects.lock().insert(name, kept);
                    self.changes.note(&tags);
                }
            }
            Event::Delete(object) => {
                let (name, kept) = read(&object);
                let mut objects = self.objects.lock();
                // One of that name may have been made meanwhile.
                if objects.get(&name).is_some_and(|old| old.uid == kept.uid) {
                    objects.remove(&name);
                    drop(objects);
                    self.changes.note(&tags(&self.kind, &name, &kept));
                }
            }
        }
    }

    /// The first list, or one after a watch broke: only what differs is news.
    fn replace(&self, listed: BTreeMap<String, Kept>) {
        let mut objects = self.objects.lock();
        let mut news = vec![];
        for (name, kept) in &listed {
            if objects.get(name) != Some(kept) {
                news.extend(tags(&self.kind, name, kept));
            }
        }
        for (name, kept) in objects.iter().filter(|(name, _)| !listed.contains_key(*name)) {
            news.extend(tags(&self.kind, name, kept));
        }
        *objects = listed;
        drop(objects);
        self.health.send_replace(Health::Live);
        self.changes.note(&news);
    }
}

/// The API server's answer within a watcher's error; another error of the client says no more than that there was none.
fn api_error(error: watcher::Error) -> kube::Error {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => error,
        watcher::Error::WatchError(status) => kube::Error::Api(status),
        watcher::Error::NoResourceVersion => kube::Error::LinesCodecMaxLineLengthExceeded,
    }
}

fn kept(kind: &str, object: &Value) -> (String, Kept) {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Of Nodes there may be thousands, and nobody reads their labels here.
    let labels = object.pointer("/metadata/labels").and_then(Value::as_object).filter(|_| kind != "Node");
    let labels = labels.into_iter().flatten();
    let labels = labels.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    let detail = if object.get("spec").is_none() && object.get("endpoints").is_none() {
        Detail::None
    } else {
        match kind {
            "Pod" => Detail::Pod(Box::new(trim::pod(object))),
            "Job" => Detail::Job(Box::new(trim::job(object))),
            "Deployment" | "StatefulSet" | "DaemonSet" => {
                Detail::Workload(Box::new(trim::workload(kind, object)))
            }
            "EndpointSlice" => Detail::Slice(Box::new(trim::slice(object))),
            _ => Detail::None,
        }
    };
    let kept = Kept {
        version: text("/metadata/resourceVersion"),
        content: version(object),
        uid: text("/metadata/uid"),
        owner: drift::owner(object).map(|(namespace, name)| (namespace.to_owned(), name.to_owned())),
        labels: labels.collect(),
        deleting: object.pointer("/metadata/deletionTimestamp").is_some(),
        detail,
    };
    (text("/metadata/name"), kept)
}

/// What changes when the wanted part of an object does: where Kubernetes counts changes of the spec, that count with labels and
/// annotations, so that a status which changes all the time is no news; else the version of the whole.
pub fn version(object: &Value) -> String {
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let text = |field: &str| metadata.get(field).map(Value::to_string).unwrap_or_default();
    match metadata.get("generation").and_then(Value::as_i64) {
        Some(generation) if generation > 0 => {
            format!("{generation} {} {}", text("labels"), text("annotations"))
        }
        Some(_) | None => text("resourceVersion"),
    }
}

/// What an object's change is a change of.
fn tags(kind: &str, name: &str, kept: &Kept) -> Vec<Tag> {
    let tag = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    // What is made for a migration is in no manifest.
    if let Some(release) = kept.labels.get(migrate::LABEL) {
        return vec![tag(kind, name), tag("release", release)];
    }
    match &kept.detail {
        // Pods come and go; whoever made them stays.
        Detail::Pod(pod) => match &pod.owner {
            // A Deployment's pods belong to ReplicaSets that are named after it.
            Some((of, set)) if of == "ReplicaSet" => {
                vec![tag("Deployment", set.rsplit_once('-').map_or(set.as_str(), |(stem, _)| stem))]
            }
            Some((of, owner)) => vec![tag(of, owner)],
            None => vec![tag(kind, name)],
        },
        Detail::Slice(slice) => vec![tag("Service", &slice.service)],
        Detail::Job(_) | Detail::Workload(_) => vec![tag(kind, name)],
        Detail::None => {
            let record = kept.labels.get("owner").is_some_and(|owner| owner == "helm");
            let release = kept.labels.get("name").filter(|_| record && kind == "Secret");
            vec![release.map_or_else(|| tag(kind, name), |release| tag("release", release))]
        }
    }
}
