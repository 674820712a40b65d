//! Effects on the API server: each is one write, and what it returns is the new object of the pass.

use crate::{
    api::{
        managed::{Managed, ProviderConfigReference},
        meta,
    },
    kind::{
        cloud::Cloud,
        failure::{Class, Failure},
    },
    runtime::{
        apiserver::error::Error,
        base::{
            clock::rfc3339,
            keys::{ConfigKey, ObjectKey},
        },
        index::references::{Resolved, Targets, resolve},
        managed::reconcile::{Pass, Reconciler},
        plan::{
            Effect,
            state::{ExternalObservation, References},
        },
        provider_config::usage,
        secrets::connection::{self, Origin},
        telemetry::timing,
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

impl Reconciler {
    pub(crate) async fn perform(&self, pass: &mut Pass<'_>, effect: Effect) {
        match effect {
            Effect::Resolve => self.resolve(pass),
            Effect::PersistReferences(spec) => {
                let applied = self.cluster.apply_references(pass.kind.info(), &pass.object, spec).await;
                pass.references = None;
                self.keep(pass, applied, "CannotResolveResourceReferences");
            }
            Effect::Connect => self.connect(pass).await,
            Effect::ReadSecrets => self.read_secrets(pass).await,
            Effect::Observe => self.observe(pass).await,
            Effect::PrepareSecrets => self.prepare_secrets(pass).await,
            Effect::Publish => self.publish(pass).await,
            Effect::Finalize => self.mark(pass, json!({})).await,
            Effect::BeginCreate => {
                let pending = json!({(meta::CREATE_PENDING): self.after_marks(&pass.object)});
                self.mark(pass, pending).await;
                pass.done.begun = pass.done.write_error.is_none();
            }
            Effect::Pursue(goal) => self.pursue(pass, goal).await,
            Effect::RecordName(name) => self.annotate(pass, json!({(meta::EXTERNAL_NAME): name})).await,
            Effect::RecordCreated(name) => {
                let succeeded = self.after_marks(&pass.object);
                let mut annotations =
                    json!({(meta::EXTERNAL_NAME): name, (meta::CREATE_SUCCEEDED): succeeded});
                if let (Some(digests), Value::Object(annotations)) = (self.digests(pass), &mut annotations) {
                    annotations.insert(meta::SECRET_DIGESTS.to_owned(), Value::String(digests));
                }
                self.annotate(pass, annotations).await;
                pass.done.applied.clear();
                if matches!(pass.found, Some(Ok(ExternalObservation::Named(_)))) {
                    pass.found = None;
                }
            }
            Effect::RecordSecrets => {
                self.annotate(pass, json!({(meta::SECRET_DIGESTS): self.digests(pass)})).await;
                pass.done.applied.clear();
            }
            Effect::RecordFailed => {
                let failed = self.after_marks(&pass.object);
                self.annotate(pass, json!({(meta::CREATE_FAILED): failed})).await;
                pass.memory.absences = 0;
            }
            Effect::Release => self.release(pass).await,
            Effect::Finish(_) => {}
        }
    }

    /// Now, but later than every mark: they have a resolution of one second, and equal ones would be ambiguous.
    fn after_marks(&self, object: &Managed) -> String {
        let now = self.clock.now();
        let marks = [meta::CREATE_PENDING, meta::CREATE_FAILED, meta::CREATE_SUCCEEDED];
        let newest =
            marks.iter().filter_map(|mark| object.annotation(mark)?.parse::<jiff::Timestamp>().ok()).max();
        let next = newest.and_then(|at| at.checked_add(jiff::SignedDuration::from_secs(1)).ok());
        rfc3339(next.map_or(now, |next| next.max(now)))
    }

    fn resolve(&self, pass: &mut Pass<'_>) {
        let shapes = match pass.kind.shapes() {
            Ok(shapes) => shapes,
            Err(error) => return pass.refuse("CannotResolveResourceReferences", &error.into()),
        };
        let mut index = self.index.lock();
        let targets = Known { kinds: self, index: &index };
        let resolved = resolve(&shapes.params, &pass.object, &targets, &self.may_refer_to);
        pass.references = Some(match resolved {
            Resolved::Settled(wanted) => {
                pass.wanted = *wanted;
                References::Settled
            }
            Resolved::Changed(spec) => References::Changed(spec),
            Resolved::Blocked { message, awaited } => {
                if let Some(awaited) = awaited {
                    index.wait(pass.key, awaited);
                }
                References::Blocked(message)
            }
        });
    }

    /// Tracks the usage first, so that the ProviderConfig can't go away under a connection (PC-3, PC-4).
    async fn connect(&self, pass: &mut Pass<'_>) {
        let connected = self.try_connect(pass).await;
        pass.connection = Some(connected.map(|cloud| pass.cloud = Some(cloud)));
    }

    async fn try_connect(&self, pass: &mut Pass<'_>) -> Result<Arc<dyn Cloud>, Failure> {
        let reference = pass.object.spec.provider_config_ref.clone();
        let (namespace, owner) = (pass.object.metadata.namespace.clone(), pass.owner());
        let known = pass.memory.tracked.clone().or_else(|| self.usages.uses(&namespace, &owner.uid));
        if known.as_ref() != Some(&reference) {
            let (client, deleting) = (self.cluster.client(), pass.object.deleting());
            usage::track(&client, &owner, &namespace, &reference, deleting)
                .await
                .map_err(|e| Failure::from(&e))?;
            pass.memory.tracked = Some(reference.clone());
        }
        let credentials = self.credentials.of(&reference, &namespace).await.map_err(|e| Failure::from(&e))?;
        let refused = |failure: Failure| match failure.class {
            Class::Unauthenticated => {
                let ProviderConfigReference { kind, name } = &reference;
                let message = format!("correct the Secret of {kind} {name:?}: {}", failure.message);
                Failure { message, ..failure }
            }
            Class::Terminal
            | Class::Transient
            | Class::Unanswered
            | Class::RateLimited(_)
            | Class::Conflict
            | Class::NotFound => failure,
        };
        let cloud = self.backend.connect(&credentials).await.map_err(refused)?;
        self.index.lock().ownership.connected(ConfigKey::of(&reference, &namespace), cloud.info());
        Ok(cloud)
    }

    /// SEC-1 to SEC-7: written where somebody asked for it, even if there is nothing to tell yet.
    async fn publish(&self, pass: &mut Pass<'_>) {
        pass.done.published = true;
        let Some(target) = pass.object.spec.write_connection_secret_to_ref.clone() else { return };
        let details = match self.details(pass) {
            Ok(details) => details,
            Err(failure) => return pass.refuse("CannotPublishConnectionDetails", &failure),
        };
        let namespace = pass.object.metadata.namespace.clone();
        let (client, owner) = (self.cluster.client(), pass.owner());
        let written =
            connection::publish(&client, &owner, &target.name, &namespace, &details, Origin::Observed).await;
        if let Err(error) = written {
            pass.write_failed("CannotPublishConnectionDetails", &error);
        }
    }

    /// The finalizer and these annotations, unless somebody changed the object since it was read.
    async fn mark(&self, pass: &mut Pass<'_>, annotations: Value) {
        let metadata = &pass.object.metadata;
        let mut finalizers = metadata.finalizers.clone();
        if !pass.object.finalized() {
            finalizers.push(meta::FINALIZER.to_owned());
        }
        let change = json!({"resourceVersion": metadata.resource_version, "finalizers": finalizers, "annotations": annotations});
        let patched = self.cluster.patch_metadata(pass.kind.info(), &pass.object, change).await;
        self.keep(pass, patched, "CannotUpdateManagedResource");
    }

    async fn annotate(&self, pass: &mut Pass<'_>, annotations: Value) {
        let change = json!({"annotations": annotations});
        let patched = self.cluster.patch_metadata(pass.kind.info(), &pass.object, change).await;
        self.keep(pass, patched, "CannotUpdateManagedResource");
    }

    /// Our finalizer goes first, the usage last (PC-7).
    async fn release(&self, pass: &mut Pass<'_>) {
        let metadata = &pass.object.metadata;
        let left: Vec<_> = metadata.finalizers.iter().filter(|f| *f != meta::FINALIZER).collect();
        let change = json!({"resourceVersion": metadata.resource_version, "finalizers": left});
        let patched = self.cluster.patch_metadata(pass.kind.info(), &pass.object, change).await;
        self.keep(pass, patched, "CannotUpdateManagedResource");
        if pass.done.write_error.is_some() {
            return;
        }
        pass.done.released = true;
        self.tracked(pass, |record| record.upload = None);
        if let Some(measured) = timing::deletion(&pass.object, self.clock.now()) {
            self.metrics.resources.measured(&pass.object, measured);
        }
        let metadata = &pass.object.metadata;
        if let Err(error) = usage::release(&self.cluster.client(), &metadata.namespace, &metadata.uid).await {
            // The ProviderConfig controller releases it later.
            tracing::debug!(object = %pass.key, %error, "usage not released");
        }
    }

    /// The object as the API server has it now; the watch's echo of it will be old news.
    pub(crate) fn keep(&self, pass: &mut Pass<'_>, written: Result<Managed, Error>, event: &'static str) {
        match written {
            Ok(object) => {
                self.learn(pass.key, &object);
                pass.object = object;
            }
            Err(error) => pass.write_failed(event, &error),
        }
    }

    fn learn(&self, key: &ObjectKey, object: &Managed) {
        let consequence = self.index.lock().learn(key, object);
        match consequence {
            Ok(consequence) => consequence.woken.into_iter().for_each(|woken| self.queue.add(woken)),
            Err(error) => tracing::error!(%key, %error, "cannot index"),
        }
    }

    pub(crate) fn absent(pass: &Pass<'_>) -> bool {
        matches!(pass.found, Some(Ok(ExternalObservation::Absent)))
    }
}

/// The resolver's view of the index.
struct Known<'a> {
    kinds: &'a Reconciler,
    index: &'a crate::runtime::index::Index,
}

impl Targets for Known<'_> {
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed> {
        let kind = self.kinds.kind_id(kind)?;
        self.index.get(&ObjectKey { kind, namespace: namespace.to_owned(), name: name.to_owned() })
    }

    fn list(&self, kind: &str, namespace: &str) -> Vec<Managed> {
        self.index.list(kind, namespace)
    }
}
