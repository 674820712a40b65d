//! Writes to the API server: each is one patch, and what it returns is the new object of the pass.

use crate::{
    api::{
        managed::{Managed, merged},
        meta,
    },
    runtime::{
        apiserver::{error::Error, objects::Cluster},
        base::clock::{Clock, rfc3339},
        index::Index,
        managed::{consequences::Consequences, pass::Pass},
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
    pub(crate) consequences: Arc<Consequences>,
}

impl Writer {
    /// Resolved references.
    pub(crate) async fn references(&self, pass: &Pass<'_>, spec: Map<String, Value>) -> Outcome {
        let applied = self.cluster.apply_references(pass.kind.info(), pass.object(), spec.clone()).await;
        self.kept(pass, applied, "CannotResolveResourceReferences", |object| refer(object, &spec))
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

    /// These annotations, unless somebody changed the object since it was read.
    pub(crate) async fn annotate_unchanged(&self, pass: &Pass<'_>, annotations: Value) -> Outcome {
        let version = &pass.object().metadata.resource_version;
        self.metadata(pass, json!({"resourceVersion": version, "annotations": annotations})).await
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
        self.kept(pass, patched, CANNOT_UPDATE, |_| {})
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
        let patched = self.cluster.patch_metadata(pass.kind.info(), pass.object(), change.clone()).await;
        self.kept(pass, patched, CANNOT_UPDATE, |object| mark(object, &change))
    }

    /// The object as the API server has it now: the index learns it at once, so that the watch's echo is old news.
    fn kept(
        &self,
        pass: &Pass<'_>,
        written: Result<Managed, Error>,
        event: &'static str,
        ours: impl FnOnce(&mut Managed),
    ) -> Outcome {
        let object = match written {
            Ok(object) => object,
            Err(error) => return not_written(event, &error),
        };
        let consequence = self.index.lock().learn(pass.key, &object, ours);
        match consequence {
            Ok(consequence) => self.consequences.heed(pass.key, pass.uid(), consequence),
            Err(error) => tracing::error!(key = %pass.key, %error, "cannot index"),
        }
        Outcome::Written(Box::new(object))
    }
}

/// What a patch of the metadata makes of an object.
fn mark(object: &mut Managed, change: &Value) {
    let metadata = &mut object.metadata;
    for (key, value) in change.get("annotations").and_then(Value::as_object).into_iter().flatten() {
        match value.as_str() {
            Some(text) => metadata.annotations.insert(key.clone(), text.to_owned()),
            None => metadata.annotations.remove(key),
        };
    }
    if let Some(Value::Array(finalizers)) = change.get("finalizers") {
        metadata.finalizers = finalizers.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
}

/// What resolved references make of an object.
fn refer(object: &mut Managed, spec: &Map<String, Value>) {
    let spec_of = &mut object.spec;
    let places = [("forProvider", &mut spec_of.for_provider), ("initProvider", &mut spec_of.init_provider)];
    for (place, fields) in places {
        if let Some(Value::Object(values)) = spec.get(place) {
            *fields = merged(fields, values);
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
