//! What happens to components that are there.

use super::{
    clouds::{PROVIDER, SYSTEM},
    stack::{COMPONENTS, NAMESPACE, RELEASES, get, kubectl, ready, stack, wait},
};
use crate::world::condition;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Revision of each release, and generation of each workload.
fn state() -> BTreeMap<String, Value> {
    let all = ["get", "deployments,statefulsets", "-n", NAMESPACE, "-o", "json"];
    let all: Value = serde_json::from_str(&kubectl(&all)).unwrap();
    let workloads = all["items"].as_array().unwrap().iter().map(|one| {
        (one["metadata"]["name"].as_str().unwrap().to_owned(), one["metadata"]["generation"].clone())
    });
    let releases = COMPONENTS.iter().filter(|(_, name)| RELEASES.contains(name)).map(|(kind, name)| {
        let release = get(kind, name)["status"]["atProvider"]["release"].take();
        (format!("{kind} {name}"), release["revision"].clone())
    });
    workloads.chain(releases).collect()
}

/// Has all components looked at, and waits until they were.
fn look(token: &str) {
    let annotation = format!("crossplane.io/reconcile-requested-at={token}");
    for (kind, name) in COMPONENTS {
        kubectl(&["annotate", kind, name, "-n", NAMESPACE, "--overwrite", &annotation]);
    }
    for (kind, name) in COMPONENTS {
        wait(kind, name, "looked at", |object| object["status"]["lastHandledReconcileAt"] == token);
    }
}

#[test]
fn scenario_04_forced_looks_and_a_killed_provider_leave_revisions_and_generations_as_they_are() {
    let _stack = stack();
    let before = state();
    assert!(before.len() > RELEASES.len() && before.values().all(Value::is_u64), "{before:?}");
    for round in 0..20 {
        look(&format!("look-{}-{round}", std::process::id()));
    }
    let label = format!("pkg.crossplane.io/provider={PROVIDER}");
    kubectl(&["delete", "pod", "-n", SYSTEM, "-l", &label, "--grace-period=0", "--force"]);
    look(&format!("killed-{}", std::process::id()));
    assert_eq!(state(), before);
}

#[test]
fn scenario_08_what_is_changed_by_hand_is_put_back_and_scaling_reaches_the_deployment() {
    let _stack = stack();
    let uid = get("ConfigMap", "keystone-bin")["metadata"]["uid"].clone();
    kubectl(&["delete", "configmap", "keystone-bin", "-n", NAMESPACE]);
    wait("ConfigMap", "keystone-bin", "put back", |object| {
        let now = &object["metadata"]["uid"];
        now.is_string() && *now != uid
    });

    let limit = |object: &Value| object["spec"]["revisionHistoryLimit"].clone();
    let before = limit(&get("Deployment", "keystone-api"));
    let edit = json!({"spec": {"revisionHistoryLimit": 7}}).to_string();
    kubectl(&["patch", "deployment", "keystone-api", "-n", NAMESPACE, "--type=merge", "-p", &edit]);
    wait("Deployment", "keystone-api", "put back", |object| limit(object) == before);

    for replicas in [2, 1] {
        kubectl(&["scale", "keystone/keystone", "-n", NAMESPACE, &format!("--replicas={replicas}")]);
        wait("Deployment", "keystone-api", "scaled", |object| object["spec"]["replicas"] == replicas);
    }
    // What a person or an autoscaler scaled stays so when something else is changed.
    kubectl(&["scale", "keystone/keystone", "-n", NAMESPACE, "--replicas=2"]);
    let size = std::process::id();
    let option = json!({"spec": {"forProvider": {"values": {"conf": {"keystone": {"DEFAULT": {"max_param_size": size}}}}}}});
    let scaled = |object: &Value| object["spec"]["replicas"] == 2;
    wait("Deployment", "keystone-api", "scaled", scaled);
    ready("Keystone", "keystone");
    let revision = |object: &Value| object["status"]["atProvider"]["release"]["revision"].as_u64();
    let before = revision(&get("Keystone", "keystone"));
    kubectl(&["patch", "keystone", "keystone", "-n", NAMESPACE, "--type=merge", "-p", &option.to_string()]);
    let keystone = wait("Keystone", "keystone", "changed", |object| {
        revision(object) > before && condition(object, "UpToDate")["status"] == "True"
    });
    assert_eq!(keystone["spec"]["forProvider"]["replicas"]["api"], 2);
    assert!(scaled(&get("Deployment", "keystone-api")));
}
