//! The loop: state → plan → one effect → its outcome, until the plan says how the pass ends.

use super::{
    calm::Turns,
    consequences::Consequences,
    effects::{
        Announcer, Assessor, Connector, Observer, Publisher, ReferenceResolver, Releaser, SecretDigests,
        SecretInputs, SecretUsers, Stepper, Writer,
    },
    finish::Finisher,
    flows::Flows,
    look::Looker,
    pass::Pass,
    perform::Effects,
    tracked::TrackedResources,
};
#[cfg(test)]
use crate::runtime::plan::{effect::Effect, outcome::Outcome, state::PassState};
use crate::{
    api::managed::Managed,
    kind::{any::AnyKind, cloud::Backend, provider::Provider, request_id::RequestIds},
    runtime::{
        apiserver::{
            inputs::{Inputs, Reader},
            objects::Cluster,
        },
        base::{
            clock::Clock,
            keys::{self, ObjectKey},
            queue::Queue,
        },
        index::{Index, references::Permission},
        plan::{effect::Planned, next::plan, pass_result::Requeue, proof::Span, search_is_owed},
        provider_config::{
            credentials::CredentialReader, held::HeldResources, usage::UsageTracker, usages::Usages,
        },
        secrets::keyring::Keyring,
        telemetry::metrics::Metrics,
    },
};
use kube::Client;
use parking_lot::Mutex;
use std::sync::Arc;
use tracing::Instrument as _;

/// More effects than any pass has: reaching it means that two effects undo each other.
const LIMIT: usize = 40;

/// Reconciles managed resources of all kinds.
pub struct Reconciler {
    /// The registry.
    pub kinds: &'static [Box<dyn AnyKind>],
    /// Over which the API server is reached.
    pub client: Client,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What the watches have seen.
    pub index: Arc<Mutex<Index>>,
    /// What is to be reconciled, and when.
    pub queue: Arc<Queue<ObjectKey>>,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// What is remembered of each resource.
    pub tracked: Arc<TrackedResources>,
    pub(crate) inputs: Inputs,
    pub(super) held: HeldResources,
    pub(super) consequences: Arc<Consequences>,
    looker: Arc<Looker>,
    effects: Effects,
    finisher: Finisher,
}

/// What a reconciler is made from; it knows nothing else when it begins.
pub struct Parts {
    /// Over which the API server is reached.
    pub client: Client,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Its kinds, and its ProviderConfigs.
    pub provider: Provider,
    /// The clouds.
    pub backend: Arc<dyn Backend>,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// What passes read beside their resources.
    pub inputs: Inputs,
    /// Recorded usages of ProviderConfigs, which the controller of ProviderConfigs fills.
    pub usages: Usages,
    /// What waits for the end of a hold, which the controller of ProviderConfigs tells.
    pub held: HeldResources,
    /// Which installation this is.
    pub installation: String,
    /// Digests of secrets.
    pub keyring: Keyring,
    /// Namespaces that references may point to, beside their own.
    pub may_refer_to: Box<Permission>,
}

impl Reconciler {
    /// The one way to make one.
    pub fn new(parts: Parts) -> Self {
        let Parts { client, clock, provider, metrics, .. } = &parts;
        let (client, clock, kinds, metrics) =
            (client.clone(), clock.clone(), provider.kinds, metrics.clone());
        let index = Arc::new(Mutex::new(Index::new(parts.installation.clone(), kinds)));
        let queue = Arc::new(Queue::new(clock.clone()));
        let tracked = Arc::<TrackedResources>::default();
        let looker =
            Arc::new(Looker { clock: clock.clone(), queue: queue.clone(), tracked: tracked.clone() });
        let consequences =
            Arc::new(Consequences { clock: clock.clone(), queue: queue.clone(), tracked: tracked.clone() });
        let writer = Arc::new(Writer {
            cluster: Cluster::new(client.clone()),
            clock: clock.clone(),
            index: index.clone(),
            consequences: consequences.clone(),
        });
        let announcer = Arc::new(Announcer::new(kinds, &client, &clock));
        let (inputs, held) = (parts.inputs.clone(), parts.held.clone());
        let effects = effects(parts, &index, &writer, &announcer, &looker, &tracked);
        let finisher = Finisher {
            clock: clock.clone(),
            metrics: metrics.clone(),
            tracked: tracked.clone(),
            queue: queue.clone(),
            writer,
            announcer,
            held: held.clone(),
            turns: Turns::default(),
        };
        Self {
            kinds,
            client,
            clock,
            index,
            queue,
            metrics,
            tracked,
            inputs,
            held,
            consequences,
            looker,
            effects,
            finisher,
        }
    }

    /// One pass over one resource; returns when to look again.
    pub async fn reconcile(&self, key: &ObjectKey) -> Requeue {
        // Every line of the log that is written within names the object.
        let span = tracing::info_span!("pass", object = %key);
        RequestIds::new().cover(self.pass(key)).instrument(span).await
    }

