use super::*;
use crate::release::trim::INPUTS;
use proptest::prelude::*;

fn object(text: &str) -> Object {
    Manifest::read(text).unwrap().objects.remove(0)
}

const DEPLOYMENT: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, labels: {a: b}}\nspec: {replicas: 2}\n";
const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: nova-bootstrap}\n\
    spec: {backoffLimit: 1000, template: {spec: {containers: [{name: a, image: \"nova:1\", ports: [{containerPort: 80}], env: []}]}}}\n";

#[test]
fn what_is_applied_has_helms_three_marks_and_its_namespace() {
    let value = wanted(&object(DEPLOYMENT), "keystone", "openstack");
    let metadata = json!({"name": "api", "namespace": "openstack",
        "labels": {"a": "b", "app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "keystone", "meta.helm.sh/release-namespace": "openstack"}});
    assert_eq!(value["metadata"], metadata);
    assert_eq!(owner(&value), Some(("openstack", "keystone")));
    assert_eq!(owner(&object(DEPLOYMENT).value), None);
    let role = wanted(
        &object("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n"),
        "k",
        "o",
    );
    assert!(role.pointer("/metadata/namespace").is_none());
}

#[test]
fn only_what_applying_would_change_is_drift() {
    let live = json!({"metadata": {"name": "a", "resourceVersion": "7", "generation": 2, "managedFields": [1]},
        "spec": {"replicas": 3, "list": [{"a": 1}], "added": true}, "status": {"ready": 1}});
    let mut applied = live.clone();
    applied["metadata"] = json!({"name": "a", "resourceVersion": "8", "generation": 3, "managedFields": []});
    applied["status"] = json!({});
    assert_eq!(differences(&live, &applied), Vec::<String>::new());
    applied["spec"] = json!({"replicas": 2, "list": [{"a": 2}], "added": true, "more": 1});
    assert_eq!(differences(&live, &applied), ["/spec/list/0/a", "/spec/replicas", "/spec/more"]);
}

#[test]
fn certificates_that_others_fill_in_are_no_drift() {
    let live = json!({"webhooks": [{"clientConfig": {"caBundle": "abc"}}]});
    assert_eq!(differences(&live, &json!({"webhooks": [{"clientConfig": {}}]})), Vec::<String>::new());
}

fn scaled_by(manager: &str, subresource: Option<&str>) -> Value {
    let mut entry = json!({"manager": manager, "fieldsV1": {"f:spec": {"f:replicas": {}}}});
    entry["subresource"] = json!(subresource);
    json!({"metadata": {"managedFields": [entry]}, "spec": {"replicas": 5, "paused": true}})
}

#[test]
fn replicas_are_left_to_an_autoscaler_and_to_nobody_else() {
    let applied = json!({"metadata": {}, "spec": {"replicas": 2, "paused": true}});
    assert_eq!(
        differences(&scaled_by("kube-controller-manager", Some("scale")), &applied),
        Vec::<String>::new()
    );
    assert_eq!(differences(&scaled_by("kubectl-edit", None), &applied), ["/spec/replicas"]);
    assert_eq!(differences(&scaled_by("helm", Some("scale")), &applied), ["/spec/replicas"]);
    let mut value = object(DEPLOYMENT).value;
    yield_fields(&mut value, &scaled_by("kubectl-edit", None));
    assert_eq!(value["spec"]["replicas"], 2);
    yield_fields(&mut value, &scaled_by("kubectl", Some("scale")));
    assert_eq!(value["spec"], json!({}));
}

fn steered_by(manager: &str) -> Value {
    let entry =
        json!({"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": {"f:selector": {}}}});
    json!({"kind": "Service", "metadata": {"managedFields": [entry]}, "spec": {"selector": {"pod": "server-0"}}})
}

#[test]
fn the_pods_behind_a_service_are_left_to_a_controller_and_not_to_a_person() {
    let applied = json!({"kind": "Service", "metadata": {}, "spec": {"selector": {"app": "server"}}});
    assert_eq!(differences(&steered_by("Python-urllib"), &applied), Vec::<String>::new());
    assert!(!differences(&steered_by("kubectl-edit"), &applied).is_empty());
    let mut value = applied.clone();
    yield_fields(&mut value, &steered_by("Python-urllib"));
    assert_eq!(value["spec"], json!({}));
}

fn outdated(live: &Value) -> Vec<String> {
    outdated_jobs(&Manifest::read(JOB).unwrap(), |_| Some(live))
}

#[test]
fn a_plain_job_is_outdated_by_its_digest() {
    let applied = wanted(&object(JOB), "nova", "openstack");
    assert_eq!(outdated(&applied), Vec::<String>::new());
    let other = wanted(&object(&JOB.replace("nova:1", "nova:2")), "nova", "openstack");
    assert_eq!(outdated(&other), ["nova-bootstrap"]);
    assert!(applied["metadata"]["annotations"][INPUTS].is_string());
    assert_eq!(
        outdated_jobs(&Manifest::read(JOB).unwrap(), |_| None),
        Vec::<String>::new(),
        "an absent one is made"
    );
}

#[test]
fn a_plain_job_that_helm_made_is_compared_as_far_as_the_chart_says_something() {
    let mut live = object(JOB).value;
    live["spec"]["completions"] = json!(1);
    live["spec"]["template"]["spec"]["restartPolicy"] = json!("OnFailure");
    live["spec"]["template"]["spec"]["containers"][0].as_object_mut().unwrap().remove("env");
    assert_eq!(outdated(&live), Vec::<String>::new(), "defaults are no difference");
    live["spec"]["template"]["spec"]["containers"][0]["image"] = json!("nova:0");
    assert_eq!(outdated(&live), ["nova-bootstrap"]);
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i8>().prop_map(Value::from), "[a-z]{0,3}".prop_map(Value::from)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-d]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn two_objects_have_no_differences_just_if_they_are_equal(one in tree(), other in tree()) {
        let (one, other) = (json!({"spec": one}), json!({"spec": other}));
        prop_assert_eq!(differences(&one, &other).is_empty(), one == other);
        prop_assert_eq!(differences(&one, &one), Vec::<String>::new());
    }
}
