//! The controller of ProviderConfig and ClusterProviderConfig (contract §4.4): says how many use one, keeps one that is
//! used from being deleted, tells whether its login works and what the cloud offers, and releases usages whose managed resource is gone (PC-8).
//!
//! Nothing is done before all three kinds were listed once, so their CRDs may come later. A list that a watch keeps may
//! be old: before a ProviderConfig is let go, its usages are listed anew, and a managed resource is looked up live.

mod check;
mod config;
mod config_index;
pub mod credentials;
pub mod held;
pub mod usage;
pub mod usages;
mod writes;

pub use check::{Checker, Logins};

use crate::{
    api::{managed::ProviderConfigReference, provider_config::KINDS},
    kind::provider::{ConfigFamily, Provider},
    runtime::{
        apiserver::{
            error::{Error, call},
            inputs::Input,
            objects::config_resource,
            recorder::{EventTarget, Recorder},
        },
        base::{
            backoff::{Backoffs, patiently},
            clock::{Clock, rfc3339},
            keys::ConfigKey,
            queue::Queue,
        },
        plan::event::Event,
    },
};
use config::Config;
use config_index::{ConfigIndex, WorkItem, kind_name};
use futures::{Stream, StreamExt, future::join_all, stream::select_all};
use held::HeldResources;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, ListParams, Patch},
    runtime::watcher::{self, watcher},
};
use parking_lot::Mutex;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::timeout};
use usage::{UsageTracker, patching};
use usages::{Usage, Usages};
use writes::{BLOCKED, Counts, writes};

const WORKERS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(120);
/// The reconciler releases usages itself; the reaper comes after it, and looks again while a deletion takes its time.
const REAP_AFTER: Duration = Duration::from_secs(10);
const REAP_AGAIN: Duration = Duration::from_secs(60);
/// Users come and go in bursts: they are counted once for all that come together. The cloud that composes the ProviderConfig is
/// woken each time, which Crossplane bears once in two seconds.
const COUNT_AFTER: Duration = Duration::from_secs(5);

/// What the controller shares with the reconciler.
#[derive(Clone, Default)]
pub struct Shared {
    /// Who uses what; the controller fills it.
    pub usages: Usages,
    /// Who waits for the end of a hold; the reconciler fills it.
    pub held: HeldResources,
}

struct ConfigController {
    client: Client,
    clock: Arc<dyn Clock>,
    usages: Usages,
    held: HeldResources,
    tracker: UsageTracker,
    provider: Provider,
    index: Mutex<ConfigIndex>,
    queue: Arc<Queue<WorkItem>>,
    backoffs: Mutex<Backoffs<WorkItem>>,
    recorders: [Recorder; 2],
    checker: Checker,
}

/// Runs the controller until `stop` says so; what runs then is finished.
pub async fn run(
    clock: Arc<dyn Clock>,
    shared: Shared,
    provider: Provider,
    checker: Checker,
    mut stop: watch::Receiver<bool>,
) {
    let controller = ConfigController::new(clock, shared, provider, checker);
    let watching = async {
        let streams = (0..KINDS.len()).map(|kind| controller.watch(kind).boxed());
        let seeing = select_all(streams).for_each(|(kind, event)| {
            controller.see(kind, event);
            std::future::ready(())
        });
        tokio::select! {
            () = seeing => {}
            () = controller.see_held() => {}
            // Nobody left to say stop means the same.
            _ = stop.wait_for(|stop| *stop) => {}
        }
        controller.queue.close();
    };
    tokio::join!(watching, join_all((0..WORKERS).map(|_| controller.work())));
}

