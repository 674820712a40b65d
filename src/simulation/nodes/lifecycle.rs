//! A node: taken into a cloud, disabled, drained, and taken out again, with every trouble at every request.

use super::{
    super::{examples::Example, lifecycle::phase, testbed::Testbed},
    *,
};
use crate::runtime::base::keys::ObjectKey;
use std::time::Duration;

/// Where a service of the cloud itself is.
const OWN: &str = "nova-api.default.svc.cluster.local:8774";

fn node() -> Example {
    let kinds = Cluster::provider().kinds;
    let of = kinds.iter().find(|known| known.info().kind == "OpenstackNode").unwrap();
    let spec = json!({"forProvider": {"roles": ["compute"], "identityConnection": "keystone"}});
    let manifest = json!({"apiVersion": of.info().api_version(), "kind": "OpenstackNode", "spec": spec,
        "metadata": {"uid": "00000000-0000-4000-8000-000000000001", "generation": 1,
            "creationTimestamp": "2026-11-21T06:00:00Z", "annotations": {"crossplane.io/external-name": "n1"}}});
    let key = ObjectKey { kind: of.id(), namespace: "default".into(), name: "c1-n1".into() };
    let path = format!("/apis/{}/namespaces/default/openstacknodes/c1-n1", of.info().api_version());
    Example { key, manifest, path, own: true }
}

fn server(id: &str, status: &str) -> Value {
    json!({"id": id, "name": id, "status": status, "OS-EXT-SRV-ATTR:host": "n1"})
}

/// A node of a cloud, at rest, with these servers.
pub(super) async fn made(servers: &[(&str, &str)]) -> (Testbed<Cluster>, Example) {
    let (testbed, example) = (Testbed::<Cluster>::new(), node());
    testbed.server.put(&example.path, example.manifest.clone());
    testbed.live(&example, std::slice::from_ref(&example), None).await;
    testbed.world.turn();
    testbed.world.turn();
    for (id, status) in servers {
        testbed.world.hosts.add("compute/servers", server(id, status));
    }
    testbed.live(&example, std::slice::from_ref(&example), None).await;
    testbed.well(&example).unwrap();
    testbed.world.hosts.calls();
    (testbed, example)
}

