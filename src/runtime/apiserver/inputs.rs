//! Objects that passes read beside their resource: ProviderConfigs, Secrets, ConfigMaps. Each that somebody read is watched by
//! its name, for its metadata alone; whoever read another version than there is now is woken.

mod ledger;

use crate::runtime::base::{
    backoff::patiently,
    clock::Clock,
    keys::{ConfigKey, ObjectKey},
};
use futures::StreamExt;
use k8s_openapi::{
    NamespaceResourceScope,
    api::core::v1::{ConfigMap, Secret},
};
use kube::{
    Api, Client, Resource, ResourceExt,
    core::PartialObjectMeta,
    runtime::{watcher, watcher::watcher as watching},
};
use ledger::Ledger;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Weak},
    task::Waker,
};
use tokio::{task::AbortHandle, time::Instant};

/// Most objects that are watched at a time, each over a connection of its own. What is read beyond them is read anew by
/// every pass, as if nobody watched.
const WATCHES: usize = 1000;

/// An object that is read beside a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// A ProviderConfig of either kind; their own controller watches them all.
    Config(ConfigKey),
    /// A Secret.
    Secret {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
    /// A ConfigMap.
    ConfigMap {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
}

impl Input {
    /// A Secret.
    pub fn secret(namespace: &str, name: &str) -> Self {
        Self::Secret { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// A ConfigMap.
    pub fn config_map(namespace: &str, name: &str) -> Self {
        Self::ConfigMap { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    /// The passes of a managed resource.
    Resource(ObjectKey),
    /// Who looks after a ProviderConfig.
    Config(ConfigKey),
}

/// Of an object, what matters to its readers: none if it is not there.
pub type Version = Option<String>;

/// The version of an object all of which matters.
pub fn version<K: Resource>(object: Option<&K>) -> Version {
    let meta = object?.meta();
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Some(format!("{}/{}", text(&meta.uid), text(&meta.resource_version)))
}

/// The version of an object of which only what is wanted matters.
pub fn spec_version(uid: &str, generation: i64) -> Version {
    Some(format!("{uid}/{generation}"))
}

/// A version, and a time at which it cannot have been replaced yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    version: Version,
    at: Instant,
}

/// What was read.
pub type Reads = BTreeMap<Input, Read>;

/// Notes of what is being read, by those who read. The first of two readings counts: the second may have come too late.
#[derive(Default)]
pub struct Notes(Mutex<Reads>);

impl Notes {
    /// This is what an answer said; `asked` is the time of the question.
    pub fn read(&self, input: Input, version: Version, asked: Instant) {
        self.0.lock().entry(input).or_insert(Read { version, at: asked });
    }

    /// This is what we made of it ourselves.
    pub fn wrote(&self, input: Input, version: Version, asked: Instant) {
        self.0.lock().insert(input, Read { version, at: asked });
    }

    /// The same was read a while ago, and is believed.
    pub fn believed(&self, reads: &Reads) {
        for (input, read) in reads {
            self.0.lock().entry(input.clone()).or_insert_with(|| read.clone());
        }
    }

    /// All that was read.
    pub fn all(&self) -> Reads {
        self.0.lock().clone()
    }
}

/// Who read what, and the watches. Clones share them; the watches end with the last clone.
#[derive(Clone)]
pub struct Inputs(Arc<Shared>);

struct Shared {
    client: Client,
    clock: Arc<dyn Clock>,
    ledger: Mutex<Ledger>,
}

/// A watch under way; dropping it ends it.
struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Inputs {
    /// Nothing was read yet.
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { client, clock, ledger: Mutex::new(Ledger::default()) }))
    }

    /// This is all that a reader has read. It is woken when one of them is other than that, once for each time that it
    /// changes: at once where that happened since it was read.
    pub fn follow(&self, reader: &Reader, reads: Reads, waker: impl FnOnce() -> Waker) {
        let mut ledger = self.0.ledger.lock();
        let unneeded = ledger.follow(reader, reads, waker);
        for input in ledger.unwatched(WATCHES) {
            ledger.watched(&input, self.watch(&input));
        }
        drop(ledger);
        // It ends the watches, while nothing is locked.
        drop(unneeded);
    }

    /// A reader begins to read anew. Until it is followed again, nothing wakes it: neither what it writes itself, nor what
    /// it will have read.
    pub fn reads(&self, reader: &Reader) {
        self.0.ledger.lock().reads(reader);
    }

    /// A reader is gone.
    pub fn forget(&self, reader: &Reader) {
        let unneeded = self.0.ledger.lock().forget(reader);
        drop(unneeded);
    }

    /// A watch says which version there is now.
    pub fn is_now(&self, input: &Input, version: Version) {
        self.0.is_now(input, version);
    }

    /// Do the watches say of all that a reader has read that it is as it was?
    pub fn are_current(&self, reader: &Reader) -> bool {
        self.0.ledger.lock().are_current(reader)
    }

    /// Does a watch say of one of these that it changed since it was read?
    pub fn have_changed(&self, reads: &Reads) -> bool {
        self.0.ledger.lock().have_changed(reads)
    }

    fn watch(&self, input: &Input) -> Watch {
        let (weak, input) = (Arc::downgrade(&self.0), input.clone());
        let (client, clock) = (self.0.client.clone(), self.0.clock.clone());
        Watch(
            tokio::spawn(async move {
                match &input {
                    Input::Config(_) => {}
                    Input::Secret { namespace, name } => {
                        watch::<Secret>(Api::namespaced(client, namespace), clock, name, &input, weak).await;
                    }
                    Input::ConfigMap { namespace, name } => {
                        watch::<ConfigMap>(Api::namespaced(client, namespace), clock, name, &input, weak)
                            .await;
                    }
                }
            })
            .abort_handle(),
        )
    }
}

impl Shared {
    fn is_now(&self, input: &Input, version: Version) {
        let woken = self.ledger.lock().is_now(input, version, Instant::now());
        woken.into_iter().for_each(Waker::wake);
    }
}

/// Tells of one object, until nobody is left to be told.
async fn watch<K>(
    api: Api<PartialObjectMeta<K>>,
    clock: Arc<dyn Clock>,
    name: &str,
    input: &Input,
    shared: Weak<Shared>,
) where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + Debug
        + Send
        + 'static,
{
    let config = watcher::Config::default().fields(&format!("metadata.name={name}"));
    let events = patiently(watching(api, config), clock, "inputs");
    let mut events = std::pin::pin!(events);
    let mut listed = None;
    while let Some(event) = events.next().await {
        let Some(shared) = shared.upgrade() else { return };
        match event {
            watcher::Event::Init => listed = None,
            watcher::Event::InitApply(object) if object.name_any() == name => listed = version(Some(&object)),
            watcher::Event::InitApply(_) => {}
            watcher::Event::InitDone => shared.is_now(input, listed.take()),
            watcher::Event::Apply(object) => shared.is_now(input, version(Some(&object))),
            watcher::Event::Delete(_) => shared.is_now(input, None),
        }
    }
}

#[cfg(test)]
mod tests;
