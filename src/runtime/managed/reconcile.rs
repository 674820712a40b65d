//! The loop: snapshot → plan → one effect → snapshot, until the plan says how the pass ends.

use super::{
    effects::secret_inputs,
    tracked::{Tracked, TrackedResources},
    uploads::Uploads,
};
use crate::{
    api::managed::{Managed, Spec, merged},
    kind::{
        self, MarkerPlace,
        any::AnyKind,
        cloud::{Backend, Cloud},
        failure::Failure,
        rest::listing::Look,
    },
    runtime::{
        apiserver::{error::Error, objects::Cluster, owner::Owner, recorder::Recorder},
        base::{
            clock::Clock,
            keys::{ObjectKey, controller},
            queue::Queue,
        },
        index::{
            Index,
            references::{Permission, Settled},
        },
        plan::{
            Effect,
            pass_result::Requeue,
            plan,
            state::{Done, ExternalObservation, Memory, PassState, References, Secrets, WriteError},
        },
        provider_config::{credentials::CredentialReader, usages::Usages},
        secrets::keyring::Keyring,
        telemetry::metrics::Metrics,
    },
};
use kube::Client;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::{collections::HashMap, sync::Arc};

/// More effects than any pass has: reaching it means that two effects undo each other.
const LIMIT: usize = 40;

/// All that a reconcile needs.
pub struct Reconciler {
    /// The API server.
    pub cluster: Cluster,
    /// What ProviderConfigs and their Secrets say.
    pub credentials: CredentialReader,
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
    /// What is remembered of each resource.
    pub tracked: TrackedResources,
}

/// What a reconciler is made from; it knows nothing else when it begins.
pub struct Parts {
    /// Over which the API server is reached.
    pub client: Client,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// The registry.
    pub kinds: &'static [Box<dyn AnyKind>],
    /// The clouds.
    pub backend: Arc<dyn Backend>,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// Recorded usages of ProviderConfigs, which the controller of ProviderConfigs fills.
    pub usages: Usages,
    /// Which installation this is.
    pub installation: String,
    /// Digests of secrets.
    pub keyring: Keyring,
    /// Namespaces that references may point to, beside their own.
    pub may_refer_to: Box<Permission>,
}

/// One pass over one resource.
pub(crate) struct Pass<'a> {
    pub(crate) key: &'a ObjectKey,
    pub(crate) kind: &'static dyn AnyKind,
    pub(crate) object: Managed,
    pub(crate) references: Option<References>,
    /// The spec, references inside lists resolved.
    pub(crate) wanted: Settled,
    pub(crate) connection: Option<Result<(), Failure>>,
    pub(crate) cloud: Option<Arc<dyn Cloud>>,
    pub(crate) known: Secrets,
    pub(crate) secrets: kind::Secrets,
    pub(crate) found: Option<Result<ExternalObservation, Failure>>,
    pub(crate) done: Done,
    pub(crate) memory: Memory,
    /// The last answer that showed the whole object.
    pub(crate) looked: Option<Look>,
}

impl<'a> Pass<'a> {
    fn new(key: &'a ObjectKey, kind: &'static dyn AnyKind, object: Managed, memory: Memory) -> Self {
        let (references, connection, cloud, found, done) = (None, None, None, None, Done::default());
        let Spec { for_provider, init_provider, .. } = object.spec.clone();
        let (known, secrets) = (secret_inputs::at_first(kind, &object), kind::Secrets::new());
        let wanted = Settled { for_provider, init_provider };
        let looked = None;
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
            looked,
        }
    }

    fn state(&self, now: i64) -> PassState<'_> {
        PassState {
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
    pub(crate) fn parameters(&self) -> Map<String, Value> {
        let exists = matches!(self.found, Some(Ok(ExternalObservation::Here(_))));
        self.parameters_of(!exists || self.object.create_incomplete())
    }

    /// `initProvider` counts until the creation is complete.
    pub(crate) fn parameters_of(&self, creating: bool) -> Map<String, Value> {
        match creating {
            true => merged(&self.wanted.init_provider, &self.wanted.for_provider),
            false => self.wanted.for_provider.clone(),
        }
    }

    /// A write to the API server failed; a conflict with somebody else's is nothing to talk about.
    pub(crate) fn write_failed(&mut self, event: &'static str, error: &Error) {
        let conflict = error.is_conflict() || error.is_not_found();
        self.done.write_error = Some(WriteError { event, message: error.to_string(), conflict });
    }

    /// Something does not work before anything was written.
    pub(crate) fn refuse(&mut self, event: &'static str, failure: &Failure) {
        self.done.write_error = Some(WriteError { event, message: failure.to_string(), conflict: false });
    }

    /// This resource as an owner of others.
    pub(crate) fn owner(&self) -> Owner {
        let Managed { api_version, kind, metadata, .. } = &self.object;
        let (name, uid) = (metadata.name.clone(), metadata.uid.clone());
        Owner { api_version: api_version.clone(), kind: kind.clone(), name, uid }
    }
}

