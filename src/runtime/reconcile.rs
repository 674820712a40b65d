//! The loop: snapshot → plan → one effect → snapshot, until the plan says how the pass ends.

use super::{
    clock::Clock,
    cluster::Cluster,
    connection::Owner,
    error::Error,
    events::Recorder,
    index::{Index, ObjectKey},
    keyring::Keyring,
    lookout::Lookout,
    metrics::Metrics,
    plan::{Effect, plan},
    queue::Queue,
    resolve::{Permission, Settled},
    sealed,
    snapshot::{Done, Finding, Memory, References, Secrets, Snapshot, Stuck},
    uploads::Uploads,
    usages::Usages,
    verdict::Then,
};
use crate::{
    api::managed::{Managed, Spec, merged},
    kind::{
        self, MarkerPlace,
        any::AnyKind,
        cloud::{Backend, Cloud},
        failure::Failure,
        listing::Sight,
    },
};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// More effects than any pass has: reaching it means that two effects undo each other.
const LIMIT: usize = 40;

/// All that a reconcile needs.
pub struct Reconciler {
    /// The API server.
    pub cluster: Cluster,
    /// The clouds.
    pub backend: Arc<dyn Backend>,
    /// The registry.
    pub kinds: &'static [Box<dyn AnyKind>],
    /// What the watches have seen.
    pub index: Arc<Mutex<Index>>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What is to be reconciled, and when.
    pub queue: Arc<Queue<ObjectKey>>,
    /// Events, by kind.
    pub recorders: HashMap<&'static str, Recorder>,
    /// Recorded usages of ProviderConfigs.
    pub usages: Usages,
    /// What flows into clouds.
    pub uploads: Uploads,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// Namespaces that references may point to, beside their own.
    pub may_refer_to: Box<Permission>,
    /// Digests of secrets.
    pub keyring: Keyring,
    /// What earlier passes saw, by UID.
    pub memories: Mutex<HashMap<String, Memory>>,
    /// What the cloud said of each when, and who keeps an eye on it.
    pub lookout: Lookout,
}

/// One pass over one resource.
pub(super) struct Pass<'a> {
    pub(super) key: &'a ObjectKey,
    pub(super) kind: &'static dyn AnyKind,
    pub(super) object: Managed,
    pub(super) references: Option<References>,
    /// The spec, references inside lists resolved.
    pub(super) wanted: Settled,
    pub(super) connection: Option<Result<(), Failure>>,
    pub(super) cloud: Option<Arc<dyn Cloud>>,
    pub(super) known: Secrets,
    pub(super) secrets: kind::Secrets,
    pub(super) found: Option<Result<Finding, Failure>>,
    pub(super) done: Done,
    pub(super) memory: Memory,
    /// The last answer that showed the whole object.
    pub(super) sight: Option<Sight>,
}

impl<'a> Pass<'a> {
    fn new(key: &'a ObjectKey, kind: &'static dyn AnyKind, object: Managed, memory: Memory) -> Self {
        let (references, connection, cloud, found, done) = (None, None, None, None, Done::default());
        let Spec { for_provider, init_provider, .. } = object.spec.clone();
        let (known, secrets) = (sealed::at_first(kind, &object), kind::Secrets::new());
        let wanted = Settled { for_provider, init_provider };
        let sight = None;
        Self {
            key,
            kind,
            object,
            references,
            wanted,
            connection,
            cloud,
            known,
            secrets,
            found,
            done,
            memory,
            sight,
        }
    }

    fn snapshot(&self, now: i64) -> Snapshot<'_> {
        Snapshot {
            object: &self.object,
            now,
            findable: self.kind.info().marker != MarkerPlace::None,
            references: self.references.clone(),
            connection: self.connection.clone(),
            secrets: self.known.clone(),
            found: self.found.clone(),
            done: self.done.clone(),
            memory: self.memory.clone(),
        }
    }

    /// Parameters that the next request is made of.
    pub(super) fn parameters(&self) -> Map<String, Value> {
        let exists = matches!(self.found, Some(Ok(Finding::Here(_))));
        self.parameters_of(!exists || self.object.create_incomplete())
    }

    /// `initProvider` counts until the creation is complete.
    pub(super) fn parameters_of(&self, creating: bool) -> Map<String, Value> {
        match creating {
            true => merged(&self.wanted.init_provider, &self.wanted.for_provider),
            false => self.wanted.for_provider.clone(),
        }
    }

    /// A write to the API server failed; a conflict with somebody else's is nothing to talk about.
    pub(super) fn stuck(&mut self, event: &'static str, error: &Error) {
        let conflict = error.is_conflict() || error.is_not_found();
        self.done.stuck = Some(Stuck { event, message: error.to_string(), conflict });
    }

    /// Something does not work before anything was written.
    pub(super) fn refuse(&mut self, event: &'static str, failure: &Failure) {
        self.done.stuck = Some(Stuck { event, message: failure.to_string(), conflict: false });
    }

    /// This resource as an owner of others.
    pub(super) fn owner(&self) -> Owner {
        let Managed { api_version, kind, metadata, .. } = &self.object;
        let (name, uid) = (metadata.name.clone(), metadata.uid.clone());
        Owner { api_version: api_version.clone(), kind: kind.clone(), name, uid }
    }
}

/// A lock whose holder panicked holds consistent data all the same: every change of ours is one call.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reconciler {
    /// One pass over one resource; says when to look again.
    pub async fn reconcile(&self, key: &ObjectKey) -> Then {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind).map(AsRef::as_ref);
        let object = lock(&self.index).get(key);
        let (Some(kind), Some(object)) = (kind, object) else { return Then::Stop };
        self.metrics.begun(&object, self.clock.now());
        let uid = object.metadata.uid.clone();
        let memory = lock(&self.memories).get(&uid).cloned().unwrap_or_default();
        let mut pass = Pass::new(key, kind, object, memory);
        self.lookout.begin(key);
        let then = self.run(&mut pass).await;
        self.keep_watch(&pass, then);
        let mut memories = lock(&self.memories);
        if pass.done.released {
            memories.remove(&uid);
        } else {
            memories.insert(uid, pass.memory);
        }
        then
    }

    async fn run(&self, pass: &mut Pass<'_>) -> Then {
        for _ in 0..LIMIT {
            let effect = plan(&pass.snapshot(self.clock.now().as_second()));
            tracing::debug!(object = %pass.key, ?effect, "next");
            match effect {
                Effect::Finish(verdict) => return self.finish(pass, verdict).await,
                effect => self.perform(pass, effect).await,
            }
        }
        tracing::error!(object = %pass.key, "the pass does not end; this is a bug of the provider");
        Then::Backoff
    }

    /// Name of the controller of a resource.
    pub(super) fn controller(&self, key: &ObjectKey) -> String {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind);
        kind.map_or_else(String::new, |kind| super::controller(kind.info()))
    }

    /// The registry's own text of a kind's id.
    pub(super) fn kind_id(&self, id: &str) -> Option<&'static str> {
        self.kinds.iter().map(|kind| kind.id()).find(|known| *known == id)
    }
}

#[cfg(test)]
#[path = "reconcile_tests.rs"]
mod tests;
