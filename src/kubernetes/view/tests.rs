use super::*;
use crate::runtime::testing::fake::Fake;
use serde_json::{Value, json};
use std::time::Duration;

const JOBS: &str = "/apis/batch/v1/namespaces/a/jobs";
const PODS: &str = "/api/v1/namespaces/a/pods";

fn view(server: &Fake) -> Arc<View> {
    View::new(ApiServer::new(server.client(), "a/deployer".into()), "a")
}

fn job(complete: bool) -> Value {
    let conditions = if complete { json!([{"type": "Complete", "status": "True"}]) } else { json!([]) };
    json!({"kind": "Job", "metadata": {"uid": "j"}, "spec": {}, "status": {"conditions": conditions}})
}

#[tokio::test(start_paused = true)]
async fn what_is_there_is_known_after_the_first_list_and_other_namespaces_are_not() {
    let server = Fake::default();
    server.put(&format!("{JOBS}/j"), job(true));
    server.put("/apis/batch/v1/namespaces/b/jobs/other", job(true));
    let view = view(&server);
    let config_maps = ("v1".to_owned(), "ConfigMap".to_owned());
    view.watch(&[config_maps].into()).await.unwrap();
    let jobs = view.snapshot().jobs;
    assert_eq!(jobs.iter().map(|job| (job.name.as_str(), job.complete)).collect::<Vec<_>>(), [("j", true)]);
    assert!(view.object("batch/v1", "Job", "j").is_some());
    assert!(view.object("batch/v1", "Job", "other").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_pods_news_are_news_of_what_made_it() {
    let server = Fake::default();
    let view = view(&server);
    view.watch(&BTreeSet::new()).await.unwrap();
    let since = tokio::time::Instant::now();
    let waker = std::task::Waker::noop();
    let of = |kind: &str, name: &str| {
        view.changes().watch([(kind.into(), name.into())].into(), since, waker.clone())
    };
    let (deployment, job, other) = (of("Deployment", "api"), of("Job", "j"), of("Job", "other"));
    tokio::time::advance(Duration::from_millis(1)).await;
    for (name, kind, owner) in [("p", "ReplicaSet", "api-5f7c"), ("q", "Job", "j")] {
        let owners = json!([{"kind": kind, "name": owner, "controller": true}]);
        let metadata = json!({"uid": name, "ownerReferences": owners});
        server.put(&format!("{PODS}/{name}"), json!({"kind": "Pod", "metadata": metadata, "spec": {}}));
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(deployment.has_changed() && job.has_changed() && !other.has_changed());
}

#[tokio::test(start_paused = true)]
async fn what_an_answer_told_is_known_before_a_watch_tells_it() {
    let server = Fake::default();
    let view = view(&server);
    view.watch(&BTreeSet::new()).await.unwrap();
    let mut made = job(false);
    made["apiVersion"] = json!("batch/v1");
    made["metadata"] = json!({"name": "j", "uid": "j", "resourceVersion": "7"});
    view.learn(&made);
    assert_eq!(view.object("batch/v1", "Job", "j").unwrap().version, "7");
    made["metadata"]["resourceVersion"] = json!("6");
    view.learn(&made);
    assert_eq!(view.object("batch/v1", "Job", "j").unwrap().version, "7", "older than what is known");
}

#[tokio::test(start_paused = true)]
async fn a_right_to_watch_that_is_missing_is_named() {
    let server = Fake::default();
    server.fail(&format!("GET {JOBS}"), 403);
    let error = view(&server).watch(&BTreeSet::new()).await.unwrap_err();
    assert!(error.to_string().starts_with("ServiceAccount a/deployer may not watch jobs"), "{error}");
}