impl Reconciler {
    /// The one way to make one.
    pub fn new(parts: Parts) -> Self {
        let Parts { client, clock, kinds, backend, metrics, usages, installation, keyring, may_refer_to } =
            parts;
        let recorder =
            |kind: &dyn AnyKind| Recorder::new(client.clone(), clock.clone(), controller(kind.info()));
        Self {
            recorders: kinds.iter().map(|kind| (kind.id(), recorder(kind.as_ref()))).collect(),
            cluster: Cluster::new(client.clone()),
            credentials: CredentialReader::new(client),
            backend,
            kinds,
            index: Arc::new(Mutex::new(Index::new(installation))),
            queue: Arc::new(Queue::new(clock.clone())),
            clock,
            usages,
            uploads: Uploads::default(),
            metrics,
            may_refer_to,
            keyring,
            tracked: TrackedResources::default(),
        }
    }

    /// One pass over one resource; says when to look again.
    pub async fn reconcile(&self, key: &ObjectKey) -> Requeue {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind).map(AsRef::as_ref);
        let Some(kind) = kind else { return Requeue::Stop };
        let Some((object, memory)) = self.begin(key) else { return Requeue::Stop };
        let mut pass = Pass::new(key, kind, object, memory);
        let then = self.run(&mut pass).await;
        self.keep_watch(&pass, then);
        self.tracked(&pass, |record| record.memory = pass.memory.clone());
        then
    }

    /// The resource, and what earlier passes saw of it. None if it is gone.
    fn begin(&self, key: &ObjectKey) -> Option<(Managed, Memory)> {
        let now = self.clock.now();
        // Locked until the record is there: the watch takes a resource out of the index before it removes the record.
        let index = self.index.lock();
        let object = index.get(key)?;
        let (memory, measured) = self.tracked.begin(key, &object.metadata.uid, |record| {
            (record.memory.clone(), record.timing.begun(&object, now))
        });
        drop(index);
        measured.into_iter().for_each(|measured| self.metrics.resources.measured(&object, measured));
        Some((object, memory))
    }

    /// Reads or changes what is remembered of the resource. None if it is gone meanwhile.
    pub(crate) fn tracked<T>(&self, pass: &Pass<'_>, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        self.tracked.with(pass.key, &pass.object.metadata.uid, change)
    }

    async fn run(&self, pass: &mut Pass<'_>) -> Requeue {
        for _ in 0..LIMIT {
            let effect = plan(&pass.state(self.clock.now().as_second()));
            tracing::debug!(object = %pass.key, ?effect, "next");
            match effect {
                Effect::Finish(verdict) => return self.finish(pass, verdict).await,
                effect => self.perform(pass, effect).await,
            }
        }
        tracing::error!(object = %pass.key, "the pass does not end; this is a bug of the provider");
        Requeue::Backoff
    }

    /// Name of the controller of a resource.
    pub(crate) fn controller(&self, key: &ObjectKey) -> String {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind);
        kind.map_or_else(String::new, |kind| crate::runtime::base::keys::controller(kind.info()))
    }

    /// The registry's own text of a kind's id.
    pub(crate) fn kind_id(&self, id: &str) -> Option<&'static str> {
        self.kinds.iter().map(|kind| kind.id()).find(|known| *known == id)
    }
}
