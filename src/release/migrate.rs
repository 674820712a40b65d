//! Migrations that run before an update is applied: the migration Job of the new release with all that it mounts, under
//! other names, beside the old release that goes on serving.
//!
//! Upstream's upgrade starts new pods before the new migration has run, since they find the old, finished Job.

use super::{
    jobs,
    manifest::{Manifest, Object, images, rename_sources, sources},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A migration and what it needs, ready to be made.
#[derive(Clone, PartialEq)]
pub struct Migration {
    /// The Job that it is a copy of.
    pub of: String,
    /// Name of the copy.
    pub name: String,
    /// Copies of ConfigMaps and Secrets, to be made before the Job.
    pub sources: Vec<Value>,
    /// The Job.
    pub job: Value,
}

/// Label of everything that is made for a migration: the release that it is for.
pub const LABEL: &str = "kupenstack.io/migration";
/// The digits of a digest that tell one migration from another.
const DIGITS: usize = 8;
/// The longest name of a Job, whose pods carry it in a label.
const LONGEST: usize = 63;

/// The Jobs that run before `new` takes the place of `old`: those that make accounts which are named otherwise, and of the
/// migrations those whose images are others. An option that changes needs none.
pub fn due<'a>(
    old: &Manifest,
    new: &'a Manifest,
    migrations: &[String],
    renewed: &[String],
) -> Vec<&'a Object> {
    let accounts = renewed.iter().filter_map(|name| new.object("Job", name));
    let jobs = migrations.iter().filter_map(|name| new.object("Job", name));
    let jobs = jobs.filter(|job| {
        let before = old.object("Job", job.name()).and_then(Object::pod_template).map(images);
        before.is_some_and(|before| job.pod_template().map(images) != Some(before))
    });
    accounts.chain(jobs).collect()
}

/// Name of the copy of a migration Job. Its inputs tell one migration from another.
pub fn name(job: &Object, manifest: &Manifest) -> String {
    suffixed(job.name(), &suffix(&jobs::inputs(job, manifest)))
}

fn suffix(digest: &str) -> String {
    format!("-pre-{}", digest.get(..DIGITS).unwrap_or(digest))
}

/// A migration Job, cloned out of its manifest for a release in this namespace.
pub fn clone(job: &Object, manifest: &Manifest, release: &str, namespace: &str) -> Migration {
    let digest = jobs::inputs(job, manifest);
    let suffix = suffix(&digest);
    let name = suffixed(job.name(), &suffix);
    let metadata = |name: &str| metadata(name, release, namespace);
    let own: BTreeSet<(&'static str, String)> = job.pod_template().map(sources).unwrap_or_default();
    let copied: Vec<&Object> = own.iter().filter_map(|(kind, name)| manifest.object(kind, name)).collect();
    let is_copied =
        |kind: &str, name: &str| copied.iter().any(|object| object.kind() == kind && object.name() == name);
    let mut spec = job.value.get("spec").cloned().unwrap_or_default();
    if let Some(template) = spec.get_mut("template") {
        without_jobs(template);
        rename_sources(template, &|kind, name| is_copied(kind, name).then(|| suffixed(name, &suffix)));
    }
    let sources = copied.iter().map(|object| copy(object, metadata(&suffixed(object.name(), &suffix))));
    let value = json!({"apiVersion": job.api_version(), "kind": "Job", "spec": spec,
        "metadata": metadata(&name)});
    let object = Object { text: String::new(), source: job.source.clone(), value };
    Migration {
        of: job.name().to_owned(),
        sources: sources.collect(),
        job: jobs::stamped(&object, &digest),
        name,
    }
}

/// A name with something behind it, cut so that it stays a name.
pub(super) fn suffixed(name: &str, suffix: &str) -> String {
    let room = LONGEST.saturating_sub(suffix.len());
    let stem: String = name.chars().take(room).collect();
    format!("{}{suffix}", stem.trim_end_matches(['-', '.']))
}

/// A ConfigMap or Secret with other metadata.
fn copy(object: &Object, metadata: Value) -> Value {
    let mut value = object.value.clone();
    if let Value::Object(fields) = &mut value {
        fields.insert("metadata".to_owned(), metadata);
    }
    value
}

/// One label finds what was made for a migration. The chart's own are left out, since pods of the old release may wait for
/// all Jobs that have them; annotations are Helm's, and would make a hook of it.
fn metadata(name: &str, release: &str, namespace: &str) -> Value {
    json!({"name": name, "namespace": namespace, "labels": {LABEL: release}})
}

/// The Jobs that a migration waits for belong to the release that runs, and have run.
pub(super) fn without_jobs(template: &mut Value) {
    let Some(containers) = template.pointer_mut("/spec/initContainers").and_then(Value::as_array_mut) else {
        return;
    };
    for container in containers {
        if let Some(variables) = container.get_mut("env").and_then(Value::as_array_mut) {
            let jobs = |variable: &Value| {
                variable["name"] == "DEPENDENCY_JOBS" || variable["name"] == "DEPENDENCY_JOBS_JSON"
            };
            variables.retain(|variable| !jobs(variable));
        }
    }
}

#[cfg(test)]
mod tests;
