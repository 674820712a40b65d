//! The headline: a cloud from one manifest, and a second one from a claim.

use super::{
    clouds::{STAGES, claimed, whole},
    stack::{kubectl, pause},
};
use crate::world::{condition, rig};
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn texts(values: &Value) -> BTreeSet<&str> {
    values.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn scenario_01_a_cloud_from_one_manifest_comes_up_in_stages_and_its_own_api_lists_a_server() {
    let cloud = whole();
    let made = |kind: &&str| {
        cloud.component(kind)["metadata"]["creationTimestamp"].as_str().unwrap().to_owned()
    };
    for pair in STAGES.windows(2) {
        let (last, first) = (pair[0].iter().map(made).max().unwrap(), pair[1].iter().map(made).min().unwrap());
        assert!(last <= first, "{:?} made at {first}, before {:?}", pair[1], pair[0]);
    }
    for job in cloud.objects("jobs") {
        let (name, status) = (&job["metadata"]["name"], &job["status"]);
        assert_eq!((&status["succeeded"], &status["failed"]), (&json!(1), &Value::Null), "{name} ran once");
    }
    let server = block_on(async { manifests::example(rig(), "server") }).unwrap();
    block_on(manifests::apply(rig(), &server)).unwrap();
    for object in &server {
        block_on(manifests::wait_ready(rig(), object)).unwrap();
    }
    assert_eq!(cloud.ask("c1-keystone", "server list -f value -c Name -c Status"), "web ACTIVE");
    assert_eq!(cloud.ask("c1-keystone", "image list -f value -c Name -c Status"), "small active");
    assert_eq!(cloud.ask("c1-keystone", "network list -f value -c Name"), "web");
}

#[test]
fn scenario_02_a_claim_beside_it_gets_a_login_in_its_own_namespace() {
    let cloud = claimed();
    assert!(cloud.ask("cloud", "token issue -f value -c id").len() > 100, "a Fernet token");
    assert_eq!(cloud.ask("cloud", "image list -f value"), "", "it is not the other cloud");
    let services = cloud.ask("cloud", "service list -f value -c Type");
    assert_eq!(services.lines().collect::<BTreeSet<_>>(), BTreeSet::from(["identity", "image"]));
}

/// Generation of every workload.
fn generations(workloads: Vec<Value>) -> BTreeMap<String, Value> {
    let one = |object: Value| {
        (object["metadata"]["name"].as_str().unwrap().to_owned(), object["metadata"]["generation"].clone())
    };
    workloads.into_iter().map(one).collect()
}

#[test]
fn scenario_07_an_option_of_one_service_restarts_just_what_the_approved_plan_names() {
    let cloud = whole();
    let workloads = "deployments,statefulsets,daemonsets";
    let before = generations(cloud.objects(workloads));
    let revision = |kind: &str| cloud.component(kind)["status"]["atProvider"]["release"]["revision"].as_u64();
    let first = revision("placement").unwrap();
    let debug = cloud.get()["spec"]["components"]["placement"]["values"]["conf"].is_null();
    let option = json!({"conf": {"placement": {"DEFAULT": {"debug": debug}}}});
    cloud.change(json!({"changes": "Manual", "components": {"placement": {"values": option}}}));
    let held = cloud.wait("planning", |cloud| cloud["status"]["plan"]["changes"] != json!([]));
    let plan = &held["status"]["plan"];
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
    let change = &plan["changes"][0];
    assert_eq!(change["component"], "placement");
    assert_eq!(texts(&change["restarts"]), BTreeSet::from(["placement-api"]), "{change}");
    assert_eq!((revision("placement"), generations(cloud.objects(workloads))), (Some(first), before.clone()));

    cloud.approve(plan["digest"].as_str().unwrap());
    cloud.wait("changed", |_| revision("placement") == Some(first + 1));
    cloud.ready();
    let after = generations(cloud.objects(workloads));
    let changed = after.iter().filter(|(name, now)| before.get(*name) != Some(now)).map(|(name, _)| &**name);
    assert_eq!(changed.collect::<BTreeSet<_>>(), texts(&change["restarts"]));
    cloud.change(json!({"changes": "Automatic"}));
    cloud.ready();
}

#[test]
fn scenario_11_a_database_that_is_unready_later_degrades_the_cloud_and_takes_nothing_out_of_it() {
    let cloud = whole();
    let before = cloud.composed();
    kubectl(&["cordon", "rig"]);
    kubectl(&["delete", "pod", "mariadb-server-0", "-n", cloud.namespace]);
    let degraded = cloud.wait("degraded", |cloud| cloud["status"]["phase"] == "Degraded");
    let told = degraded["status"]["components"]["mariadb"]["message"].as_str().unwrap_or_default().to_owned();
    for _ in 0..5 {
        pause();
        assert_eq!(cloud.composed(), before);
    }
    kubectl(&["uncordon", "rig"]);
    cloud.ready();
    assert!(told.contains("mariadb-server"), "{told}");
    assert_eq!(cloud.composed(), before);
}

#[test]
fn scenario_21_no_cloud_changes_so_often_that_crossplane_stops_to_listen() {
    for cloud in [whole(), claimed()] {
        if cloud.namespace == manifests::NAMESPACE {
            assert_eq!(condition(&cloud.get(), "Responsive")["reason"], "WatchCircuitClosed");
        }
    }
    let events = kubectl(&["get", "events", "-A", "-o", "jsonpath={.items[*].reason}"]);
    assert!(!events.is_empty() && !events.contains("WatchCircuitOpen"), "{events}");
}
