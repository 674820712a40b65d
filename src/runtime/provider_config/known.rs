//! What is known of ProviderConfigs and what is to be written about one: pure.

use super::{
    check::Checked,
    usages::{Usage, Usages},
};
use crate::{
    api::{
        condition::{self, Condition},
        meta,
    },
    runtime::base::keys::ConfigKey,
};
use kube::{api::DynamicObject, runtime::watcher::Event};
use serde_json::{Value, json};
use std::collections::HashMap;

/// What is watched; the usages come last.
pub(crate) const KINDS: [&str; 3] = ["ProviderConfig", "ClusterProviderConfig", "ProviderConfigUsage"];

/// Why a ProviderConfig is not let go.
pub(crate) const BLOCKED: &str = "Blocking deletion while usages still exist";

/// A ProviderConfig, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Config {
    pub(crate) uid: String,
    pub(crate) resource_version: String,
    pub(crate) generation: i64,
    pub(crate) deleting: bool,
    finalizers: Vec<String>,
    users: Option<i64>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) failing_since: Option<String>,
    pub(crate) cloud: Option<Value>,
}

impl Config {
    fn read(object: &DynamicObject) -> Self {
        let (metadata, status) = (&object.metadata, object.data.get("status"));
        let said = |key: &str| status.and_then(|status| status.get(key));
        Self {
            uid: metadata.uid.clone().unwrap_or_default(),
            resource_version: metadata.resource_version.clone().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            deleting: metadata.deletion_timestamp.is_some(),
            finalizers: metadata.finalizers.clone().unwrap_or_default(),
            users: said("users").and_then(Value::as_i64),
            conditions: said("conditions")
                .and_then(|c| serde_json::from_value(c.clone()).ok())
                .unwrap_or_default(),
            failing_since: said("failingSince").and_then(Value::as_str).map(str::to_owned),
            cloud: said("cloud").cloned(),
        }
    }

    /// Can what is to be written wait?
    pub(crate) fn guarded(&self) -> bool {
        self.finalized() && !self.deleting
    }

    pub(crate) fn finalized(&self) -> bool {
        self.finalizers.iter().any(|f| f == meta::IN_USE_FINALIZER)
    }
}

/// What is to be written.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// These finalizers.
    pub(crate) finalizers: Option<Vec<String>>,
    /// This status.
    pub(crate) status: Option<Value>,
    /// The deletion is blocked, which nobody was told yet.
    pub(crate) blocked: bool,
}

/// What is to be written about a ProviderConfig that has so many users, and whose login was seen so.
pub(crate) fn plan(config: &Config, users: i64, login: Option<&Checked>, now: &str) -> Plan {
    let mut plan = Plan::default();
    let mut news = login.map(|login| login.news(config, now)).unwrap_or_default();
    if config.users != Some(users) {
        news.insert("users".to_owned(), json!(users));
    }
    let counted = (!news.is_empty()).then_some(Value::Object(news));
    match (config.deleting, users > 0) {
        (true, true) => {
            let found = vec![terminating()];
            let conditions = condition::merge(&config.conditions, found, config.generation, now);
            plan.blocked = conditions != config.conditions;
            plan.status =
                if plan.blocked { Some(json!({"users": users, "conditions": conditions})) } else { counted };
        }
        (true, false) => {
            let left =
                || config.finalizers.iter().filter(|f| *f != meta::IN_USE_FINALIZER).cloned().collect();
            plan.finalizers = config.finalized().then(left);
        }
        (false, _) => {
            let more =
                || config.finalizers.iter().cloned().chain([meta::IN_USE_FINALIZER.to_owned()]).collect();
            plan.finalizers = (!config.finalized()).then(more);
            plan.status = counted;
        }
    }
    plan
}

fn terminating() -> Condition {
    Condition {
        r#type: "Terminating".to_owned(),
        status: "True".to_owned(),
        reason: "InUse".to_owned(),
        last_transition_time: String::new(),
        message: Some(BLOCKED.to_owned()),
        observed_generation: None,
    }
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    /// Look after a ProviderConfig.
    Config(ConfigKey),
    /// Look whether its login works.
    Check(ConfigKey),
    /// Release this usage (namespace, UID) if its managed resource is gone.
    Reap(String, String),
}

