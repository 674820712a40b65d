use super::*;
use crate::release::depends::Dependency;
use serde_json::json;

#[test]
fn a_pod_keeps_what_its_containers_wait_for_and_how_they_ended() {
    let found = pod(&json!({
        "metadata": {"name": "keystone-db-sync-x", "namespace": "openstack", "labels": {"component": "db-sync"},
            "ownerReferences": [{"kind": "Job", "name": "keystone-db-sync", "controller": true}]},
        "spec": {"nodeName": "n1",
            "initContainers": [{"name": "init", "env": [{"name": "DEPENDENCY_JOBS", "value": "keystone-db-init"}]}],
            "containers": [{"name": "sync"}]},
        "status": {"phase": "Running",
            "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}],
            "initContainerStatuses": [{"name": "init", "state": {"running": {"startedAt": "t"}}}],
            "containerStatuses": [{"name": "sync", "restartCount": 2, "ready": false,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "Access denied"}}}]}
    }));
    assert_eq!(found.owner, Some(("Job".to_owned(), "keystone-db-sync".to_owned())));
    assert!(found.belongs_to("Job", "keystone-db-sync") && !found.ready && found.unschedulable.is_none());
    assert_eq!(found.init[0].waits_for, [Dependency::Job("keystone-db-init".to_owned())]);
    assert!(found.init[0].running && !found.containers[0].running);
    assert_eq!(found.containers[0].restarts, 2);
    assert_eq!(found.containers[0].waiting.as_ref().unwrap().0, "CrashLoopBackOff");
    assert_eq!(found.containers[0].ended_before.as_ref().unwrap().message, "Access denied");
}

#[test]
fn a_pod_that_no_node_takes_says_why() {
    let found = pod(&json!({"status": {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]}}));
    assert_eq!(found.unschedulable.as_deref(), Some("0/1 nodes are available"));
}

#[test]
fn a_job_is_complete_or_given_up_by_its_conditions_alone() {
    let job_with = |kind: &str| {
        job(&json!({"metadata": {"name": "j", "annotations": {INPUTS: "abc"}},
            "status": {"succeeded": 1, "conditions": [{"type": kind, "status": "True", "message": "deadline"}]}}))
    };
    assert!(job_with("Complete").complete && job_with("Complete").failed.is_none());
    assert_eq!(job_with("Failed").failed.as_deref(), Some("deadline"));
    assert_eq!(job_with("Failed").inputs.as_deref(), Some("abc"));
    assert!(!job(&json!({"status": {"succeeded": 1}})).complete, "its containers may still be ending");
}

#[test]
fn a_workload_whose_controller_has_not_seen_the_newest_template_has_no_new_pod() {
    let deployment = |observed: i64| {
        workload(
            "Deployment",
            &json!({"metadata": {"name": "api", "generation": 3}, "spec": {"replicas": 2},
                "status": {"observedGeneration": observed, "readyReplicas": 2, "updatedReplicas": 2}}),
        )
    };
    assert_eq!((deployment(3).updated, deployment(2).updated), (2, 0));
    assert_eq!(deployment(2).ready, 2);
}

#[test]
fn a_daemon_set_counts_nodes_and_one_that_updates_on_delete_is_never_behind() {
    let set = |strategy: &str| {
        workload(
            "DaemonSet",
            &json!({"spec": {"updateStrategy": {"type": strategy}}, "status": {"desiredNumberScheduled": 3,
                "numberReady": 3, "updatedNumberScheduled": 1}}),
        )
    };
    assert_eq!((set("RollingUpdate").desired, set("RollingUpdate").updated), (3, 1));
    assert_eq!(set("OnDelete").updated, 3);
    assert!(!set("OnDelete").replaced, "its old pods are there");
}

#[test]
fn a_workload_is_replaced_when_its_new_pods_are_ready_and_no_other_is_left() {
    let replaced = |observed: i64, replicas: i64, updated: i64, ready: i64| {
        let status = json!({"observedGeneration": observed, "replicas": replicas, "updatedReplicas": updated, "readyReplicas": ready});
        let object = json!({"metadata": {"generation": 3}, "spec": {"replicas": 2}, "status": status});
        workload("Deployment", &object).replaced
    };
    assert!(replaced(3, 2, 2, 2));
    assert!(!replaced(2, 2, 2, 2), "its controller has not seen the template");
    assert!(!replaced(3, 3, 2, 2), "an old pod serves until the last new one is ready");
    assert!(!replaced(3, 2, 1, 2) && !replaced(3, 2, 2, 1));
}

#[test]
fn an_endpoint_without_a_word_about_readiness_is_ready() {
    let slice_of = |conditions: Value| {
        slice(&json!({"metadata": {"labels": {"kubernetes.io/service-name": "keystone-api"}}, "endpoints": [
            {"conditions": conditions, "targetRef": {"kind": "Pod", "name": "keystone-api-1"}}]}))
    };
    assert!(slice_of(json!({})).ready && slice_of(json!({"ready": true})).ready);
    let down = slice_of(json!({"ready": false}));
    assert!(!down.ready);
    assert_eq!(
        (down.service.as_str(), down.pods),
        ("keystone-api", vec![("keystone-api-1".to_owned(), false)])
    );
}
