//! What an update would do, from the manifests before and after.

use super::{
    jobs,
    manifest::{Event, Manifest, Object},
    state::UpdatePlan,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What would happen if `new` took the place of `old`.
pub fn update_plan(old: &Manifest, new: &Manifest) -> UpdatePlan {
    let gone = || old.objects.iter().filter(|object| of(new, object).is_none() && object.is_removable());
    let (replaced, removed): (Vec<_>, Vec<_>) = gone().partition(|object| is_renamed(object, old, new));
    let templates = new
        .plain_jobs()
        .filter(|job| of(old, job).is_some_and(|before| jobs::template(before) != jobs::template(job)));
    UpdatePlan {
        restarts: new
            .workloads()
            .filter(|new| restarts(old, new))
            .map(|object| object.name().to_owned())
            .collect(),
        jobs: hook_jobs(old, new),
        replaced: replaced.into_iter().chain(templates).map(named).collect(),
        removed: removed.into_iter().map(named).collect(),
        ..UpdatePlan::default()
    }
}

/// Most paths of values that are told.
const MOST: usize = 100;

/// Paths at which two documents of values differ, as `--set` of Helm has them.
pub fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let mut found = vec![];
    differ(old, new, "", &mut found);
    found.truncate(MOST);
    found
}

fn differ(old: &Map<String, Value>, new: &Map<String, Value>, root: &str, found: &mut Vec<String>) {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        let path = format!("{root}{}", name.replace('\\', "\\\\").replace('.', "\\."));
        match (old.get(name), new.get(name)) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                differ(old, new, &format!("{path}."), found);
            }
            (old, new) if old != new => found.push(path),
            _ => {}
        }
    }
}

fn named(object: &Object) -> String {
    object.identity("").to_string()
}

/// The object of another manifest that has the same identity.
fn of<'a>(manifest: &'a Manifest, object: &Object) -> Option<&'a Object> {
    manifest.objects.iter().find(|other| other.identity("").is_same(&object.identity("")))
}

fn restarts(old: &Manifest, new: &Object) -> bool {
    of(old, new).is_some_and(|before| before.pod_template() != new.pod_template())
}

/// Hook Jobs whose inputs are others, or that there were not.
fn hook_jobs(old: &Manifest, new: &Manifest) -> Vec<String> {
    let run = new
        .hooks
        .iter()
        .filter(|hook| hook.is_job() && hook.runs_at(&[Event::PreUpgrade, Event::PostUpgrade]));
    let again = run.filter(|hook| {
        let before = old.hook_job(hook.object.name());
        before.is_none_or(|before| jobs::inputs(&before.object, old) != jobs::inputs(&hook.object, new))
    });
    again.map(|hook| hook.object.name().to_owned()).collect()
}

/// Is a workload there under another name? OpenStack-Helm renames every DaemonSet of an agent when the set of its
/// overrides changes, and so all its pods go at once.
fn is_renamed(gone: &Object, old: &Manifest, new: &Manifest) -> bool {
    let labels = |object: &Object| {
        let labels = object.pod_template()?.pointer("/metadata/labels")?;
        Some((labels.get("application")?.clone(), labels.get("component")?.clone()))
    };
    let alike = |other: &&Object| other.kind() == gone.kind() && labels(other) == labels(gone);
    gone.kind() == "DaemonSet"
        && labels(gone).is_some()
        && new.workloads().filter(alike).any(|new| of(old, new).is_none())
}

#[cfg(test)]
mod tests;
