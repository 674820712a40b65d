//! What is there in one namespace, as its watches tell: pods, Jobs, workloads and EndpointSlices trimmed to what is read, of
//! other kinds only that an object is there and in which version. One set of watches serves all releases of the namespace, so
//! that an idle component costs no request. May use `changes` and `watched`.

mod changes;
mod watched;

pub use changes::{Changes, Interest, Tag, Watcher};
pub use watched::{Detail, Kept, KindId, Watched, version};

use super::{
    api::{Address, ApiServer, Propagation},
    error::Error,
};
use crate::release::view::View as Snapshot;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Kinds that are read, beyond that their objects are there.
const READ: [(&str, &str); 6] = [
    ("v1", "Pod"),
    ("batch/v1", "Job"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
];
/// Label by which Helm marks what belongs to a release; objects that lie in no namespace are watched by it.
const HELMS: &str = "app.kubernetes.io/managed-by=Helm";

/// The watches of one namespace.
pub struct View {
    api: Arc<ApiServer>,
    namespace: String,
    watched: Mutex<BTreeMap<KindId, Arc<Watched>>>,
    changes: Arc<Changes>,
}

impl View {
    /// Without watches; they begin with the first question.
    pub fn new(api: Arc<ApiServer>, namespace: &str) -> Arc<Self> {
        let changes = Arc::default();
        Arc::new(Self { api, namespace: namespace.to_owned(), watched: Mutex::default(), changes })
    }

    /// Where changes are noted, and who waits for them.
    pub fn changes(&self) -> &Arc<Changes> {
        &self.changes
    }

    /// Makes sure that these kinds are watched, beside those that are always read, and that all of them were listed.
    ///
    /// # Errors
    /// The account may not watch one of them, or the API server does not answer.
    pub async fn watch(&self, kinds: &BTreeSet<KindId>) -> Result<(), Error> {
        let always = READ.iter().map(|(api_version, kind)| ((*api_version).to_owned(), (*kind).to_owned()));
        let secrets = ("v1".to_owned(), "Secret".to_owned());
        let all: BTreeSet<_> = always.chain([secrets]).chain(kinds.iter().cloned()).collect();
        for id in &all {
            let watched = match self.one(id).await {
                // A kind that the cluster does not know has no objects.
                Err(Error::UnknownKind { .. }) => continue,
                outcome => outcome?,
            };
            match watched.listed().await {
                // Few accounts may look at the whole cluster: objects that lie in no namespace are then asked for one by one.
                Err(Error::Forbidden { .. }) if !watched.namespaced => drop(self.watched.lock().remove(id)),
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Is this kind watched?
    pub fn watches(&self, api_version: &str, kind: &str) -> bool {
        self.watched.lock().contains_key(&(api_version.to_owned(), kind.to_owned()))
    }

    async fn one(&self, id: &KindId) -> Result<Arc<Watched>, Error> {
        if let Some(watched) = self.watched.lock().get(id) {
            return Ok(watched.clone());
        }
        let resource = self.api.resource(&id.0, &id.1).await?;
        let begin = || {
            let detailed = READ.contains(&(id.0.as_str(), id.1.as_str()));
            let selector = (!resource.namespaced).then_some(HELMS);
            Watched::begin(
                &self.api,
                &self.namespace,
                id,
                &resource,
                detailed,
                selector,
                self.changes.clone(),
            )
        };
        Ok(self.watched.lock().entry(id.clone()).or_insert_with(begin).clone())
    }

    /// An object, if it is there.
    pub fn object(&self, api_version: &str, kind: &str, name: &str) -> Option<Kept> {
        self.watched.lock().get(&(api_version.to_owned(), kind.to_owned()))?.get(name)
    }

    /// All objects of a kind.
    pub fn objects(&self, api_version: &str, kind: &str) -> Vec<(String, Kept)> {
        let watched = self.watched.lock().get(&(api_version.to_owned(), kind.to_owned())).cloned();
        watched.map(|watched| watched.all()).unwrap_or_default()
    }

    /// Pods, Jobs, workloads and EndpointSlices. Whether there are compute nodes is not for a namespace to know.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot { compute_nodes: true, ..Snapshot::default() };
        let watched: Vec<_> = self.watched.lock().values().cloned().collect();
        for kept in watched.iter().flat_map(|watched| watched.all()) {
            match kept.1.detail {
                Detail::Pod(pod) => snapshot.pods.push(*pod),
                Detail::Job(job) => snapshot.jobs.push(*job),
                Detail::Workload(workload) => snapshot.workloads.push(*workload),
                Detail::Slice(slice) => snapshot.slices.push(*slice),
                Detail::None => {}
            }
        }
        snapshot
    }

    /// Do all watches tell what is so now, as far as is known?
    pub fn is_live(&self) -> bool {
        self.watched.lock().values().all(|watched| watched.is_live())
    }

    /// Deletes an object, just this one if its UID is given, and takes in what comes of it.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn delete(
        &self,
        address: &Address,
        uid: Option<&str>,
        propagation: Propagation,
    ) -> Result<(), Error> {
        let going = self.api.delete(address, uid, propagation).await?;
        if let Some(object) = going {
            self.learn(&object);
            return Ok(());
        }
        let id = (address.api_version.clone(), address.kind.clone());
        let watched = self.watched.lock().get(&id).cloned();
        if let Some(watched) = watched {
            watched.forget(&address.name);
        }
        Ok(())
    }

    /// Takes in what an answer says, before a watch tells it.
    pub fn learn(&self, object: &serde_json::Value) {
        let text = |field: &str| object.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
        let id = (text("apiVersion").to_owned(), text("kind").to_owned());
        let watched = self.watched.lock().get(&id).cloned();
        if let Some(watched) = watched {
            watched.learn(object);
        }
    }
}

#[cfg(test)]
mod tests;
