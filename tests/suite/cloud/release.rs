//! Releases that a person made with Helm, beside components.

use super::stack::{NAMESPACE, apply, component, get, kubectl, pause, ready, stack, wait};
use crate::world::{condition, rig};
use rig::{cloud::ChartSource, kubernetes::REGISTRY, lifecycle::block_on};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const RELEASE: &str = "placement";

/// Placement, which uses Keystone and MariaDB.
fn placement(policies: &[&str]) -> Value {
    let needs = [
        ("databaseConnectionRef", "mariadb"),
        ("cacheConnectionRef", "memcached"),
        ("identityConnectionRef", "keystone"),
    ];
    let mut placement = component("Placement", RELEASE, &needs);
    placement["metadata"]["annotations"] = json!({"crossplane.io/external-name": RELEASE});
    placement["spec"]["managementPolicies"] = json!(policies);
    placement
}

fn helm(words: &[&str]) -> Result<String, String> {
    block_on(rig().run("helm", &[words, &["-n", NAMESPACE]].concat())).map_err(|why| why.to_string())
}

/// The values that the component would have, as a file for Helm, with no release left.
fn values() -> PathBuf {
    apply(&placement(&["*"]));
    ready("Placement", RELEASE);
    let file = std::env::temp_dir().join(format!("kupenstack-values-{}.yaml", std::process::id()));
    fs::write(&file, helm(&["get", "values", RELEASE, "-o", "yaml"]).unwrap()).unwrap();
    remove();
    file
}

fn remove() {
    kubectl(&["delete", "placement.component.kupenstack.io", RELEASE, "-n", NAMESPACE]);
    wait("Placement", RELEASE, "gone", Value::is_null);
}

fn install(values: &Path, how: &[&str]) -> Result<String, String> {
    let charts = ChartSource::of(&rig().paths).unwrap();
    let (version, values) = (charts.version(RELEASE).unwrap(), values.display().to_string());
    let chart = format!("oci://{REGISTRY}/{}/{RELEASE}", charts.organisation);
    let words = ["install", RELEASE, &chart, "--version", &version, "--plain-http", "-f", &values];
    helm(&[&words[..], how].concat())
}

fn status() -> Value {
    let listed: Value = serde_json::from_str(&helm(&["list", "-o", "json"]).unwrap()).unwrap();
    let one = listed.as_array().unwrap().iter().find(|release| release["name"] == RELEASE);
    one.map_or(Value::Null, |release| release["status"].clone())
}

#[test]
fn scenario_03_an_install_that_waits_for_itself_is_explained_and_then_taken_over_and_finished() {
    let _stack = stack();
    let values = values();
    let person = std::thread::spawn({
        let values = values.clone();
        move || install(&values, &["--wait=watcher", "--timeout", "60s"])
    });
    while status() != "pending-install" {
        assert!(!person.is_finished(), "{:?}", person.join());
        pause();
    }
    apply(&placement(&["Observe"]));
    wait("Placement", RELEASE, "explained", |object| {
        object["status"]["atProvider"]["cause"]
            .as_str()
            .is_some_and(|cause| cause.contains("placement-db-sync"))
    });
    assert!(person.join().unwrap().is_err(), "its pods wait for Jobs that it makes only when they are ready");
    apply(&placement(&["*"]));
    ready("Placement", RELEASE);
    assert_eq!(status(), "deployed");
    remove();
    fs::remove_file(values).unwrap();
}

#[test]
fn scenario_16_a_release_that_a_person_made_is_observed_without_a_difference_or_a_change() {
    let _stack = stack();
    let values = values();
    install(&values, &["--timeout", "180s"]).unwrap();
    apply(&placement(&["Observe"]));
    let seen = wait("Placement", RELEASE, "observed", |object| {
        condition(object, "Ready")["status"] == "True" && condition(object, "UpToDate")["status"] == "True"
    });
    assert_eq!(seen["status"]["atProvider"]["release"]["revision"], 1);
    let record = get("Secret", &format!("sh.helm.release.v1.{RELEASE}.v1"));
    assert!(record["metadata"]["labels"]["kupenstack.io/owner"].is_null(), "it is still that person's");
    remove();
    assert_eq!(status(), "deployed", "what was only observed stays");
    helm(&["uninstall", RELEASE]).unwrap();
    // Helm leaves the Jobs of hooks.
    let jobs = kubectl(&["get", "jobs", "-n", NAMESPACE, "-o", "name"]);
    for job in jobs.lines().filter(|job| job.starts_with(&format!("job.batch/{RELEASE}-"))) {
        kubectl(&["delete", job, "-n", NAMESPACE]);
    }
    fs::remove_file(values).unwrap();
}
