use super::*;

const OLD: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec: {replicas: 1, template: {metadata: {annotations: {hash: a}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: nova-compute-default}
spec: {template: {metadata: {labels: {application: nova, component: compute}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: nova-bootstrap}
spec: {template: {spec: {containers: [{image: "nova:1"}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: old}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: images}
---
apiVersion: batch/v1
kind: Job
metadata: {name: db-sync, annotations: {helm.sh/hook: post-upgrade}}
spec: {template: {spec: {containers: [{image: "nova:1"}]}}}
"#;

fn of(change: impl Fn(String) -> String) -> UpdatePlan {
    update_plan(&Manifest::read(OLD).unwrap(), &Manifest::read(&change(OLD.to_owned())).unwrap())
}

#[test]
fn the_same_again_does_nothing() {
    assert!(of(|text| text).is_empty());
    assert!(of(|text| text.replace("replicas: 1", "replicas: 2")).is_empty(), "scaling restarts nothing");
}

#[test]
fn an_option_restarts_the_workloads_and_reruns_the_jobs_that_read_it() {
    assert_eq!(
        of(|text| text.replace("hash: a", "hash: b")),
        UpdatePlan { restarts: vec!["api".to_owned()], ..UpdatePlan::default() }
    );
    let image = of(|text| text.replace("nova:1", "nova:2"));
    assert_eq!(
        (image.jobs, image.replaced),
        (vec!["db-sync".to_owned()], vec!["Job/nova-bootstrap".to_owned()])
    );
}

#[test]
fn what_goes_is_named_and_claims_stay() {
    let removed =
        of(|text| text.replace("name: old", "name: new").replace("name: images", "name: other")).removed;
    assert_eq!(removed, ["Service/old"]);
    let kept = of(|text| text.replace("kind: Service", "kind: Secret")).removed;
    assert_eq!(kept, ["Service/old"], "another kind is another object");
}

#[test]
fn another_version_of_a_group_is_the_same_object() {
    assert!(
        of(|text| text
            .replace("apiVersion: apps/v1\nkind: Deployment", "apiVersion: apps/v2\nkind: Deployment"))
        .is_empty()
    );
}

#[test]
fn daemon_sets_that_are_renamed_are_replaced_with_all_their_pods() {
    let renamed = of(|text| text.replace("nova-compute-default", "nova-compute-gpu"));
    assert_eq!(
        renamed,
        UpdatePlan { replaced: vec!["DaemonSet/nova-compute-default".to_owned()], ..UpdatePlan::default() }
    );
    let gone = of(|text| {
        text.replace("nova-compute-default", "other").replace("component: compute", "component: x")
    });
    assert_eq!(gone.removed, ["DaemonSet/nova-compute-default"]);
}

#[test]
fn values_that_differ_are_named_by_their_paths_and_never_told() {
    let map = |value: serde_json::Value| value.as_object().unwrap().clone();
    let old = map(serde_json::json!({"a": {"b": 1, "c": {"d": "hunter2"}}, "e": [1], "same": {"x": null}}));
    let new = map(
        serde_json::json!({"a": {"b": 2, "c": {"d": "hunter3"}, "new.one": 1}, "e": [1, 2], "same": {"x": null}}),
    );
    assert_eq!(differing(&old, &new), ["a.b", "a.c.d", r"a.new\.one", "e"]);
    let gone = map(serde_json::json!({"same": {"x": null}, "a": 1}));
    assert_eq!(differing(&old, &gone), ["a", "e"], "what goes counts, and so does another form");
    let many = (0..200).map(|name| (format!("n{name}"), serde_json::json!(1))).collect();
    assert_eq!(differing(&serde_json::Map::new(), &many).len(), 100);
}
