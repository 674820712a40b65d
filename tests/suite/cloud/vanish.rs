//! What is deleted goes in the order of its uses, and leaves what nobody can make again.

use super::{
    clouds::{STAGES, whole},
    stack::{COMPONENTS, NAMESPACE, get, kubectl, pause, stack, wait},
};
use crate::world::condition;
use serde_json::Value;
use std::time::{Duration, Instant};

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

#[test]
fn scenario_15_a_deleted_cloud_goes_in_reverse_order_and_its_passwords_stay_for_the_next() {
    let cloud = whole();
    let kinds = STAGES.concat();
    let generated = || -> Vec<Value> {
        let secrets = cloud.objects("secrets").into_iter();
        secrets
            .filter(|secret| secret["type"] == "kupenstack.io/generated")
            .map(|secret| secret["metadata"]["uid"].clone())
            .collect()
    };
    let before = generated();
    assert!(!before.is_empty());
    kubectl(&["delete", "openstackcloud", "c1", "-n", cloud.namespace, "--wait=false"]);
    let (began, mut gone) = (Instant::now(), Vec::new());
    while gone.len() < kinds.len() {
        assert!(began.elapsed() < Duration::from_secs(300), "still there: {:?}", cloud.composed());
        for kind in &kinds {
            if !gone.contains(kind) && cloud.objects(&format!("{kind}.component.kupenstack.io")).is_empty() {
                gone.push(kind);
            }
        }
        pause();
    }
    let place = |kind: &str| gone.iter().position(|gone| *gone == kind);
    assert!(place("nova") < place("keystone") && place("keystone") < place("mariadb"), "{gone:?}");
    assert_eq!(cloud.objects("deployments,statefulsets,daemonsets,jobs").len(), 0);
    assert_eq!(generated(), before, "what data were written with, and no other");
}
