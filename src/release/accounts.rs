//! Accounts that a component has elsewhere: those that are made before an update is applied, and those that are removed once no pod
//! uses them any more. Both is the work of the chart's own Jobs, which know servers, administrators and certificates.

use super::{
    facts::Accounts,
    manifest::{Manifest, Object},
    migrate,
    values::at,
};
use serde_json::{Map, Value, json};

/// What a Job that removes accounts runs.
const REMOVE: &str = include_str!("accounts/remove.py");
/// Annotation of such a Job.
const FORMER: &str = "kupenstack.io/former-accounts";
/// It stays for so long when it has run, for people to look at.
const SECONDS: u32 = 600;

/// Jobs by which accounts are made that `new` values name otherwise than `old` ones.
pub fn renewed(accounts: &[Accounts], old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let differs = |path: &String| at(old, path) != at(new, path);
    let renewed = accounts.iter().filter(|one| one.users.iter().any(differs));
    renewed.map(|one| one.job.clone()).collect()
}

/// What is removed, as text that a digest can be of; empty if nothing is.
pub fn removed(accounts: &[Accounts]) -> String {
    let former = accounts.iter().filter(|one| !one.former.is_empty());
    former.map(|one| format!("{}: {}\n", one.job, one.former.join(" "))).collect()
}

/// Hook Jobs that remove accounts, made of those that make them.
pub fn removals(accounts: &[Accounts], manifest: &Manifest) -> Vec<Object> {
    let former = accounts.iter().filter(|one| !one.former.is_empty());
    former.filter_map(|one| removal(manifest.object("Job", &one.job)?, &one.former, manifest)).collect()
}

/// The image of a neighbour for a Job at the messaging: that of RabbitMQ has no Python from 4 on.
fn image(job: &Object, manifest: &Manifest) -> Option<Value> {
    let stem = job.name().strip_suffix("-rabbit-init")?;
    let mut jobs = ["-db-init", "-ks-user"]
        .into_iter()
        .filter_map(|end| manifest.object("Job", &format!("{stem}{end}")));
    jobs.find_map(|job| job.value.pointer("/spec/template/spec/containers/0/image")).cloned()
}

fn removal(job: &Object, former: &[String], manifest: &Manifest) -> Option<Object> {
    let mut spec = job.value.get("spec")?.clone();
    migrate::without_jobs(spec.get_mut("template")?);
    let containers = spec.pointer_mut("/template/spec/containers")?.as_array_mut()?;
    // Others make accounts at the same server.
    containers.truncate(1);
    let container = containers.first_mut()?.as_object_mut()?;
    container.insert("command".to_owned(), json!(["python3", "-c", REMOVE]));
    container.extend(image(job, manifest).map(|image| ("image".to_owned(), image)));
    container.remove("args");
    let variables = container.entry("env").or_insert_with(|| json!([])).as_array_mut()?;
    variables.push(json!({"name": "FORMER_USERS", "value": former.join(" ")}));
    spec.as_object_mut()?.insert("ttlSecondsAfterFinished".to_owned(), json!(SECONDS));
    let annotations = json!({
        (FORMER): former.join(" "),
        "helm.sh/hook": "post-install,post-upgrade",
        "helm.sh/hook-weight": "1000",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
    let name = migrate::suffixed(job.name(), "-former");
    let value = json!({"apiVersion": job.api_version(), "kind": "Job", "spec": spec,
        "metadata": {"name": name, "annotations": annotations}});
    Some(Object { text: value.to_string(), source: job.source.clone(), value })
}

/// Does a Job remove accounts? It must not run as long as a pod may use them.
pub fn is_removal(job: &Object) -> bool {
    job.annotation(FORMER).is_some()
}

#[cfg(test)]
mod tests;
