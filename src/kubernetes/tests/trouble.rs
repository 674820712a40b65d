//! What is refused, and what is said of it.

use super::*;
use crate::kind::failure::Class;

#[tokio::test(start_paused = true)]
async fn an_object_of_another_release_is_refused_before_anything_is_written() {
    let bed = Bed::new("foreign").await;
    let marks = json!({"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "there"});
    let path = "/api/v1/namespaces/cloud/services/keystone-api";
    bed.server.put(path, json!({"metadata": {"annotations": marks}}));
    let failure = bed.perform(&Next::Record, false).await.unwrap_err();
    assert_eq!(
        failure.message,
        "Service/keystone-api belongs to release other of namespace there: nothing was changed"
    );
    assert_eq!(failure.class, Class::Terminal);
    assert!(bed.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_second_create_is_a_conflict() {
    let bed = Bed::new("twice").await;
    bed.perform(&Next::Record, false).await.unwrap();
    let failure = bed.perform(&Next::Record, false).await.unwrap_err();
    assert_eq!(failure.class, Class::Conflict, "{failure}");
    assert_eq!(bed.records(), ["1 pending-install"]);
}

#[tokio::test(start_paused = true)]
async fn random_values_are_refused_by_the_names_of_the_objects() {
    let bed = Bed::new("random").await;
    *bed.helm.rendered.lock() =
        vec![Ok(KEYSTONE.to_owned()), Ok(KEYSTONE.replace("W0RFRkFVTFRd", "W290aGVyXQ=="))];
    let failure = bed.perform(&Next::Record, false).await.unwrap_err();
    assert!(failure.message.ends_with("must be pinned: Secret/keystone-etc"), "{failure}");
    assert!(bed.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_does_not_render_is_said_and_what_runs_is_still_looked_at() {
    let bed = Bed::new("broken").await;
    bed.reach(Goal::Exist).await;
    *bed.values.lock() = json!({"a": 2});
    *bed.helm.rendered.lock() = vec![Err("no value for b".to_owned())];
    let state = bed.state().await.unwrap();
    assert_eq!(state.rendering.as_deref(), Some("no value for b"));
    assert!(!state.current && state.workloads[0].is_ready());
    assert_eq!(bed.reach(Goal::Match).await, ["Refuse(no value for b)"]);
    assert_eq!(bed.records(), ["1 deployed"]);
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_missing_is_named_with_the_account() {
    let bed = Bed::new("rights").await;
    bed.perform(&Next::Record, false).await.unwrap();
    bed.server.fail("PATCH /api/v1/namespaces/cloud/secrets", 403);
    let failure = bed.perform(&Next::Apply, true).await.unwrap_err();
    assert!(
        failure.message.starts_with("ServiceAccount cloud/deployer may not patch secrets keystone-"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_person_at_work_with_helm_is_waited_for() {
    let bed = Bed::new("person").await;
    bed.reach(Goal::Exist).await;
    let path = "/api/v1/namespaces/cloud/secrets/sh.helm.release.v1.keystone.v1";
    let mut record = bed.server.get(path).unwrap();
    record["metadata"]["labels"]["kupenstack.io/revision"] = json!("7");
    let text = record.to_string();
    assert!(!text.contains("hunter2"));
    bed.server.put(path, record);
    let failure = bed.perform(&Next::Apply, true).await.unwrap_err();
    assert_eq!(failure.class, Class::Conflict, "{failure}");
    assert!(failure.message.contains("was made by somebody else"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn nothing_lies_under_other_paths() {
    let bed = Bed::new("paths").await;
    for (method, below) in [(Method::Get, ""), (Method::Put, "/jobs/a"), (Method::Post, "/nothing")] {
        let failure = bed.cloud.send(&bed.request(method, below, None)).await.unwrap_err();
        assert_eq!(failure.class, Class::Terminal, "{method} {below}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_merely_waits_is_told_as_the_cause_though_there_is_no_log_of_it() {
    let bed = Bed::new("waits").await;
    bed.perform(&Next::Record, false).await.unwrap();
    bed.perform(&Next::Apply, true).await.unwrap();
    let waits = json!([{"name": "DEPENDENCY_JOBS", "value": "keystone-late"}]);
    bed.server.put(
        "/api/v1/namespaces/cloud/pods/keystone-api-7f-x",
        json!({"kind": "Pod", "metadata": {"namespace": "cloud", "labels": {"application": "keystone"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "keystone-api-7f", "controller": true}]},
            "spec": {"initContainers": [{"name": "init", "env": waits}]},
            "status": {"phase": "Pending", "initContainerStatuses": [{"name": "init", "state": {"running": {}}}]}}),
    );
    assert_eq!(
        bed.state().await.unwrap().cause.as_deref(),
        Some("keystone-api waits for Job keystone-late, which has not been made yet")
    );
}
