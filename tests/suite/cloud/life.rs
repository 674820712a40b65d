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
    ready("Keystone", "keystone");
}

#[test]
fn scenario_15_what_keystone_uses_waits_for_its_deletion_and_the_keys_stay() {
    let _stack = stack();
    let keys = || {
        ["keystone-fernet-keys", "keystone-credential-keys"]
            .map(|name| get("Secret", name)["metadata"]["uid"].clone())
    };
    let before = keys();
    assert!(before.iter().all(Value::is_string), "{before:?}");
    let delete = |kind, name| kubectl(&["delete", kind, name, "-n", NAMESPACE, "--wait=false"]);
    delete("MariaDB", "mariadb");
    wait("MariaDB", "mariadb", "waiting for Keystone", |object| {
        let message = condition(object, "Ready")["message"].as_str().unwrap_or_default();
        message.contains("waiting until") && message.contains("Keystone") && message.contains("keystone")
    });
    assert_eq!(get("StatefulSet", "mariadb-server")["status"]["readyReplicas"], 1, "it goes on serving");
    for (kind, name) in COMPONENTS.iter().filter(|(_, name)| *name != "mariadb") {
        delete(kind, name);
    }
    for (kind, name) in COMPONENTS {
        wait(kind, name, "gone", Value::is_null);
    }
    assert_eq!(keys(), before, "what was made with them can still be read");
    let all = kubectl(&["get", "deployments,statefulsets,jobs", "-n", NAMESPACE, "-o", "name"]);
    assert_eq!(all, "", "nothing else is left");
}
