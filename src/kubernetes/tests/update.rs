//! What changes about a release that is there.

use super::*;

#[tokio::test(start_paused = true)]
async fn other_values_make_a_revision_and_only_jobs_whose_inputs_changed_run_again() {
    let bed = Bed::new("values").await;
    bed.reach(Goal::Exist).await;
    *bed.values.lock() = json!({"a": 2});
    bed.renders(&KEYSTONE.replace("W0RFRkFVTFRd", "W290aGVyXQ=="));
    assert_eq!(
        bed.reach(Goal::Match).await,
        ["Record", "Apply", "Clear(keystone-db-sync)", "Job(keystone-db-sync)", "Settle"]
    );
    assert_eq!(bed.records(), ["1 superseded", "2 deployed"]);
    *bed.values.lock() = json!({"a": 3});
    bed.renders(KEYSTONE);
    bed.reach(Goal::Match).await;
    assert_eq!(bed.records(), ["2 superseded", "3 deployed"], "history is cut");
}

#[tokio::test(start_paused = true)]
async fn what_a_revision_no_longer_has_is_removed_and_what_it_keeps_stays() {
    let bed = Bed::new("surplus").await;
    let kept = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n";
    let more = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n";
    bed.renders(&format!("{KEYSTONE}{kept}{more}"));
    bed.reach(Goal::Exist).await;
    assert!(bed.object("configmaps/more").is_some());
    *bed.values.lock() = json!({"a": 2});
    bed.renders(KEYSTONE);
    assert_eq!(bed.reach(Goal::Match).await, ["Record", "Apply", "Settle"]);
    assert!(bed.object("configmaps/more").is_none() && bed.object("configmaps/kept").is_some());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_or_deleted_is_made_as_it_was() {
    let bed = Bed::new("drift").await;
    bed.reach(Goal::Exist).await;
    let path = "/apis/apps/v1/namespaces/cloud/deployments/keystone-api";
    let mut deployment = bed.server.get(path).unwrap();
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = json!("other:1");
    bed.server.put(path, deployment);
    bed.server.remove("/api/v1/namespaces/cloud/services/keystone-api");
    let state = bed.state().await.unwrap();
    assert_eq!(state.objects.differ, ["Deployment/keystone-api"]);
    assert_eq!(state.objects.missing, ["Service/keystone-api"]);
    assert_eq!(bed.reach(Goal::Match).await, ["Apply"]);
    let image = bed.server.get(path).unwrap()["spec"]["template"]["spec"]["containers"][0]["image"].clone();
    assert_eq!(image, "keystone:1");
    assert_eq!(bed.records(), ["1 deployed"], "no new revision for that");
}

#[tokio::test(start_paused = true)]
async fn a_new_image_is_migrated_to_beside_what_runs() {
    let bed = Bed::new("migration").await;
    bed.facts.lock().migrations = vec!["keystone-db-sync".into()];
    bed.reach(Goal::Exist).await;
    *bed.values.lock() = json!({"a": 2});
    bed.renders(&KEYSTONE.replace("keystone:1", "keystone:2"));
    let steps = bed.reach(Goal::Match).await;
    assert_eq!(steps[..3], ["Migrate", "Record", "Apply"], "{steps:?}");
    let copies = bed.server.list("/apis/batch/v1/namespaces/cloud/jobs");
    assert!(copies.iter().any(|job| named(job).starts_with("keystone-db-sync-pre-")));
    bed.reach(Goal::Vanish).await;
    assert!(bed.server.list("/apis/batch/v1/namespaces/cloud/jobs").is_empty(), "copies are swept");
    let secrets = bed.server.list("/api/v1/namespaces/cloud/secrets");
    assert!(!secrets.iter().any(|secret| named(secret).contains("-pre-")));
}

#[tokio::test(start_paused = true)]
async fn renewed_accounts_are_made_beside_what_runs_and_former_ones_removed_in_a_revision_that_changes_nothing_else()
 {
    let bed = Bed::new("accounts").await;
    let accounts = |former: &[&str]| Accounts {
        job: "keystone-db-sync".into(),
        users: vec!["auth.username".into()],
        former: former.iter().map(|user| (*user).to_owned()).collect(),
    };
    bed.facts.lock().accounts = vec![accounts(&[])];
    bed.reach(Goal::Exist).await;
    *bed.values.lock() = json!({"auth": {"username": "keystone_2"}});
    bed.renders(&KEYSTONE.replace("W0RFRkFVTFRd", "W290aGVyXQ=="));
    let steps = bed.reach(Goal::Match).await;
    assert_eq!(steps[..3], ["Migrate", "Record", "Apply"], "{steps:?}");
    let workload = "/apis/apps/v1/namespaces/cloud/deployments/keystone-api";
    let before = bed.server.get(workload);
    bed.facts.lock().accounts = vec![accounts(&["keystone"])];
    assert_eq!(bed.reach(Goal::Match).await, ["Record", "Job(keystone-db-sync-former)", "Settle"]);
    assert_eq!(bed.server.get(workload), before);
    let job = bed.server.get("/apis/batch/v1/namespaces/cloud/jobs/keystone-db-sync-former");
    assert!(job.is_some_and(|job| job.to_string().contains(r#""name":"FORMER_USERS","value":"keystone""#)));
    assert!(bed.reach(Goal::Match).await.is_empty(), "and it is at rest");
}

#[tokio::test(start_paused = true)]
async fn an_old_wish_to_clear_a_job_does_not_delete_the_new_one() {
    let bed = Bed::new("clear").await;
    bed.reach(Goal::Exist).await;
    let uid = |bed: &Bed| {
        let job = bed.server.get("/apis/batch/v1/namespaces/cloud/jobs/keystone-db-sync").unwrap();
        job["metadata"]["uid"].clone()
    };
    let before = uid(&bed);
    bed.perform(&Next::Clear("keystone-db-sync".into()), true).await.unwrap();
    bed.perform(&Next::Job("keystone-db-sync".into()), true).await.unwrap();
    bed.perform(&Next::Prepare("Secret/keystone-fernet-keys".into()), true).await.unwrap();
    assert_eq!(uid(&bed), before);
}

#[tokio::test(start_paused = true)]
async fn a_restarted_provider_finds_all_as_it_was_without_rendering() {
    let bed = Bed::new("restart").await;
    bed.reach(Goal::Exist).await;
    let folder = testing::folder("restart");
    let backend = backend(&bed.server, &bed.helm, &bed.seconds, &folder);
    let cloud = backend.connect(&account("deployer")).await.unwrap();
    let bed = Bed { cloud, backend, ..bed };
    assert!(bed.reach(Goal::Match).await.is_empty());
    assert_eq!(bed.helm.runs.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn news_of_a_migration_wake_though_no_manifest_has_its_job() {
    let bed = Bed::new("news").await;
    bed.facts.lock().migrations = vec!["keystone-db-sync".into()];
    bed.reach(Goal::Exist).await;
    *bed.values.lock() = json!({"a": 2});
    bed.renders(&KEYSTONE.replace("keystone:1", "keystone:2"));
    bed.state().await;
    bed.perform(&Next::Migrate, true).await.unwrap();
    let jobs = "/apis/batch/v1/namespaces/cloud/jobs";
    let copy = bed.server.list(jobs).into_iter().find(|job| named(job).contains("-pre-")).unwrap();
    let pod = json!({"kind": "Pod", "spec": {}, "metadata": {"uid": "p",
        "ownerReferences": [{"kind": "Job", "name": named(&copy), "controller": true}]}});
    for (path, object) in
        [("/api/v1/namespaces/cloud/pods/p".to_owned(), pod), (format!("{jobs}/{}", named(&copy)), copy)]
    {
        bed.state().await;
        let seen = crate::kind::rest::listing::Look { fingerprint: 0, at: tokio::time::Instant::now() };
        tokio::time::advance(Duration::from_millis(1)).await;
        let watch = bed.cloud.watch_compared(RELEASE, seen, std::task::Waker::noop().clone()).unwrap();
        assert!(watch.unchanged(None));
        bed.server.put(&path, object);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(!watch.unchanged(None), "{path}");
    }
}
