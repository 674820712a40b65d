//! How many managed resources wait for the end of a hold, by ProviderConfig: passes say it, and the controller of
//! ProviderConfigs tells it.

use crate::runtime::base::keys::{ConfigKey, ObjectKey};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use tokio::sync::Notify;

/// The managed resources whose changes are held back. Clones share it.
///
/// It holds what waits and nothing else, and a pass changes one entry of it at the most.
#[derive(Clone, Default)]
pub struct HeldResources(Arc<Inner>);

#[derive(Default)]
struct Inner {
    view: Mutex<View>,
    news: Notify,
}

#[derive(Default)]
struct View {
    by: HashMap<ObjectKey, ConfigKey>,
    counts: BTreeMap<ConfigKey, i64>,
    /// Those of whose counts nobody has been told yet.
    changed: BTreeSet<ConfigKey>,
}

impl HeldResources {
    /// A pass found that changes of a resource are held back by this ProviderConfig, or that none are.
    pub(crate) fn found(&self, key: &ObjectKey, by: Option<ConfigKey>) {
        let mut view = self.0.view.lock();
        if view.by.get(key) == by.as_ref() {
            return;
        }
        let before = match &by {
            Some(config) => view.by.insert(key.clone(), config.clone()),
            None => view.by.remove(key),
        };
        before.into_iter().for_each(|config| view.add(config, -1));
        by.into_iter().for_each(|config| view.add(config, 1));
        drop(view);
        self.0.news.notify_one();
    }

    /// How many wait for this ProviderConfig.
    pub(crate) fn count(&self, config: &ConfigKey) -> i64 {
        self.0.view.lock().counts.get(config).copied().unwrap_or_default()
    }

    /// All ProviderConfigs that resources wait for, and how many do.
    pub(crate) fn counts(&self) -> Vec<(ConfigKey, i64)> {
        self.0.view.lock().counts.iter().map(|(config, count)| (config.clone(), *count)).collect()
    }

    /// The ProviderConfigs whose counts changed since this was last asked, once there are any.
    pub(crate) async fn changed(&self) -> BTreeSet<ConfigKey> {
        self.0.news.notified().await;
        std::mem::take(&mut self.0.view.lock().changed)
    }
}

impl View {
    fn add(&mut self, config: ConfigKey, more: i64) {
        let count = self.counts.entry(config.clone()).or_default();
        *count += more;
        if *count <= 0 {
            self.counts.remove(&config);
        }
        self.changed.insert(config);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    fn config(name: &str) -> ConfigKey {
        ConfigKey { kind: "ClusterProviderConfig".into(), namespace: String::new(), name: name.into() }
    }

    fn resource(name: &str) -> ObjectKey {
        ObjectKey { kind: "network.Network", namespace: "team".into(), name: name.into() }
    }

    #[test]
    fn each_resource_counts_once_for_what_holds_it_now_and_news_are_told_once() {
        let held = HeldResources::default();
        assert_eq!(held.changed().now_or_never(), None);
        for name in ["a", "b", "a"] {
            held.found(&resource(name), Some(config("x")));
        }
        assert_eq!((held.count(&config("x")), held.count(&config("y"))), (2, 0));
        assert_eq!(held.changed().now_or_never(), Some([config("x")].into()));
        held.found(&resource("a"), Some(config("x")));
        held.found(&resource("c"), None);
        assert_eq!(held.changed().now_or_never(), None, "nothing is new");
        held.found(&resource("a"), Some(config("y")));
        assert_eq!(held.counts(), [(config("x"), 1), (config("y"), 1)]);
        held.found(&resource("a"), None);
        held.found(&resource("b"), None);
        assert_eq!(held.counts(), []);
        assert_eq!(held.changed().now_or_never(), Some([config("x"), config("y")].into()));
    }
}