pub(super) fn want(testbed: &Testbed<Cluster>, example: &Example, fields: Value) {
    testbed.change(example, |object| {
        object["spec"]["forProvider"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    });
}

fn delete(testbed: &Testbed<Cluster>, example: &Example) {
    testbed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
}

/// Some passes of one life, a minute apart.
pub(super) async fn passes(testbed: &Testbed<Cluster>, example: &Example, count: usize) {
    let program = testbed.program(&Points::with(|_, _| None));
    for _ in 0..count {
        testbed.world.turn();
        testbed.tell(&program, std::slice::from_ref(example));
        program.reconcile(&example.key).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

pub(super) fn says(testbed: &Testbed<Cluster>, example: &Example, r#type: &str) -> String {
    let all = testbed.object(example).unwrap().status.conditions;
    let found = all.into_iter().find(|condition| condition.r#type == r#type);
    found.map(|it| format!("{} {}", it.status, it.message.unwrap_or_default())).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_node_gets_its_labels_whatever_request_is_lost_and_others_labels_stay() {
    let (testbed, example) = (Testbed::<Cluster>::new(), node());
    testbed.server.put(&example.path, example.manifest.clone());
    let made = phase("create", &testbed, &example, std::slice::from_ref(&example)).await;
    let labels = &made.world.node()["metadata"]["labels"];
    assert_eq!(labels, &json!({"theirs": "x", LABEL: "enabled", "openvswitch": "enabled"}));
    assert_eq!(made.object(&example).unwrap().status.at_provider["status"], "Ready");
}

#[tokio::test(start_paused = true)]
async fn a_node_has_its_labels_before_there_is_a_login() {
    let (testbed, example) = (Testbed::<Cluster>::new(), node());
    testbed.server.remove("/api/v1/namespaces/default/secrets/keystone");
    testbed.server.put(&example.path, example.manifest.clone());
    testbed.live(&example, std::slice::from_ref(&example), None).await;
    testbed.well(&example).unwrap();
    assert!(testbed.world.labelled());
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_label_that_somebody_took_off_is_put_back() {
    let (testbed, example) = made(&[]).await;
    let mut node = testbed.world.node();
    node["metadata"]["labels"].as_object_mut().unwrap().remove(LABEL);
    testbed.world.api.put(NODE, node);
    let mended = phase("mend", &testbed, &example, std::slice::from_ref(&example)).await;
    assert!(mended.world.labelled());
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_disabled_node_gets_no_servers_and_an_enabled_one_does_again() {
    let (testbed, example) = made(&[("web", "ACTIVE")]).await;
    want(&testbed, &example, json!({"disabled": true}));
    let off = phase("change", &testbed, &example, std::slice::from_ref(&example)).await;
    let service = &off.world.hosts.list("compute/services")[0];
    assert_eq!(service["disabled_reason"], "kupenstack: the OpenstackNode says disabled");
    assert_eq!(off.object(&example).unwrap().status.at_provider["status"], "Disabled");
    assert_eq!(off.world.hosts.list("compute/servers")[0]["OS-EXT-SRV-ATTR:host"], "n1");
    want(&off, &example, json!({"disabled": false}));
    let on = phase("change", &off, &example, std::slice::from_ref(&example)).await;
    assert_eq!(on.world.hosts.list("compute/services")[0]["status"], "enabled");
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_drained_node_has_no_servers_whatever_request_is_lost() {
    let (testbed, example) = made(&[("web", "ACTIVE"), ("db", "SHUTOFF")]).await;
    want(&testbed, &example, json!({"maintenance": {"mode": "Drain", "concurrency": 2}}));
    let drained = phase("change", &testbed, &example, std::slice::from_ref(&example)).await;
    for server in drained.world.hosts.list("compute/servers") {
        assert_eq!(server["OS-EXT-SRV-ATTR:host"], testing::hosts::ELSEWHERE, "{server}");
        assert!(server["status"] != "VERIFY_RESIZE", "{server}");
    }
    assert_eq!(drained.object(&example).unwrap().status.at_provider["status"], "Drained");
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_node_that_leaves_leaves_nothing_behind_in_this_order() {
    let (testbed, example) = made(&[]).await;
    delete(&testbed, &example);
    let gone = phase("delete", &testbed, &example, std::slice::from_ref(&example)).await;
    let calls = gone.world.hosts.calls();
    let wanted = [
        "PUT /os-services/s1",
        "DELETE /os-services/s1",
        "DELETE /resource_providers/gpu",
        "DELETE /resource_providers/root",
        "DELETE /agents/a1",
        "PUT /os-services/disable-log-reason",
    ];
    assert_eq!(calls, wanted);
    let metadata = &gone.world.node()["metadata"];
    assert_eq!((&metadata["labels"], &metadata["annotations"]), (&json!({"theirs": "x"}), &json!({})));
}

#[tokio::test(start_paused = true)]
async fn scenario_13_a_node_with_servers_stays_until_it_is_drained() {
    let (testbed, example) = made(&[("web", "ACTIVE")]).await;
    delete(&testbed, &example);
    passes(&testbed, &example, 4).await;
    let why = says(&testbed, &example, "Synced");
    assert!(why.starts_with("False delete failed: servers are on it: web: set maintenance.mode"), "{why}");
    assert!(testbed.world.labelled(), "its agents go on");
    want(&testbed, &example, json!({"maintenance": {"mode": "Drain"}}));
    passes(&testbed, &example, 30).await;
    assert!(testbed.object(&example).is_none() && !testbed.world.labelled());
    assert_eq!(testbed.world.hosts.list("compute/services"), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn scenario_13_what_openstack_knows_of_a_node_that_vanished_is_cleaned_up() {
    let (testbed, example) = made(&[]).await;
    testbed.world.api.remove(POD);
    testbed.world.api.remove(NODE);
    passes(&testbed, &example, 2).await;
    assert!(says(&testbed, &example, "Ready").starts_with("False"), "{}", says(&testbed, &example, "Ready"));
    assert_eq!(testbed.world.hosts.calls(), Vec::<String>::new(), "its agents may live on");
    for (collection, field, value) in [
        ("compute/services", "state", json!("down")),
        ("blockstorage/services", "state", json!("down")),
        ("network/agents", "alive", json!(false)),
    ] {
        testbed.world.hosts.change(collection, |it| it[field] = value.clone());
    }
    passes(&testbed, &example, 40).await;
    for collection in ["compute/services", "network/agents", "placement/resource_providers"] {
        assert_eq!(testbed.world.hosts.list(collection), Vec::<Value>::new(), "{collection}");
    }
    assert!(says(&testbed, &example, "UpToDate").starts_with("False"), "it waits for the Node");
    assert!(testbed.world.api.get(NODE).is_none(), "which nobody makes");
}

#[tokio::test(start_paused = true)]
async fn a_node_leaves_a_cloud_that_is_gone_with_its_services() {
    let (testbed, example) = made(&[("web", "ACTIVE")]).await;
    testbed.world.hosts.go_away(OWN);
    delete(&testbed, &example);
    passes(&testbed, &example, 10).await;
    assert!(testbed.object(&example).is_none() && !testbed.world.labelled());
}

#[tokio::test(start_paused = true)]
async fn a_node_waits_for_services_that_are_away_for_a_while() {
    let (testbed, example) = made(&[]).await;
    testbed.world.api.put("/api/v1/namespaces/default/services/nova-api", json!({}));
    testbed.world.hosts.go_away(OWN);
    delete(&testbed, &example);
    passes(&testbed, &example, 4).await;
    let why = says(&testbed, &example, "Ready");
    assert!(why.contains("a service that has to forget the node"), "{why}");
    assert!(testbed.world.labelled());
}

#[tokio::test(start_paused = true)]
async fn a_node_waits_for_services_of_somebody_else_until_they_answer() {
    let (testbed, example) = made(&[]).await;
    testbed.world.hosts.go_away("nova.example.org:8774");
    delete(&testbed, &example);
    passes(&testbed, &example, 4).await;
    let why = says(&testbed, &example, "Ready");
    assert!(why.contains("unless maintenance.force is set: the cloud says Unreachable"), "{why}");
    assert!(testbed.world.labelled());
    testbed.world.hosts.come_back();
    passes(&testbed, &example, 20).await;
    assert!(testbed.object(&example).is_none() && !testbed.world.labelled());
    assert_eq!(testbed.world.hosts.list("compute/services"), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_vanished_waits_for_services_of_somebody_else_unless_it_is_forced() {
    let (testbed, example) = made(&[]).await;
    testbed.world.hosts.go_away("nova.example.org:8774");
    testbed.world.api.remove(POD);
    testbed.world.api.remove(NODE);
    delete(&testbed, &example);
    passes(&testbed, &example, 4).await;
    assert!(says(&testbed, &example, "Ready").contains("a service that has to forget the node"));
    want(&testbed, &example, json!({"maintenance": {"force": true}}));
    passes(&testbed, &example, 4).await;
    assert!(testbed.object(&example).is_none());
    assert_eq!(testbed.world.hosts.list("compute/services").len(), 1, "nobody could tell Nova");
}
