//! Jobs of a release: what they are made from, whether they have to run again, and how they fare.
//!
//! A Job of OpenStack-Helm hardly ever becomes `Failed` (`backoffLimit: 1000`), so it is judged by its pods.

use super::{
    manifest::{self, Manifest, Object},
    state::JobState,
    trim::INPUTS,
    values,
    view::{Container, Job, Pod, Termination, View},
};
use serde_json::{Value, json};

/// So many ends with one exit code are no accident.
const FAILS: i64 = 3;
/// Why a container can't be made: no retry mends it before somebody does.
const UNMADE: [&str; 4] =
    ["ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "InvalidImageName"];

/// Digest of what a hook Job is made from: its own specification, and every ConfigMap and Secret of the manifest that it
/// mounts or takes variables from. A changed option reruns the Jobs that read it, and no other.
pub fn inputs(job: &Object, manifest: &Manifest) -> String {
    let spec = job.value.get("spec").unwrap_or(&Value::Null).to_string();
    let sources = job.pod_template().map(manifest::sources).unwrap_or_default();
    let content = sources.iter().filter_map(|(kind, name)| {
        let object = &manifest.object(kind, name)?.value;
        // Labels and annotations of a Secret change nothing for those that read it.
        let data =
            json!([kind, name, object.get("data"), object.get("stringData"), object.get("binaryData")]);
        Some(data.to_string())
    });
    let parts: Vec<String> = std::iter::once(spec).chain(content).collect();
    values::hex(parts.iter().map(String::as_str))
}

/// Digest of what a plain Job can't be changed in. What it reads is in its template's annotations, where that matters.
pub fn template(job: &Object) -> String {
    let spec = job.value.get("spec").unwrap_or(&Value::Null).to_string();
    values::hex([spec.as_str()])
}

/// A Job to be made: the object, with the digest that it is recognised by later.
pub fn stamped(job: &Object, digest: &str) -> Value {
    let mut value = job.value.clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
        if let Value::Object(annotations) = annotations {
            annotations.insert(INPUTS.to_owned(), json!(digest));
        }
    }
    value
}

/// What is wanted of a Job.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Its name.
    pub name: &'a str,
    /// Digest of its inputs.
    pub inputs: &'a str,
    /// Is the revision deployed that it belongs to? Then a Job without a digest, which Helm made, is taken as it is, and
    /// one that is gone has run, if its policy is to go.
    pub settled: bool,
    /// Does it go when it has run?
    pub goes: bool,
    /// Is it no failure that it waits for the first compute node?
    pub awaits_nodes: bool,
}

/// How far a Job is, and what it waits for or how it fails.
pub fn judge(wanted: &Wanted<'_>, view: &View) -> (JobState, Option<String>) {
    let Some(job) = view.job(wanted.name) else {
        let state = if wanted.settled && wanted.goes { JobState::Done } else { JobState::Due };
        return (state, None);
    };
    if job.deleting {
        return (JobState::Waiting, Some("the one before it is being deleted".to_owned()));
    }
    let same = job.inputs.as_deref().map_or(wanted.settled, |inputs| inputs == wanted.inputs);
    if same { progress(job, wanted.awaits_nodes, view) } else { (JobState::Outdated, None) }
}

/// How far a Job is, whatever it was made from.
pub fn progress(job: &Job, awaits_nodes: bool, view: &View) -> (JobState, Option<String>) {
    if job.complete {
        return (JobState::Done, None);
    }
    if let Some(why) = &job.failed {
        return (JobState::Failing, Some(why.clone()));
    }
    if awaits_nodes && !view.compute_nodes {
        return (JobState::AwaitsNodes, Some("it waits for the first compute node".to_owned()));
    }
    let pods: Vec<&Pod> = view.pods_of_job(&job.name).filter(|pod| !pod.deleting).collect();
    if let Some(why) = failure(&pods) {
        return (JobState::Failing, Some(why));
    }
    if pods.iter().any(|pod| works(pod)) { (JobState::Running, None) } else { (JobState::Waiting, None) }
}

/// Do the containers proper of a pod run? Init containers that wait for others do not count.
fn works(pod: &Pod) -> bool {
    let busy = |container: &Container| container.running && container.waits_for.is_empty();
    pod.all().any(busy) || pod.containers.iter().any(|container| container.ended.is_some())
}

/// Why the pods of a Job fail, if they do.
fn failure(pods: &[&Pod]) -> Option<String> {
    let unmade = pods.iter().flat_map(|pod| pod.all()).find_map(|container| {
        let (reason, message) = container.waiting.as_ref()?;
        UNMADE.contains(&reason.as_str()).then(|| said(reason, message))
    });
    let again = || pods.iter().flat_map(|pod| pod.all()).find_map(fails_again);
    unmade.or_else(again).or_else(|| pods_end(pods))
}

/// A container that has ended often, each time alike as far as the kubelet remembers.
fn fails_again(container: &Container) -> Option<String> {
    let last = container.ended.as_ref().or(container.ended_before.as_ref())?;
    let before = container.ended_before.as_ref().unwrap_or(last);
    // What has ended and was not started anew yet is one end more than it was started anew.
    let open = container.ended.is_some()
        || container.waiting.as_ref().is_some_and(|(why, _)| why == "CrashLoopBackOff");
    let ends = container.restarts + i64::from(open);
    (last.code != 0 && last.code == before.code && ends >= FAILS).then(|| ended(last))
}

/// Where each try is a pod of its own (`restartPolicy: Never`).
fn pods_end(pods: &[&Pod]) -> Option<String> {
    let failed = pods.iter().filter(|pod| pod.phase == "Failed");
    let ends: Vec<&Termination> = failed
        .filter_map(|pod| {
            pod.all().filter_map(|container| container.ended.as_ref()).find(|end| end.code != 0)
        })
        .collect();
    let alike = |end: &&&Termination| ends.iter().filter(|other| other.code == end.code).count();
    let most = ends.iter().max_by_key(alike)?;
    (i64::try_from(alike(&most)).unwrap_or_default() >= FAILS).then(|| ended(most))
}

/// `reason: message`.
pub(super) fn said(reason: &str, message: &str) -> String {
    if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") }
}

/// How a container ended, in words.
pub(super) fn ended(end: &Termination) -> String {
    let reason = if end.reason.is_empty() || end.reason == "Error" {
        format!("ended with exit code {}", end.code)
    } else {
        format!("{} (exit code {})", end.reason, end.code)
    };
    said(&reason, &end.message)
}

#[cfg(test)]
mod tests;
