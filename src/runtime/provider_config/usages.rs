//! Who uses what, as the watch of ProviderConfigUsages says: counted per ProviderConfig, looked up per managed resource.

use super::usage::{controller, finalized, labelled, reference_of};
use crate::{api::managed::ProviderConfigReference, runtime::base::keys::ConfigKey};
use kube::api::DynamicObject;
use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc};

/// A usage, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) namespace: String,
    /// Its name, which is the UID of the managed resource.
    pub(crate) uid: String,
    pub(crate) reference: ProviderConfigReference,
    /// `apiVersion`, kind and name of the managed resource.
    pub(crate) resource: (String, String, String),
    /// It counts: somebody controls it.
    pub(crate) controlled: bool,
    /// It is just as [`track`](super::usage::UsageTracker::track) would make it.
    intact: bool,
    /// It is being deleted, and only our finalizer keeps it.
    pub(crate) held: bool,
}

impl Usage {
    /// Reads it; `None` if it has no form that we would ever give it.
    pub(crate) fn read(object: &DynamicObject) -> Option<Self> {
        let (metadata, reference) = (&object.metadata, reference_of(object)?);
        let uid = metadata.name.clone()?;
        let said = |key: &str| object.data.get("resourceRef")?.get(key)?.as_str().map(str::to_owned);
        let deleting = metadata.deletion_timestamp.is_some();
        let controller = controller(metadata);
        Some(Self {
            namespace: metadata.namespace.clone()?,
            resource: (said("apiVersion")?, said("kind")?, said("name")?),
            controlled: controller.is_some(),
            intact: controller == Some(&uid)
                && (deleting || finalized(metadata))
                && labelled(metadata, &reference),
            held: deleting && finalized(metadata),
            uid,
            reference,
        })
    }

    fn key(&self) -> (String, String) {
        (self.namespace.clone(), self.uid.clone())
    }

    /// The ProviderConfig that it speaks of.
    pub(crate) fn config(&self) -> ConfigKey {
        ConfigKey::of(&self.reference, &self.namespace)
    }
}

/// What the watch of usages says. Clones share it.
#[derive(Clone, Default)]
pub struct Usages(Arc<RwLock<View>>);

#[derive(Default)]
struct View {
    usages: HashMap<(String, String), Usage>,
    users: HashMap<ConfigKey, i64>,
}

impl Usages {
    /// What a managed resource is recorded to use, if its record is complete: then [`track`](super::usage::UsageTracker::track) need not be asked.
    pub fn uses(&self, namespace: &str, uid: &str) -> Option<ProviderConfigReference> {
        self.get(namespace, uid).filter(|usage| usage.intact).map(|usage| usage.reference)
    }

    /// How many managed resources use a ProviderConfig.
    pub fn users(&self, config: &ConfigKey) -> i64 {
        self.view(|view| view.users.get(config).copied().unwrap_or(0))
    }

    pub(crate) fn get(&self, namespace: &str, uid: &str) -> Option<Usage> {
        self.view(|view| view.usages.get(&(namespace.to_owned(), uid.to_owned())).cloned())
    }

    /// All usages that only our finalizer keeps.
    pub(crate) fn held(&self) -> Vec<Usage> {
        self.view(|view| view.usages.values().filter(|usage| usage.held).cloned().collect())
    }

    /// Takes a usage in; says which ProviderConfigs that concerns.
    pub(crate) fn insert(&self, usage: Usage) -> Vec<ConfigKey> {
        let mut view = self.0.write();
        let mut touched = view.remove(&usage.key());
        touched.extend(view.insert(usage));
        touched
    }

    /// Forgets a usage; says which ProviderConfig that concerns.
    pub(crate) fn remove(&self, namespace: &str, uid: &str) -> Vec<ConfigKey> {
        let mut view = self.0.write();
        view.remove(&(namespace.to_owned(), uid.to_owned()))
    }

    /// Forgets all and takes these in.
    pub(crate) fn replace(&self, usages: impl IntoIterator<Item = Usage>) {
        let mut fresh = View::default();
        for usage in usages {
            fresh.insert(usage);
        }
        *self.0.write() = fresh;
    }

    fn view<T>(&self, look: impl FnOnce(&View) -> T) -> T {
        look(&self.0.read())
    }
}

impl View {
    fn insert(&mut self, usage: Usage) -> Vec<ConfigKey> {
        let config = usage.config();
        if usage.controlled {
            *self.users.entry(config.clone()).or_default() += 1;
        }
        self.usages.insert(usage.key(), usage);
        vec![config]
    }

    fn remove(&mut self, key: &(String, String)) -> Vec<ConfigKey> {
        let Some(usage) = self.usages.remove(key) else { return Vec::new() };
        let config = usage.config();
        if usage.controlled
            && let Some(users) = self.users.get_mut(&config)
        {
            *users -= 1;
            if *users <= 0 {
                self.users.remove(&config);
            }
        }
        vec![config]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::meta,
        kinds::provider::FAMILY,
        runtime::{
            apiserver::owner::Owner,
            provider_config::usage::{build, labels},
        },
    };

    fn owner() -> Owner {
        Owner { api_version: "n.io/v1".into(), kind: "Network".into(), name: "net".into(), uid: "u1".into() }
    }

    fn cluster(name: &str) -> ProviderConfigReference {
        ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: name.into() }
    }

    #[test]
    fn users_are_counted_per_config_and_only_while_somebody_controls_the_usage() {
        let usages = Usages::default();
        let read = |uid: &str, config: &str, controlled: bool| {
            let mut object = build(&FAMILY, &Owner { uid: uid.into(), ..owner() }, "team", &cluster(config));
            if !controlled {
                object.metadata.owner_references = None;
            }
            Usage::read(&object).unwrap()
        };
        let key = |name: &str| ConfigKey::of(&cluster(name), "anywhere");
        usages.replace([read("u1", "a", true), read("u2", "a", true), read("u3", "a", false)]);
        assert_eq!(usages.users(&key("a")), 2);
        assert_eq!(usages.insert(read("u1", "b", true)), [key("a"), key("b")]);
        assert_eq!((usages.users(&key("a")), usages.users(&key("b"))), (1, 1));
        assert_eq!(usages.uses("team", "u1"), Some(cluster("b")));
        assert_eq!(usages.uses("elsewhere", "u1"), None);
        assert_eq!(usages.uses("team", "u3"), None, "it must be tracked again");
        usages.remove("team", "u1");
        assert_eq!(usages.users(&key("b")), 0);
    }

    #[test]
    fn a_name_too_long_for_a_label_still_makes_a_valid_usage() {
        let long = cluster(&"x".repeat(64));
        assert_eq!(labels(&long).keys().collect::<Vec<_>>(), [meta::LABEL_CONFIG_KIND]);
        assert!(Usage::read(&build(&FAMILY, &owner(), "team", &long)).unwrap().intact);
    }
}
