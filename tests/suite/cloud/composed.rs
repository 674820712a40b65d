//! The headline: a cloud from one manifest.

use super::{
    clouds::{STAGES, whole},
    stack::{kubectl, pause},
};
use crate::world::{condition, rig};
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};

#[test]
fn scenario_01_a_cloud_from_one_manifest_comes_up_in_stages_and_its_own_api_lists_a_server() {
    let cloud = whole();
    let made =
        |kind: &&str| cloud.component(kind)["metadata"]["creationTimestamp"].as_str().unwrap().to_owned();
    for pair in STAGES.windows(2) {
        let (last, first) =
            (pair[0].iter().map(made).max().unwrap(), pair[1].iter().map(made).min().unwrap());
        assert!(last <= first, "{:?} made at {first}, before {:?}", pair[1], pair[0]);
    }
    for job in cloud.objects("jobs") {
        let (name, status) = (&job["metadata"]["name"], &job["status"]);
        assert_eq!((&status["succeeded"], &status["failed"]), (&json!(1), &Value::Null), "{name} ran once");
    }
    let server = manifests::example(rig(), "server").unwrap();
    block_on(manifests::apply(rig(), &server)).unwrap();
    for object in &server {
        block_on(manifests::wait_ready(rig(), object)).unwrap();
    }
    assert_eq!(cloud.ask("c1-keystone", "server list -f value -c Name -c Status"), "web ACTIVE");
    assert_eq!(cloud.ask("c1-keystone", "image list -f value -c Name -c Status"), "small active");
    assert_eq!(cloud.ask("c1-keystone", "network list -f value -c Name"), "web");
}

/// The cache, which alone of its stage has nothing to lose.
#[test]
fn scenario_11_what_is_unready_later_degrades_the_cloud_by_name_and_takes_nothing_out_of_it() {
    let cloud = whole();
    let before = cloud.composed();
    kubectl(&["cordon", "rig"]);
    kubectl(&["delete", "pod", "memcached-memcached-0", "-n", cloud.namespace]);
    let degraded = cloud.wait("degraded", |cloud| cloud["status"]["phase"] == "Degraded");
    let told =
        degraded["status"]["components"]["memcached"]["message"].as_str().unwrap_or_default().to_owned();
    for _ in 0..5 {
        pause();
        assert_eq!(cloud.composed(), before);
    }
    kubectl(&["uncordon", "rig"]);
    cloud.ready();
    assert!(told.contains("memcached"), "{told}");
    assert_eq!(cloud.composed(), before);
}

#[test]
fn scenario_21_no_cloud_changes_so_often_that_crossplane_stops_to_listen() {
    assert_eq!(condition(&whole().get(), "Responsive")["reason"], "WatchCircuitClosed");
    let events = kubectl(&["get", "events", "-A", "-o", "jsonpath={.items[*].reason}"]);
    assert!(!events.is_empty() && !events.contains("WatchCircuitOpen"), "{events}");
}