impl ConfigController {
    fn new(clock: Arc<dyn Clock>, shared: Shared, provider: Provider, checker: Checker) -> Self {
        let client = checker.credentials.client();
        let recorder = |kind: usize| {
            let name =
                format!("providerconfig/{}.{}", kind_name(kind).to_lowercase(), provider.family.group());
            Recorder::new(client.clone(), clock.clone(), name)
        };
        Self {
            recorders: [recorder(0), recorder(1)],
            usages: shared.usages,
            held: shared.held,
            tracker: UsageTracker::new(client.clone(), provider.family),
            provider,
            index: Mutex::new(ConfigIndex::new(provider.family.crds.description_key)),
            queue: Arc::new(Queue::new(clock.clone())),
            backoffs: Mutex::new(Backoffs::new(clock.clone())),
            client,
            clock,
            checker,
        }
    }

    /// Watches a kind for ever: while its CRD is missing, lists fail and are tried again ever more slowly.
    fn watch(
        &self,
        kind: usize,
    ) -> impl Stream<Item = (usize, watcher::Event<DynamicObject>)> + Send + use<> {
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &self.resource(kind_name(kind)));
        let events = watcher(api, watcher::Config::default());
        patiently(events, self.clock.clone(), kind_name(kind)).map(move |event| (kind, event))
    }

    fn see(&self, kind: usize, event: watcher::Event<DynamicObject>) {
        let work = self.index.lock().see(kind, event, &self.usages);
        for work in work {
            match work {
                WorkItem::Config(ref key)
                    if self.index.lock().configs.get(key).is_some_and(Config::guarded) =>
                {
                    self.queue.add_after(work, COUNT_AFTER);
                }
                WorkItem::Config(_) => self.queue.add(work),
                WorkItem::Check(ref key) => {
                    let version = self.index.lock().configs.get(key).and_then(Config::spec_version);
                    self.checker.inputs.is_now(&Input::Config(key.clone()), version);
                    self.queue.add(work);
                }
                WorkItem::Reap(..) => self.queue.add_after(work, REAP_AFTER),
            }
        }
    }

    /// Has told, for ever, how many wait.
    async fn see_held(&self) {
        loop {
            for key in self.held.changed().await {
                self.queue.add_after(WorkItem::Config(key), COUNT_AFTER);
            }
        }
    }

    async fn work(&self) {
        while let Some(work) = self.queue.next().await {
            let done = timeout(PATIENCE, async {
                match &work {
                    WorkItem::Config(key) => self.look_after(key).await,
                    WorkItem::Check(key) => self.check(key).await,
                    WorkItem::Reap(namespace, uid) => self.reap(namespace, uid).await,
                }
            });
            let done = done.await.unwrap_or(Err(Error::Timeout { action: "look after ProviderConfigs" }));
            let mut backoffs = self.backoffs.lock();
            match done {
                Ok(()) => backoffs.reset(&work),
                Err(error) => {
                    if !error.is_conflict() {
                        tracing::debug!(%error, ?work, "ProviderConfig");
                    }
                    self.queue.add_after(work.clone(), backoffs.next(&work));
                }
            }
            drop(backoffs);
            self.queue.done(&work);
        }
    }

    /// Only looks; what is to be written is written by the one who writes everything else.
    async fn check(&self, key: &ConfigKey) -> Result<(), Error> {
        let Some(config) = self.index.lock().configs.get(key).filter(|config| !config.deleting).cloned()
        else {
            self.checker.forget(key);
            return Ok(());
        };
        let work = WorkItem::Check(key.clone());
        let waker = || self.queue.waker(&work);
        let again = self.checker.check(key, &config, self.clock.as_ref(), waker).await;
        self.queue.add(WorkItem::Config(key.clone()));
        self.queue.add_after(work, again);
        Ok(())
    }

    async fn look_after(&self, key: &ConfigKey) -> Result<(), Error> {
        let Some(config) = self.index.lock().configs.get(key).cloned() else { return Ok(()) };
        let now = rfc3339(self.clock.now());
        let mut users = self.usages.users(key);
        if config.deleting && users == 0 && config.finalized() {
            users = match self.count(key).await {
                Ok(users) => users,
                Err(error) => {
                    self.warn(key, &config, error.to_string()).await;
                    return Err(error);
                }
            };
        }
        let (login, description_key) = (self.checker.last(key), self.family().crds.description_key);
        let counts = Counts { users, held: self.held.count(key) };
        let writes = writes(&config, counts, login.as_ref(), description_key, &now);
        let (api, params) = (self.api(key), patching());
        if let Some(finalizers) = writes.finalizers {
            let metadata = json!({"finalizers": finalizers, "resourceVersion": config.resource_version});
            let patch = Patch::Merge(json!({"metadata": metadata}));
            let write = api.patch_metadata(&key.name, &params, &patch);
            gone_is_fine(call("patch the finalizers of the ProviderConfig", write).await.map(drop))?;
        }
        if let Some(status) = writes.status {
            let patch = Patch::Merge(json!({"status": status}));
            let write = api.patch_status(&key.name, &params, &patch);
            gone_is_fine(call("patch the status of the ProviderConfig", write).await.map(drop))?;
        }
        if writes.blocked {
            self.warn(key, &config, BLOCKED.to_owned()).await;
        }
        Ok(())
    }

    /// Counts the users of a ProviderConfig by asking the API server.
    async fn count(&self, key: &ConfigKey) -> Result<i64, Error> {
        let api: Api<DynamicObject> = if key.namespace.is_empty() {
            Api::all_with(self.client.clone(), &self.resource(usage::KIND))
        } else {
            self.tracker.api(&key.namespace)
        };
        let reference = ProviderConfigReference { kind: key.kind.clone(), name: key.name.clone() };
        let labels: Vec<_> =
            usage::labels(&reference).iter().map(|(label, value)| format!("{label}={value}")).collect();
        let params = ListParams::default().labels(&labels.join(","));
        let list = call("list the ProviderConfigUsages", api.list(&params)).await?;
        let counts = |usage: &Usage| usage.controlled && usage.config() == *key;
        Ok(list.items.iter().filter_map(Usage::read).filter(counts).map(|_| 1).sum())
    }

    async fn reap(&self, namespace: &str, uid: &str) -> Result<(), Error> {
        let Some(usage) = self.usages.get(namespace, uid).filter(|usage| usage.held) else { return Ok(()) };
        let (version, kind, name) = &usage.resource;
        let (Some(plural), Some((group, short))) =
            (self.provider.plural(version, kind), version.split_once('/'))
        else {
            tracing::debug!(namespace, uid, version, kind, "usage of an unknown kind");
            return Ok(());
        };
        let resource = ApiResource {
            group: group.to_owned(),
            version: short.to_owned(),
            api_version: version.clone(),
            kind: kind.clone(),
            plural: plural.to_owned(),
        };
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), namespace, &resource);
        let found =
            call("get the managed resource of a ProviderConfigUsage", api.get_metadata_opt(name)).await?;
        if found.is_some_and(|found| found.metadata.uid.as_deref() == Some(uid)) {
            self.queue.add_after(WorkItem::Reap(namespace.to_owned(), uid.to_owned()), REAP_AGAIN);
            return Ok(());
        }
        self.tracker.release(namespace, uid).await
    }

    async fn warn(&self, key: &ConfigKey, config: &Config, message: String) {
        let target = EventTarget {
            api_version: self.family().api_version(),
            kind: key.kind.clone(),
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            uid: config.uid.clone(),
            resource_version: config.resource_version.clone(),
        };
        let [namespaced, cluster] = &self.recorders;
        let recorder = if key.namespace.is_empty() { cluster } else { namespaced };
        recorder.record(&target, Event::warning("UsageAccounting", message)).await;
    }

    fn family(&self) -> &'static ConfigFamily {
        self.provider.family
    }

    fn resource(&self, kind: &str) -> ApiResource {
        config_resource(self.family(), kind)
    }

    fn api(&self, key: &ConfigKey) -> Api<DynamicObject> {
        if key.namespace.is_empty() {
            Api::all_with(self.client.clone(), &self.resource(&key.kind))
        } else {
            Api::namespaced_with(self.client.clone(), &key.namespace, &self.resource(&key.kind))
        }
    }
}

fn gone_is_fine(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(error) if error.is_not_found() => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests;
