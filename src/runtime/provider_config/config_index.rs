//! What the watches of the three kinds say, and what is to be done about it: pure.

use super::{
    config::Config,
    usages::{Usage, Usages},
};
use crate::{api::provider_config::KINDS, runtime::base::keys::ConfigKey};
use kube::{api::DynamicObject, runtime::watcher::Event};
use std::collections::HashMap;

/// Something to do, as the queue holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum WorkItem {
    /// Look after a ProviderConfig.
    Config(ConfigKey),
    /// Look whether its login works.
    Check(ConfigKey),
    /// Release this usage (namespace, UID) if its managed resource is gone.
    Reap(String, String),
}

/// What the watches say.
pub(crate) struct ConfigIndex {
    description_key: &'static str,
    pub(crate) configs: HashMap<ConfigKey, Config>,
    /// What a list under way gave so far, per kind.
    listed: [Vec<DynamicObject>; KINDS.len()],
    /// Which kinds were listed.
    complete: [bool; KINDS.len()],
}

/// Name of the kind at a place of [`KINDS`].
pub(crate) fn kind_name(kind: usize) -> &'static str {
    KINDS.get(kind).copied().unwrap_or_default()
}

/// Without what nobody reads: lists may be long.
fn slim(mut object: DynamicObject) -> DynamicObject {
    object.metadata.managed_fields = None;
    object
}

fn reap(usage: &Usage) -> WorkItem {
    WorkItem::Reap(usage.namespace.clone(), usage.uid.clone())
}

fn config_key(kind: usize, object: &DynamicObject) -> ConfigKey {
    ConfigKey {
        kind: kind_name(kind).to_owned(),
        namespace: object.metadata.namespace.clone().unwrap_or_default(),
        name: object.metadata.name.clone().unwrap_or_default(),
    }
}

/// Is it the place of the usages in [`KINDS`]?
fn of_usages(kind: usize) -> bool {
    kind == KINDS.len() - 1
}

impl ConfigIndex {
    /// Knows nothing yet; the statuses of its family are described under this key.
    pub(crate) fn new(description_key: &'static str) -> Self {
        Self {
            description_key,
            configs: HashMap::new(),
            listed: Default::default(),
            complete: [false; KINDS.len()],
        }
    }

    /// Takes in what a watch says; gives what is to be done, which is nothing before all kinds were listed.
    pub(crate) fn see(&mut self, kind: usize, event: Event<DynamicObject>, usages: &Usages) -> Vec<WorkItem> {
        let work = match event {
            Event::Init => {
                self.listed(kind);
                Vec::new()
            }
            Event::InitApply(object) => {
                if let Some(listed) = self.listed.get_mut(kind) {
                    listed.push(slim(object));
                }
                Vec::new()
            }
            Event::InitDone => {
                let objects = self.listed(kind);
                let gone = self.replace(kind, &objects, usages);
                if let Some(complete) = self.complete.get_mut(kind) {
                    *complete = true;
                }
                // Counts may have changed while we did not see.
                self.everything(usages).into_iter().chain(gone).collect()
            }
            Event::Apply(object) => self.apply(kind, &object, usages),
            Event::Delete(object) => self.delete(kind, &object, usages),
        };
        if self.complete.iter().all(|complete| *complete) { work } else { Vec::new() }
    }

    fn listed(&mut self, kind: usize) -> Vec<DynamicObject> {
        self.listed.get_mut(kind).map(std::mem::take).unwrap_or_default()
    }

    fn apply(&mut self, kind: usize, object: &DynamicObject, usages: &Usages) -> Vec<WorkItem> {
        if !of_usages(kind) {
            let (key, config) = (config_key(kind, object), Config::read(object, self.description_key));
            let before = self.configs.insert(key.clone(), config.clone());
            let same = |b: &Config| (&b.uid, b.generation) == (&config.uid, config.generation);
            // Whoever changes it wants to see at once whether it works.
            let check =
                before.as_ref().is_none_or(|before| !same(before)).then(|| WorkItem::Check(key.clone()));
            return check.into_iter().chain([WorkItem::Config(key)]).collect();
        }
        let Some(usage) = Usage::read(object) else { return self.delete(kind, object, usages) };
        let reap = usage.held.then(|| reap(&usage));
        usages.insert(usage).into_iter().map(WorkItem::Config).chain(reap).collect()
    }

    fn delete(&mut self, kind: usize, object: &DynamicObject, usages: &Usages) -> Vec<WorkItem> {
        let key = config_key(kind, object);
        if of_usages(kind) {
            return usages.remove(&key.namespace, &key.name).into_iter().map(WorkItem::Config).collect();
        }
        self.configs.remove(&key);
        vec![WorkItem::Check(key)]
    }

    /// Returns what is to be done about those that are gone.
    fn replace(&mut self, kind: usize, objects: &[DynamicObject], usages: &Usages) -> Vec<WorkItem> {
        if of_usages(kind) {
            usages.replace(objects.iter().filter_map(Usage::read));
            return Vec::new();
        }
        let read = |object| (config_key(kind, object), Config::read(object, self.description_key));
        let mut configs: HashMap<_, _> = objects.iter().map(read).collect();
        let (before, others) =
            std::mem::take(&mut self.configs).into_iter().partition(|(key, _)| key.kind == kind_name(kind));
        let before: HashMap<_, _> = before;
        let gone = before.into_keys().filter(|key| !configs.contains_key(key)).map(WorkItem::Check).collect();
        configs.extend::<HashMap<_, _>>(others);
        self.configs = configs;
        gone
    }

    fn everything(&self, usages: &Usages) -> Vec<WorkItem> {
        let configs = self
            .configs
            .keys()
            .cloned()
            .flat_map(|key| [WorkItem::Check(key.clone()), WorkItem::Config(key)]);
        configs.chain(usages.held().iter().map(reap)).collect()
    }
}
