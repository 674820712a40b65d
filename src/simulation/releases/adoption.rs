//! Releases that a person made with Helm: looked at, adopted, and finished where their Helm was killed.

use super::{
    super::{examples::Example, testbed::Testbed},
    keystone::{made, passes, records, says, uids, want},
    *,
};
use crate::{
    api::meta,
    release::{record::Record, state::ReleaseStatus},
};

const RECORDS: &str = "/api/v1/namespaces/default/secrets/sh.helm.release.v1.keystone.v";

/// A managed resource without a past, over a cluster in which a person installed the same with Helm just now.
async fn persons() -> (Testbed<Cluster>, Example) {
    let (testbed, example) = made().await;
    let api = &testbed.world.api;
    rewrite(&testbed, 1, Record::clone);
    // Helm knows nothing of inputs of Jobs.
    for mut job in testbed.world.list("/apis/batch/v1", "jobs") {
        job["metadata"]["annotations"].as_object_mut().unwrap().remove(INPUTS);
        api.put(&format!("/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{}", named(&job)), job);
    }
    testbed.server.put(&example.path, example.manifest.clone());
    (testbed, example)
}

/// Rewrites a record as a person's Helm would have written it now.
fn rewrite(testbed: &Testbed<Cluster>, revision: i64, change: impl FnOnce(&Record) -> Record) {
    let path = format!("{RECORDS}{revision}");
    let mut record = change(&Record::from_secret(&testbed.world.api.get(&path).unwrap()).unwrap());
    record.labels.retain(|key, _| !key.starts_with("kupenstack.io/") && key != "modifiedAt");
    record.labels.insert("createdAt".to_owned(), testbed.clock.seconds().to_string());
    record.release.chart.other.clear();
    testbed.world.api.put(&path, record.to_secret().unwrap());
}

/// A person's second revision, with another image, of which only the record was written.
fn broken_off(testbed: &Testbed<Cluster>) {
    let api = &testbed.world.api;
    let mut record = Record::from_secret(&api.get(&format!("{RECORDS}1")).unwrap()).unwrap();
    record.release.version = 2;
    record.release.manifest = record.release.manifest.replace("keystone:1", "keystone:2");
    record.resource_version.clear();
    api.put(&format!("{RECORDS}2"), record.to_secret().unwrap());
    rewrite(testbed, 2, |record| record.with_status(ReleaseStatus::PendingUpgrade, testbed.clock.now()));
}

/// A person's installation of which the Jobs after the objects were not made.
fn half_installed(testbed: &Testbed<Cluster>) {
    rewrite(testbed, 1, |record| record.with_status(ReleaseStatus::PendingInstall, testbed.clock.now()));
    for job in ["keystone-db-init", "keystone-db-sync"] {
        testbed.world.api.remove(&format!("/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{job}"));
    }
}

fn adopt(testbed: &Testbed<Cluster>, example: &Example) {
    testbed.change(example, |object| {
        object["metadata"]["annotations"] = json!({(meta::EXTERNAL_NAME): "keystone"});
    });
}

/// UIDs of what must never be made anew.
fn data(testbed: &Testbed<Cluster>) -> Vec<Option<String>> {
    let all = uids(testbed);
    ["Secret/keystone-fernet-keys", "PersistentVolumeClaim/keystone-data"]
        .map(|name| all.get(name).cloned())
        .into()
}

/// Adopts what a killed Helm left, and says what there is of records in the end.
async fn finished(broken: impl Fn(&Testbed<Cluster>), spec: Value) -> (Testbed<Cluster>, Vec<String>) {
    let (testbed, example) = persons().await;
    broken(&testbed);
    want(&testbed, &example, spec);
    let (keys, before) = (data(&testbed), testbed.world.api.all_but(""));
    let program = testbed.program(&Points::with(|_, _| None));
    passes(&testbed, &program, &example, 3).await;
    let told = says(&testbed, &example, "Synced");
    assert!(
        told.contains("release keystone is there, in revision") && told.contains(meta::EXTERNAL_NAME),
        "{told}"
    );

    adopt(&testbed, &example);
    passes(&testbed, &program, &example, 20).await;
    assert_eq!(testbed.world.api.all_but(""), before, "their Helm may live for five minutes");
    passes(&testbed, &program, &example, 30).await;
    testbed.well(&example).unwrap();
    assert_eq!(data(&testbed), keys, "keys and claims are the same");
    let told = records(&testbed);
    (testbed, told)
}

#[tokio::test(start_paused = true)]
async fn scenario_09_an_installation_whose_helm_was_killed_is_adopted_by_name_and_finished() {
    let (testbed, told) = finished(half_installed, json!({})).await;
    assert_eq!(told, ["1 superseded", "2 deployed"]);
    let jobs = testbed.world.list("/apis/batch/v1", "jobs");
    assert!(jobs.iter().any(|job| named(job) == "keystone-db-sync"), "what was not made is made");
}

#[tokio::test(start_paused = true)]
async fn scenario_09_an_upgrade_whose_helm_was_killed_is_adopted_by_name_and_finished() {
    let image = json!({"images": {"tags": {"keystone_api": "keystone:2"}}});
    let (testbed, told) = finished(broken_off, image).await;
    assert_eq!(told, ["1 superseded", "2 superseded", "3 deployed"]);
    let deployment =
        testbed.world.api.get("/apis/apps/v1/namespaces/default/deployments/keystone-api").unwrap();
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], "keystone:2");
    assert_eq!(deployment["metadata"]["generation"], 2, "it rolls once");
}

#[tokio::test(start_paused = true)]
async fn scenario_16_a_persons_release_is_looked_at_without_a_request_that_changes_anything() {
    let (testbed, example) = persons().await;
    adopt(&testbed, &example);
    testbed.change(&example, |object| object["spec"]["managementPolicies"] = json!(["Observe"]));
    let before = testbed.world.api.all_but("");
    let points = Points::with(|_, _| None);
    let program = testbed.program(&points);
    passes(&testbed, &program, &example, 3).await;
    testbed.well(&example).unwrap();
    assert!(testbed.published(&example).contains("word-of-admin"), "its login is published");

    want(&testbed, &example, json!({"values": {"conf": {"ini": "[token]"}}}));
    passes(&testbed, &program, &example, 3).await;
    assert_eq!(says(&testbed, &example, "UpToDate"), "False differs in: values");
    let plan = json!(testbed.object(&example).unwrap().status.at_provider["plan"]);
    assert_eq!(plan["restarts"], json!(["keystone-worker"]), "{plan}");

    assert_eq!(testbed.world.api.all_but(""), before);
    let changing = |line: &&String| {
        ["POST", "PUT", "DELETE"].iter().any(|verb| line.starts_with(&format!("cloud {verb} ")))
    };
    assert_eq!(points.passed().iter().filter(changing).collect::<Vec<_>>(), Vec::<&String>::new());
}
