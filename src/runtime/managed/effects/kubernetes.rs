//! Writes to the API server: each is one patch, and what it returns is the new object of the pass.

use crate::{
    api::{managed::Managed, meta},
    runtime::{
        apiserver::{error::Error, objects::Cluster},
        base::{
            clock::{Clock, rfc3339},
            keys::ObjectKey,
            queue::Queue,
        },
        index::Index,
        managed::pass::Pass,
        plan::{outcome::Outcome, state::WriteError},
    },
};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const CANNOT_UPDATE: &str = "CannotUpdateManagedResource";

/// Writes managed resources.
pub(crate) struct Writer {
    pub(crate) cluster: Cluster,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
}

impl Writer {
    /// Resolved references.
    pub(crate) async fn references(&self, pass: &Pass<'_>, spec: Map<String, Value>) -> Outcome {
        let applied = self.cluster.apply_references(pass.kind.info(), pass.object(), spec).await;
        self.kept(pass, applied, "CannotResolveResourceReferences")
    }

    /// The finalizer and these annotations, unless somebody changed the object since it was read.
    pub(crate) async fn mark(&self, pass: &Pass<'_>, annotations: Value) -> Outcome {
        let metadata = &pass.object().metadata;
        let mut finalizers = metadata.finalizers.clone();
        if !pass.object().finalized() {
            finalizers.push(meta::FINALIZER.to_owned());
        }
        let change = json!({"resourceVersion": metadata.resource_version, "finalizers": finalizers, "annotations": annotations});
        self.metadata(pass, change).await
    }

    /// These annotations.
    pub(crate) async fn annotate(&self, pass: &Pass<'_>, annotations: Value) -> Outcome {
        self.metadata(pass, json!({"annotations": annotations})).await
    }

    /// Takes our finalizer away, unless somebody changed the object since it was read.
    pub(crate) async fn let_go(&self, pass: &Pass<'_>) -> Outcome {
        let metadata = &pass.object().metadata;
        let left: Vec<_> = metadata.finalizers.iter().filter(|f| *f != meta::FINALIZER).collect();
        self.metadata(pass, json!({"resourceVersion": metadata.resource_version, "finalizers": left})).await
    }

    /// What changes in the status.
    pub(crate) async fn status(&self, pass: &Pass<'_>, change: Map<String, Value>) -> Outcome {
        let patched = self.cluster.patch_status(pass.kind.info(), pass.object(), change).await;
        self.kept(pass, patched, CANNOT_UPDATE)
    }

    /// Now, but later than every mark: they have a resolution of one second, and equal ones would be ambiguous.
    pub(crate) fn after_marks(&self, object: &Managed) -> String {
        let now = self.clock.now();
        let marks = [meta::CREATE_PENDING, meta::CREATE_FAILED, meta::CREATE_SUCCEEDED];
        let newest =
            marks.iter().filter_map(|mark| object.annotation(mark)?.parse::<jiff::Timestamp>().ok()).max();
        let next = newest.and_then(|at| at.checked_add(jiff::SignedDuration::from_secs(1)).ok());
        rfc3339(next.map_or(now, |next| next.max(now)))
    }

    async fn metadata(&self, pass: &Pass<'_>, change: Value) -> Outcome {
        let patched = self.cluster.patch_metadata(pass.kind.info(), pass.object(), change).await;
        self.kept(pass, patched, CANNOT_UPDATE)
    }

    /// The object as the API server has it now: the index learns it at once, so that the watch's echo is old news.
    fn kept(&self, pass: &Pass<'_>, written: Result<Managed, Error>, event: &'static str) -> Outcome {
        match written {
            Ok(object) => {
                self.learn(pass.key, &object);
                Outcome::Written(Box::new(object))
            }
            Err(error) => not_written(event, &error),
        }
    }

    fn learn(&self, key: &ObjectKey, object: &Managed) {
        let consequence = self.index.lock().learn(key, object);
        match consequence {
            Ok(consequence) => consequence.woken.into_iter().for_each(|woken| self.queue.add(woken)),
            Err(error) => tracing::error!(%key, %error, "cannot index"),
        }
    }
}

/// A write failed; a conflict with somebody else's is nothing to talk about.
pub(super) fn not_written(event: &'static str, error: &Error) -> Outcome {
    let conflict = error.is_conflict() || error.is_not_found();
    Outcome::NotWritten(WriteError { event, message: error.to_string(), conflict })
}

/// Something does not work before anything was written.
pub(super) fn refused(event: &'static str, why: impl std::fmt::Display) -> Outcome {
    Outcome::NotWritten(WriteError { event, message: why.to_string(), conflict: false })
}
