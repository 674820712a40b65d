//! Objects that passes read beside their resource: ProviderConfigs, Secrets, ConfigMaps. Each that somebody read is watched by
//! its name, for its metadata alone; whoever read another version than there is now is woken.

mod ledger;
mod reads;

pub use reads::{Input, Notes, Reader, Reads, Version, spec_version, version};

use crate::runtime::base::{backoff::patiently, clock::Clock};
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
use ledger::{Ledger, Watch};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use std::{
    fmt::Debug,
    sync::{Arc, Weak},
    task::Waker,
};
use tokio::time::Instant;

/// Most objects that are watched at a time, each over a connection of its own. What is read beyond them is read anew by
/// every pass, as if nobody watched.
const WATCHES: usize = 1000;

/// Who read what, and the watches. Clones share them; the watches end with the last clone.
#[derive(Clone)]
pub struct Inputs(Arc<Shared>);

struct Shared {
    client: Client,
    clock: Arc<dyn Clock>,
    ledger: Mutex<Ledger>,
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
