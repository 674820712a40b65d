//! One watch a kind feeds the index; what it says about wanted state feeds the queue.

use super::{
    backoff::patiently,
    cluster::{api_resource, managed},
    gate::Gate,
    index::ObjectKey,
    reconcile::{Reconciler, lock},
};
use crate::kind::any::AnyKind;
use futures::StreamExt;
use kube::{
    Api,
    api::DynamicObject,
    runtime::{watcher, watcher::Event},
};
use std::{collections::BTreeSet, sync::Arc};

/// Watches one kind for ever, once its CRD is there. A broken watch is taken up again, with backoff.
pub async fn watch(reconciler: Arc<Reconciler>, kind: &'static dyn AnyKind, gate: Gate) {
    let info = kind.info();
    gate.wait_for(&format!("{}.{}", info.plural, info.service.api_group())).await;
    tracing::debug!(kind = kind.id(), "watching");
    let api: Api<DynamicObject> = Api::all_with(reconciler.cluster.client(), &api_resource(info));
    let events = watcher(api, watcher::Config::default());
    let mut events = std::pin::pin!(patiently(events, reconciler.clock.clone(), kind.id()));
    let mut listed = BTreeSet::new();
    while let Some(event) = events.next().await {
        take_in(&reconciler, kind, event, &mut listed);
    }
}

fn take_in(
    reconciler: &Reconciler,
    kind: &'static dyn AnyKind,
    event: Event<DynamicObject>,
    listed: &mut BTreeSet<ObjectKey>,
) {
    let key = |object: &DynamicObject| ObjectKey {
        kind: kind.id(),
        namespace: object.metadata.namespace.clone().unwrap_or_default(),
        name: object.metadata.name.clone().unwrap_or_default(),
    };
    match event {
        Event::Init => listed.clear(),
        Event::InitApply(object) => {
            listed.insert(key(&object));
            reconciler.see(key(&object), object);
        }
        Event::InitDone => {
            let gone = lock(&reconciler.index).missing_from(kind.id(), listed);
            gone.iter().for_each(|gone| reconciler.lose(gone));
        }
        Event::Apply(object) => reconciler.see(key(&object), object),
        Event::Delete(object) => reconciler.lose(&key(&object)),
    }
}

impl Reconciler {
    fn lose(&self, key: &ObjectKey) {
        let woken = lock(&self.index).remove(key);
        self.lookout.forget(key);
        woken.into_iter().for_each(|woken| self.queue.add(woken));
    }

    fn see(&self, key: ObjectKey, object: DynamicObject) {
        let applied = managed(object).and_then(|object| lock(&self.index).apply(&key, &object));
        match applied {
            Ok(consequence) => {
                consequence.woken.into_iter().for_each(|woken| self.queue.add(woken));
                if consequence.desired {
                    self.lookout.asked(&key, self.clock.monotonic());
                    self.queue.add(key);
                }
            }
            Err(error) => tracing::error!(%key, %error, "this object can't be read and is left alone"),
        }
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
