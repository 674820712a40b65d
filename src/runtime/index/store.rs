//! The newest known states of all managed resources, as compact bytes, in the order of their keys: kind, namespace, name.

use super::population::Population;
use crate::{api::managed::Managed, runtime::base::keys::ObjectKey};
use std::collections::BTreeMap;

/// All states.
#[derive(Default)]
pub(super) struct ObjectStore(BTreeMap<ObjectKey, StoredObject>);

struct StoredObject {
    bytes: Box<[u8]>,
    version: String,
    /// Asked for in every pass of whoever refers to it.
    external_name: Option<Box<str>>,
    ready: bool,
    synced: bool,
}

impl StoredObject {
    fn read(&self) -> Option<Managed> {
        serde_json::from_slice(&self.bytes).ok()
    }
}

impl ObjectStore {
    /// Puts a state in place of the one before. Says whether the object has become ready with it.
    ///
    /// # Errors
    /// The object can't be written as JSON.
    pub(super) fn put(&mut self, key: &ObjectKey, object: &Managed) -> Result<bool, serde_json::Error> {
        let bytes = serde_json::to_vec(object)?.into_boxed_slice();
        let version = object.metadata.resource_version.clone();
        let external_name = object.external_name().map(Into::into);
        let (ready, synced) = (object.holds("Ready"), object.holds("Synced"));
        let before =
            self.0.insert(key.clone(), StoredObject { bytes, version, external_name, ready, synced });
        Ok(ready && !before.is_some_and(|before| before.ready))
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) {
        self.0.remove(key);
    }

    pub(super) fn has(&self, key: &ObjectKey) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Option<Managed> {
        self.0.get(key)?.read()
    }

    pub(super) fn version(&self, key: &ObjectKey) -> Option<&str> {
        self.0.get(key).map(|object| object.version.as_str())
    }

    pub(super) fn external_name(&self, key: &ObjectKey) -> Option<&str> {
        self.0.get(key)?.external_name.as_deref()
    }

    /// The keys of a kind.
    pub(super) fn keys(&self, kind: &'static str) -> impl Iterator<Item = &ObjectKey> {
        self.from(kind, "").map(|(key, _)| key).take_while(move |key| key.kind == kind)
    }

    /// All of a kind in a namespace.
    pub(super) fn list(&self, kind: &'static str, namespace: &str) -> Vec<Managed> {
        let all = self.from(kind, namespace);
        let here = all.take_while(|(key, _)| key.kind == kind && key.namespace == namespace);
        here.filter_map(|(_, object)| object.read()).collect()
    }

    /// Adds what there is to the populations of the kinds that are asked for.
    pub(super) fn count(&self, populations: &mut BTreeMap<&'static str, Population>) {
        for (key, object) in &self.0 {
            if let Some(population) = populations.get_mut(key.kind) {
                population.exists += 1;
                population.ready += i64::from(object.ready);
                population.synced += i64::from(object.synced);
            }
        }
    }

    /// From the first of a kind and namespace on.
    fn from(&self, kind: &'static str, namespace: &str) -> impl Iterator<Item = (&ObjectKey, &StoredObject)> {
        let first = ObjectKey { kind, namespace: namespace.to_owned(), name: String::new() };
        self.0.range(first..)
    }
}
