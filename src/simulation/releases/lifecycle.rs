//! A Keystone and its passwords: made, changed, changed behind our back, upgraded and deleted, with every trouble at every request.

use super::{
    super::{examples::Example, lifecycle::phase, testbed::Testbed},
    keystone::{FIRST, generated, keystone, made, ran, records},
    *,
};
use crate::api::meta;

const WELL_KNOWN: &str = "2027-01-01T00:00:00Z";

fn delete(testbed: &Testbed<Cluster>, example: &Example) {
    testbed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!(WELL_KNOWN));
}

#[tokio::test(start_paused = true)]
async fn passwords_are_made_once_whatever_happens_and_go_with_their_resource() {
    let (testbed, example) = (Testbed::<Cluster>::new(), generated());
    let all = [example.clone()];
    testbed.server.put(&example.path, example.manifest.clone());
    let made = phase("create", &testbed, &example, &all).await;
    let first = made.published(&example);
    assert_eq!(first.len(), 2);
    made.change(&example, |object| {
        object["spec"]["forProvider"]["keys"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "messaging-keystone"}));
    });
    let changed = phase("change", &made, &example, &all).await;
    let both = changed.published(&example);
    assert!(both.len() == 3 && both.is_superset(&first), "what was made is never replaced");
    changed.change(&example, |object| {
        object["spec"]["forProvider"]["keys"][0]["generation"] = json!(2);
    });
    let renewed = phase("renew", &changed, &example, &all).await;
    let values = renewed.published(&example);
    assert!(values.is_superset(&both), "the old one is kept");
    assert_eq!(values.len(), 4, "and there is one new one");
    delete(&renewed, &example);
    let gone = phase("delete", &renewed, &example, &all).await;
    assert!(gone.census().is_empty(), "{:#?}", gone.census());
}

#[tokio::test(start_paused = true)]
async fn scenario_15_passwords_that_policies_leave_are_found_by_the_next_resource_of_their_name() {
    let (testbed, mut former) = (Testbed::<Cluster>::new(), generated());
    former.manifest["spec"]["managementPolicies"] = json!(["Observe", "Create", "Update", "LateInitialize"]);
    former.manifest["metadata"]["annotations"] = json!({(meta::EXTERNAL_NAME): "kept"});
    let mut next = former.clone();
    next.key.name = "anew".to_owned();
    next.path = former.path.replace("passwords", "anew");
    next.manifest["metadata"]["uid"] = json!("00000000-0000-4000-8000-000000000002");
    next.manifest["spec"]["writeConnectionSecretToRef"]["name"] = json!("anew");
    testbed.server.put(&former.path, former.manifest.clone());
    let made = phase("create", &testbed, &former, std::slice::from_ref(&former)).await;
    let passwords = made.published(&former);
    delete(&made, &former);
    made.live(&former, std::slice::from_ref(&former), None).await;
    assert!(made.object(&former).is_none() && made.census() != Testbed::<Cluster>::new().census());
    let left = made;
    left.server.put(&next.path, next.manifest.clone());
    let found = phase("create anew", &left, &next, std::slice::from_ref(&next)).await;
    assert_eq!((passwords.len(), found.published(&next)), (2, passwords));
}

#[tokio::test(start_paused = true)]
async fn scenario_09_a_component_is_installed_once_whatever_request_is_lost() {
    let (testbed, example) = keystone();
    let made = phase("create", &testbed, &example, std::slice::from_ref(&example)).await;
    assert_eq!(
        (ran(&made), records(&made)),
        (FIRST.map(str::to_owned).to_vec(), vec!["1 deployed".to_owned()])
    );
    assert!(made.published(&example).contains("word-of-admin"), "the connection secret has the password");
}

#[tokio::test(start_paused = true)]
async fn scenario_09_other_values_make_one_revision_and_run_the_jobs_that_read_them() {
    let (testbed, example) = made().await;
    let before = ran(&testbed);
    testbed.change(&example, |object| {
        object["spec"]["forProvider"]["values"] = json!({"conf": {"ini": "[token]"}});
    });
    let changed = phase("change", &testbed, &example, std::slice::from_ref(&example)).await;
    assert_eq!(records(&changed), ["1 superseded", "2 deployed"]);
    let mut wanted = before;
    wanted.push("keystone-db-sync".to_owned());
    wanted.sort();
    assert_eq!(ran(&changed), wanted);
}

#[tokio::test(start_paused = true)]
async fn scenario_09_what_somebody_changed_or_deleted_is_mended_without_a_revision() {
    let (testbed, example) = made().await;
    // That it was changed twice is counted.
    let content = |testbed: &Testbed<Cluster>| {
        let mut census = testbed.census();
        census.remove("generations");
        census
    };
    let before = content(&testbed);
    let api = &testbed.world.api;
    let path = "/apis/apps/v1/namespaces/default/deployments/keystone-api";
    let mut deployment = api.get(path).unwrap();
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = json!("theirs:1");
    api.put(path, deployment);
    api.remove("/api/v1/namespaces/default/services/keystone-api");
    let mended = phase("mend", &testbed, &example, std::slice::from_ref(&example)).await;
    assert_eq!(content(&mended), before);
}

#[tokio::test(start_paused = true)]
async fn scenario_09_a_component_goes_whatever_request_is_lost_and_its_data_stay() {
    let (testbed, example) = made().await;
    delete(&testbed, &example);
    let gone = phase("delete", &testbed, &example, std::slice::from_ref(&example)).await;
    let left = gone.census();
    let names = |collection: &str| -> Vec<&Value> {
        left.get(collection).into_iter().flatten().map(|object| &object["name"]).collect()
    };
    assert_eq!(names("persistentvolumeclaims"), ["keystone-data"]);
    assert_eq!(names("secrets"), ["keystone-fernet-keys"]);
    assert!(
        ["records", "jobs", "deployments", "services", "configmaps"].iter().all(|it| !left.contains_key(*it))
    );
}

#[tokio::test(start_paused = true)]
async fn scenario_04_twenty_restarts_over_a_component_that_rests_change_and_render_nothing() {
    let (testbed, example) = made().await;
    let (before, rendered) = (testbed.world.api.all_but(""), testbed.world.helm.0.load(Ordering::SeqCst));
    for _ in 0..20 {
        testbed.live(&example, std::slice::from_ref(&example), None).await;
    }
    assert_eq!(testbed.world.api.all_but(""), before, "not even a version is another");
    assert_eq!(testbed.world.helm.0.load(Ordering::SeqCst), rendered);
}