    async fn pass(&self, key: &ObjectKey) -> Requeue {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind).map(AsRef::as_ref);
        let Some(kind) = kind else { return Requeue::Stop };
        let Some(mut pass) = self.begin(key, kind) else { return Requeue::Stop };
        self.inputs.reads(&Reader::Resource(key.clone()));
        let then = self.run(&mut pass).await;
        self.looker.keep_watch(&pass, then);
        self.remember(&pass, then);
        then
    }

    /// For the next pass, unless the resource is gone meanwhile.
    fn remember(&self, pass: &Pass<'_>, then: Requeue) {
        let done = &pass.state.done;
        self.tracked.with(pass.key, pass.uid(), |record| {
            let done = done.created || done.updated.is_some();
            record.settled = then == Requeue::Poll && !done && !search_is_owed(&pass.state);
            record.memory.clone_from(&pass.state.memory);
            let reader = Reader::Resource(pass.key.clone());
            self.inputs.follow(&reader, pass.notes.all(), || self.queue.waker(pass.key));
        });
    }

    /// None if the resource is gone.
    fn begin<'a>(&self, key: &'a ObjectKey, kind: &'static dyn AnyKind) -> Option<Pass<'a>> {
        let now = self.clock.now();
        // Locked until the record is there: the watch takes a resource out of the index before it removes the record.
        let index = self.index.lock();
        let (object, owner) = (index.get(key)?, index.owner(key));
        let (memory, measured) = self.tracked.begin(key, &object.metadata.uid, |record| {
            (record.memory.clone(), record.timing.begun(&object, now))
        });
        drop(index);
        if let Some(measured) = measured {
            self.metrics.resources.measured(&object, measured);
        }
        Some(Pass::new(key, kind, object, owner, memory))
    }

    /// Would a pass find what the last one found? It did all that it could, and watches and lists tell of every change of
    /// what it read: then a poll costs nothing.
    pub(crate) fn rests(&self, key: &ObjectKey) -> bool {
        let index = self.index.lock();
        let well = |object: &Managed| object.holds("Synced") && object.holds("UpToDate");
        let Some(object) = index.get(key).filter(well) else { return false };
        // Nobody tells of a claim that counts from now on.
        if object.external_name().is_none_or(|name| index.ownership.rival(key, name).is_some()) {
            return false;
        }
        drop(index);
        let (now, time) = (self.clock.monotonic(), self.clock.now());
        let rests = self.tracked.with(key, &object.metadata.uid, |record| {
            let rests = record.settled && record.freshness.rests(&object, now);
            if rests {
                record.timing.unchanged(time);
            }
            rests
        });
        rests == Some(true) && self.inputs.are_current(&Reader::Resource(key.clone()))
    }

    async fn run(&self, pass: &mut Pass<'_>) -> Requeue {
        for _ in 0..LIMIT {
            let began = self.clock.monotonic();
            let planned = plan(&pass.state, self.clock.now().as_second(), began);
            tracing::debug!(object = %pass.key, ?planned, "next");
            match planned {
                Planned::Perform(effect) => {
                    let outcome = self.effects.perform(pass, &effect).await;
                    let span = Span { began, ended: self.clock.monotonic() };
                    pass.state.apply(&effect, outcome, span);
                }
                Planned::Finish(result) => return self.finisher.finish(pass, result).await,
            }
        }
        tracing::error!(object = %pass.key, "the pass does not end; this is a bug of the provider");
        Requeue::Backoff
    }

    /// Performs one effect on a state that no plan may lead to.
    #[cfg(test)]
    pub(crate) async fn perform(
        &self,
        key: &ObjectKey,
        change: impl FnOnce(&mut PassState),
        effect: &Effect,
    ) -> Outcome {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind).unwrap().as_ref();
        let mut pass = self.begin(key, kind).unwrap();
        change(&mut pass.state);
        self.effects.perform(&pass, effect).await
    }

    /// Name of the controller of a resource.
    pub(crate) fn controller(&self, key: &ObjectKey) -> String {
        let kind = self.kinds.iter().find(|kind| kind.id() == key.kind);
        kind.map_or_else(String::new, |kind| keys::controller(kind.info()))
    }
}

/// Each effect with just what it needs.
fn effects(
    parts: Parts,
    index: &Arc<Mutex<Index>>,
    writer: &Arc<Writer>,
    announcer: &Arc<Announcer>,
    looker: &Arc<Looker>,
    tracked: &Arc<TrackedResources>,
) -> Effects {
    let Parts { client, clock, provider, backend, metrics, inputs, usages, keyring, may_refer_to, .. } =
        parts;
    let tracker = UsageTracker::new(client.clone(), provider.family);
    let digests = Arc::new(SecretDigests { keyring });
    Effects {
        writer: writer.clone(),
        announcer: announcer.clone(),
        references: ReferenceResolver {
            cluster: Cluster::new(client.clone()),
            index: index.clone(),
            may_refer_to,
        },
        connector: Connector {
            credentials: CredentialReader::new(client.clone(), provider.family, inputs),
            usages,
            tracker: tracker.clone(),
            backend,
            index: index.clone(),
            tracked: tracked.clone(),
        },
        secret_inputs: SecretInputs { client: client.clone() },
        publisher: Publisher { client: client.clone() },
        users: SecretUsers { cluster: Cluster::new(client.clone()), index: index.clone() },
        assessor: Arc::new(Assessor { index: index.clone(), digests: digests.clone() }),
        digests,
        observer: Observer { looker: looker.clone() },
        stepper: Stepper {
            clock: clock.clone(),
            queue: looker.queue.clone(),
            index: index.clone(),
            flows: Flows::default(),
            tracked: tracked.clone(),
            looker: looker.clone(),
        },
        releaser: Releaser { tracker, tracked: tracked.clone(), metrics, clock },
    }
}
