//! One watch a kind feeds the index; what it says about wanted state feeds the queue.

use super::reconcile::Reconciler;
use crate::{
    kind::any::AnyKind,
    runtime::{
        apiserver::{
            gate::Gate,
            inputs::Reader,
            objects::{api_resource, managed},
        },
        base::{backoff::patiently, keys::ObjectKey},
    },
};
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
    gate.wait_for(&format!("{}.{}", info.plural, info.api_group())).await;
    tracing::debug!(kind = kind.id(), "watching");
    let api: Api<DynamicObject> = Api::all_with(reconciler.client.clone(), &api_resource(info));
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
            reconciler.on_apply(key(&object), object);
        }
        Event::InitDone => {
            let gone = reconciler.index.lock().missing_from(kind.id(), listed);
            gone.iter().for_each(|gone| reconciler.on_delete(gone));
        }
        Event::Apply(object) => reconciler.on_apply(key(&object), object),
        Event::Delete(object) => reconciler.on_delete(&key(&object)),
    }
}

impl Reconciler {
    /// The object is gone: the one place where all that is known of it is dropped.
    pub(crate) fn on_delete(&self, key: &ObjectKey) {
        let woken = self.index.lock().remove(key);
        // In this order: what a pass finds of a resource without a record does not count.
        self.tracked.remove(key);
        self.held.found(key, None);
        self.inputs.forget(&Reader::Resource(key.clone()));
        woken.into_iter().for_each(|woken| self.queue.add(woken));
    }

    fn on_apply(&self, key: ObjectKey, object: DynamicObject) {
        let uid = object.metadata.uid.clone().unwrap_or_default();
        let applied = managed(object).and_then(|object| self.index.lock().apply(&key, &object));
        match applied {
            Ok(consequence) => self.consequences.heed(&key, &uid, consequence),
            Err(error) => tracing::error!(%key, %error, "this object can't be read and is left alone"),
        }
    }
}

#[cfg(test)]
mod tests;
