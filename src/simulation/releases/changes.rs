//! What an update does, and what it leaves alone.

use super::{
    super::{lifecycle::phase, testbed::Testbed},
    keystone::{FIRST, differing, generations, made, passes, ran, records, says, uids, want},
    *,
};

fn another_image() -> Value {
    json!({"images": {"tags": {"keystone_api": "keystone:2"}}})
}

#[tokio::test(start_paused = true)]
async fn scenario_06_another_image_replaces_plain_jobs_and_rolls_deployments_once_whatever_is_lost() {
    let (testbed, example) = made().await;
    let (before, generations_before) = (uids(&testbed), generations(&testbed));
    want(&testbed, &example, another_image());
    let changed = phase("upgrade", &testbed, &example, std::slice::from_ref(&example)).await;
    assert_eq!(records(&changed), ["1 superseded", "2 deployed"]);
    let copies = ran(&changed).into_iter().filter(|name| name.starts_with("keystone-db-sync-pre-"));
    assert_eq!(copies.count(), 1, "it is migrated to once");
    let runs = |job: &str| ran(&changed).iter().filter(|name| *name == job).count();
    assert_eq!((runs("keystone-bootstrap"), runs("keystone-db-sync")), (2, 2));
    // Hooks before an installation only have run, with whatever image.
    assert_eq!(
        differing(&before, &uids(&changed)),
        ["Job/keystone-bootstrap", "Job/keystone-db-init", "Job/keystone-db-sync"],
        "Jobs are made anew, and nothing else"
    );
    let rolled: Vec<_> = generations_before.iter().map(|(name, before)| (name.clone(), before + 1)).collect();
    assert_eq!(generations(&changed).into_iter().collect::<Vec<_>>(), rolled, "each rolls once");
}

#[tokio::test(start_paused = true)]
async fn scenario_07_an_option_restarts_and_runs_exactly_what_the_plan_said_while_it_was_held_back() {
    let (testbed, example) = made().await;
    let (versions, generations_before) = (testbed.world.api.all_but(""), generations(&testbed));
    testbed.change(&example, |object| {
        object["spec"]["managementPolicies"] = json!(["Observe", "Create", "Delete"]);
    });
    want(&testbed, &example, json!({"values": {"conf": {"ini": "[token]"}}}));
    let program = testbed.program(&Points::with(|_, _| None));
    passes(&testbed, &program, &example, 4).await;
    assert_eq!(testbed.world.api.all_but(""), versions, "nothing is changed while it is held back");
    assert!(says(&testbed, &example, "UpToDate").starts_with("False differs in: values"));
    let plan = json!(testbed.object(&example).unwrap().status.at_provider["plan"]);
    assert_eq!(plan["restarts"], json!(["keystone-worker"]), "{plan}");
    assert_eq!(plan["jobs"], json!(["keystone-db-sync"]), "{plan}");

    testbed.change(&example, |object| object["spec"]["managementPolicies"] = json!(["*"]));
    passes(&testbed, &program, &example, 12).await;
    testbed.well(&example).unwrap();
    assert_eq!(records(&testbed), ["1 superseded", "2 deployed"]);
    assert_eq!(differing(&generations_before, &generations(&testbed)), ["Deployment/keystone-worker"]);
    let mut again = FIRST.map(str::to_owned).to_vec();
    again.push("keystone-db-sync".to_owned());
    again.sort();
    assert_eq!(ran(&testbed), again);
}

#[tokio::test(start_paused = true)]
async fn scenario_10_a_migration_that_fails_leaves_the_old_release_serving_until_it_succeeds() {
    let (testbed, example) = made().await;
    let before = generations(&testbed);
    testbed.world.hinder("keystone-db-sync-pre-");
    want(&testbed, &example, another_image());
    let program = testbed.program(&Points::with(|_, _| None));
    passes(&testbed, &program, &example, 30).await;
    assert_eq!((generations(&testbed), records(&testbed)), (before.clone(), vec!["1 deployed".to_owned()]));
    let told = says(&testbed, &example, "JobsSucceeded");
    assert!(told.starts_with("False Job keystone-db-sync-pre-") && told.contains("Access denied"), "{told}");
    assert_eq!(says(&testbed, &example, "Ready"), "True", "the old pods serve");

    testbed.world.relieve();
    passes(&testbed, &program, &example, 12).await;
    testbed.well(&example).unwrap();
    assert_eq!(records(&testbed), ["1 superseded", "2 deployed"]);
    let rolled: Vec<_> = before.into_iter().map(|(name, generation)| (name, generation + 1)).collect();
    assert_eq!(generations(&testbed).into_iter().collect::<Vec<_>>(), rolled, "each rolls once");
}

#[tokio::test(start_paused = true)]
async fn scenario_10_what_does_not_get_on_is_stalled_once_its_patience_is_over_though_nothing_changes_any_more()
 {
    let (testbed, example) = made().await;
    testbed.world.hinder("keystone-");
    want(&testbed, &example, json!({"policy": {"patience": "10m"}, "values": {"conf": {"ini": "[token]"}}}));
    let program = testbed.program(&Points::with(|_, _| None));
    let stalled =
        |testbed: &Testbed<Cluster>| testbed.object(&example).unwrap().status.at_provider["stalled"].clone();
    passes(&testbed, &program, &example, 50).await;
    assert_eq!(stalled(&testbed), false);
    passes(&testbed, &program, &example, 20).await;
    assert_eq!(stalled(&testbed), true);
}