/// What the watches say.
#[derive(Default)]
pub(crate) struct Known {
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

fn reap(usage: &Usage) -> Work {
    Work::Reap(usage.namespace.clone(), usage.uid.clone())
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

impl Known {
    /// Takes in what a watch says; gives what is to be done, which is nothing before all kinds were listed.
    pub(crate) fn see(&mut self, kind: usize, event: Event<DynamicObject>, usages: &Usages) -> Vec<Work> {
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
                self.replace(kind, &objects, usages);
                if let Some(complete) = self.complete.get_mut(kind) {
                    *complete = true;
                }
                // Counts may have changed while we did not see.
                self.everything(usages)
            }
            Event::Apply(object) => self.apply(kind, &object, usages),
            Event::Delete(object) => self.delete(kind, &object, usages),
        };
        if self.complete.iter().all(|complete| *complete) { work } else { Vec::new() }
    }

    fn listed(&mut self, kind: usize) -> Vec<DynamicObject> {
        self.listed.get_mut(kind).map(std::mem::take).unwrap_or_default()
    }

    fn apply(&mut self, kind: usize, object: &DynamicObject, usages: &Usages) -> Vec<Work> {
        if !of_usages(kind) {
            let (key, config) = (config_key(kind, object), Config::read(object));
            let before = self.configs.insert(key.clone(), config.clone());
            let same = |b: &Config| (&b.uid, b.generation) == (&config.uid, config.generation);
            // Whoever changes it wants to see at once whether it works.
            let check = before.as_ref().is_none_or(|before| !same(before)).then(|| Work::Check(key.clone()));
            return check.into_iter().chain([Work::Config(key)]).collect();
        }
        let Some(usage) = Usage::read(object) else { return self.delete(kind, object, usages) };
        let reap = usage.held.then(|| reap(&usage));
        usages.insert(usage).into_iter().map(Work::Config).chain(reap).collect()
    }

    fn delete(&mut self, kind: usize, object: &DynamicObject, usages: &Usages) -> Vec<Work> {
        let key = config_key(kind, object);
        if of_usages(kind) {
            return usages.remove(&key.namespace, &key.name).into_iter().map(Work::Config).collect();
        }
        self.configs.remove(&key);
        Vec::new()
    }

    fn replace(&mut self, kind: usize, objects: &[DynamicObject], usages: &Usages) {
        if of_usages(kind) {
            return usages.replace(objects.iter().filter_map(Usage::read));
        }
        self.configs.retain(|key, _| key.kind != kind_name(kind));
        self.configs.extend(objects.iter().map(|object| (config_key(kind, object), Config::read(object))));
    }

    fn everything(&self, usages: &Usages) -> Vec<Work> {
        let configs =
            self.configs.keys().cloned().flat_map(|key| [Work::Check(key.clone()), Work::Config(key)]);
        configs.chain(usages.held().iter().map(reap)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(users: Option<i64>, deleting: bool, finalized: bool) -> Config {
        let finalizers = if finalized {
            vec!["x".to_owned(), meta::IN_USE_FINALIZER.to_owned()]
        } else {
            vec!["x".to_owned()]
        };
        Config { users, deleting, finalizers, ..Config::default() }
    }

    #[test]
    fn a_config_gets_the_finalizer_and_its_users_only_if_they_changed() {
        let first = plan(&config(None, false, false), 0, None, "t");
        assert_eq!(first.finalizers.unwrap(), ["x", meta::IN_USE_FINALIZER]);
        assert_eq!(first.status, Some(json!({"users": 0})));
        assert_eq!(plan(&config(Some(2), false, true), 2, None, "t"), Plan::default());
        assert_eq!(plan(&config(Some(2), false, true), 3, None, "t").status, Some(json!({"users": 3})));
    }

    #[test]
    fn a_used_config_that_is_deleted_says_once_that_it_is_in_use() {
        let mut object = config(Some(1), true, true);
        let first = plan(&object, 1, None, "t1");
        assert!(first.blocked && first.finalizers.is_none());
        let condition = &first.status.as_ref().unwrap()["conditions"][0];
        assert_eq!((&condition["type"], &condition["reason"]), (&json!("Terminating"), &json!("InUse")));
        assert_eq!(condition["message"], BLOCKED);
        object.conditions = serde_json::from_value(first.status.unwrap()["conditions"].clone()).unwrap();
        assert_eq!(plan(&object, 1, None, "t2"), Plan::default());
    }

    #[test]
    fn an_unused_config_that_is_deleted_is_let_go() {
        assert_eq!(
            plan(&config(Some(1), true, true), 0, None, "t"),
            Plan { finalizers: Some(vec!["x".into()]), ..Plan::default() }
        );
        assert_eq!(plan(&config(Some(0), true, false), 0, None, "t"), Plan::default());
    }
}
