//! What rings when something changed: a watch of the metadata of one kind in one namespace.

use futures::StreamExt;
use kube::{
    Api, Client, ResourceExt,
    core::{DynamicObject, PartialObjectMeta},
    discovery::ApiResource,
    runtime::{WatchStreamExt, watcher},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, task::AbortHandle};

/// How often each object was heard of.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<BTreeMap<String, u64>>,
    changed: Condvar,
}

impl Bell {
    /// How often this object was heard of until now.
    pub fn heard(&self, name: &str) -> u64 {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied().unwrap_or_default()
    }

    /// Waits until it is heard of once more, or for so long.
    pub fn listen(&self, name: &str, heard: u64, patience: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |rung: &mut BTreeMap<String, u64>| rung.get(name).copied().unwrap_or_default() == heard;
        drop(self.changed.wait_timeout_while(rung, patience, same));
    }

    fn ring(&self, name: String) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
        self.changed.notify_all();
    }
}

/// Those of one kind in one namespace.
type Key = (String, String, String);

/// All of them; at most one for each kind in each namespace that is waited for in.
#[derive(Default)]
pub struct Bells(Mutex<BTreeMap<Key, (Arc<Bell>, AbortHandle)>>);

impl Bells {
    pub fn of(&self, threads: &Handle, client: &Client, kind: &ApiResource, namespace: &str) -> Arc<Bell> {
        let key = (namespace.to_owned(), kind.group.clone(), kind.plural.clone());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (bell, _) = all.entry(key).or_insert_with(|| {
            let bell = Arc::<Bell>::default();
            let api = Api::namespaced_with(client.clone(), namespace, kind);
            (bell.clone(), threads.spawn(listen(api, bell)).abort_handle())
        });
        bell.clone()
    }

    pub fn forget(&self, namespace: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _, _), (_, task)| {
            if of == namespace {
                task.abort();
            }
            of != namespace
        });
    }
}

async fn listen(api: Api<PartialObjectMeta<DynamicObject>>, bell: Arc<Bell>) {
    let events = watcher(api, watcher::Config::default()).default_backoff();
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        use watcher::Event::{Apply, Delete, InitApply};
        // A watch that is broken is begun again, and whoever waits looks by itself meanwhile.
        let Ok(Apply(object) | Delete(object) | InitApply(object)) = event else { continue };
        bell.ring(object.name_any());
    }
}
