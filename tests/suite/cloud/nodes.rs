//! Nodes: one that is there on paper, which no kubelet keeps and whose taint keeps pods away, and the rig's own with the services of the
//! whole cloud.

use super::{
    clouds::{self, Cloud, whole},
    stack::{apply, kubectl, pause},
    upgrade::sql,
};
use crate::world::{condition, rig};
use rig::{
    lifecycle::block_on,
    manifests::{self, NAMESPACE},
};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

const NODE: &str = "paper";
/// A poll comes once a minute.
const PATIENCE: Duration = Duration::from_secs(150);
/// An agent is silent for three minutes before its pod is made anew, and a pod that hangs is killed after half a minute.
const NIGHT: Duration = Duration::from_secs(480);
/// The rig's node, as a managed resource of the whole cloud.
const OWN: &str = "c1-rig";
/// The whole cloud's login.
const LOGIN: &str = "c1-keystone";
/// No agent of a network runs on the rig: one that has reported once, and never will again.
const AGENT: &str = "INSERT INTO neutron.agents (id, agent_type, \\`binary\\`, topic, host, admin_state_up, created_at, \
    started_at, heartbeat_timestamp, configurations) VALUES ('13131313-1313-4313-8313-131313131313', 'DHCP agent', \
    'neutron-dhcp-agent', 'dhcp_agent', 'rig', 1, NOW(), NOW(), '2026-11-01 03:12:00', '{}')";

fn labels() -> Value {
    let text = kubectl(&["get", "node", NODE, "-o", "json"]);
    let mut labels = serde_json::from_str::<Value>(&text).unwrap()["metadata"]["labels"].take();
    // What Kubernetes itself sets.
    labels.as_object_mut().unwrap().retain(|key, _| !key.contains("kubernetes.io/"));
    labels
}

fn wait(what: &str, good: impl Fn() -> bool) {
    let began = Instant::now();
    while !good() {
        assert!(began.elapsed() < PATIENCE, "the Node is not {what}: {}", labels());
        pause();
    }
}

/// Gone with the test.
struct Paper;

impl Drop for Paper {
    fn drop(&mut self) {
        kubectl(&["delete", "node", NODE, "--ignore-not-found"]);
    }
}

#[test]
fn scenario_13_a_node_gets_openstack_helms_labels_and_loses_just_those() {
    clouds::installed();
    let _paper = Paper;
    apply(&json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE, "labels": {"theirs": "x"}},
        "spec": {"taints": [{"key": "paper", "effect": "NoSchedule"}]}}));
    apply(&json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenstackNode",
        "metadata": {"name": "on-paper", "namespace": NAMESPACE, "annotations": {"crossplane.io/external-name": NODE}},
        "spec": {"forProvider": {"roles": ["network"]},
            "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"}}}));
    let ours = json!({"theirs": "x", "openstack-network-node": "enabled", "l3-agent": "enabled", "openvswitch": "enabled"});
    wait("labelled", || labels() == ours);
    kubectl(&["label", "node", NODE, "l3-agent-"]);
    wait("labelled again", || labels() == ours);
    let shown = kubectl(&["get", "osknode", "on-paper", "-n", NAMESPACE]);
    assert!(shown.contains("STATUS") && shown.contains("network"), "{shown}");
    kubectl(&["delete", "osknode", "on-paper", "-n", NAMESPACE, "--timeout=120s"]);
    assert_eq!(labels(), json!({"theirs": "x"}));
}

/// The rig's node, `Null` if the cloud has none.
fn own() -> Value {
    let text = kubectl(&["get", "osknode", OWN, "-n", NAMESPACE, "-o", "json", "--ignore-not-found"]);
    serde_json::from_str(&text).unwrap_or_default()
}

fn wait_own(patience: Duration, what: &str, good: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let node = own();
        if good(&node) {
            return node;
        }
        assert!(began.elapsed() < patience, "the node is not {what}: {:#}", node["status"]);
        pause();
    }
}

fn message<'a>(node: &'a Value, r#type: &str) -> &'a str {
    condition(node, r#type)["message"].as_str().unwrap_or_default()
}

fn is_ready(node: &Value) -> bool {
    condition(node, "Ready")["status"] == "True" && condition(node, "UpToDate")["status"] == "True"
}

fn agent<'a>(node: &'a Value, binary: &str) -> &'a Value {
    let all = node["status"]["atProvider"]["agents"].as_array().unwrap();
    all.iter().find(|agent| agent["binary"] == binary).unwrap()
}

fn lives(node: &Value, binary: &str) -> bool {
    let all = node["status"]["atProvider"]["agents"].as_array();
    all.into_iter().flatten().any(|agent| agent["binary"] == binary && agent["alive"] == true)
}

/// A server, as scenario 1 makes it.
fn serve(cloud: &Cloud) {
    let server = manifests::example(rig(), "server").unwrap();
    block_on(manifests::apply(rig(), &server)).unwrap();
    for object in &server {
        block_on(manifests::wait_ready(rig(), object)).unwrap();
    }
    assert_eq!(cloud.ask(LOGIN, "server list -f value -c Name -c Status"), "web ACTIVE");
}

/// What OpenStack and Kubernetes know of the node, in five places.
fn places(cloud: &Cloud) -> [String; 5] {
    let labels: Value = serde_json::from_str(&kubectl(&["get", "node", "rig", "-o", "json"])).unwrap();
    let labels = labels["metadata"]["labels"].as_object().unwrap().keys();
    let labels: Vec<_> = labels.filter(|key| key.contains("compute-node") || *key == "openvswitch").collect();
    [
        cloud.ask(LOGIN, "compute service list --service nova-compute -f value -c Host"),
        cloud.ask(LOGIN, "resource provider list -f value -c name"),
        cloud.ask(LOGIN, "network agent list -f value -c Host"),
        sql(cloud, "SELECT host FROM nova.host_mappings").trim().to_owned()
            + cloud.ask(LOGIN, "aggregate show shelf -f value -c hosts").trim_matches(['[', ']', '\'']),
        labels.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(" "),
    ]
}

#[test]
fn scenario_13_the_rigs_node_keeps_its_servers_until_it_may_go_and_then_nobody_knows_it_any_more() {
    let cloud = whole();
    wait_own(PATIENCE, "ready", is_ready);
    serve(&cloud);
    for question in ["aggregate create shelf", "aggregate add host shelf rig"] {
        cloud.ask(LOGIN, &format!("{question} -f value -c id"));
    }
    sql(&cloud, AGENT);
    let silent = wait_own(PATIENCE, "told", |node| message(node, "Ready").contains("neutron-dhcp-agent"));
    let told =
        "neutron-dhcp-agent on rig gives no sign of life since 2026-11-01T03:12:00Z; it has no pod there";
    assert_eq!(message(&silent, "Ready"), told);
    let nodes =
        cloud.wait("telling", |cloud| cloud["status"]["nodes"]["ready"] == "0/1")["status"]["nodes"].take();
    assert_eq!(nodes["notReady"], json!([format!("rig: {told}")]));

    let mut disabled = manifests::node();
    disabled["disabled"] = json!(true);
    cloud.change(json!({"nodes": [disabled]}));
    wait_own(PATIENCE, "disabled", |node| node["status"]["atProvider"]["status"] == "Disabled");
    let service =
        "compute service list --service nova-compute --long -f value -c Status -c \"Disabled Reason\"";
    assert_eq!(cloud.ask(LOGIN, service), "disabled kupenstack: the OpenstackNode says disabled");
    assert_eq!(cloud.ask(LOGIN, "server list -f value -c Status"), "ACTIVE", "what is on it stays");

    let before = places(&cloud);
    assert_eq!(before, ["rig", "rig", "rig", "rigrig", "openstack-compute-node openvswitch"]);
    cloud.change(json!({"nodes": null}));
    let refused = wait_own(PATIENCE, "refused", |node| message(node, "Synced").contains("servers are on it"));
    let why = "delete failed: servers are on it: web: set maintenance.mode to Drain to move them, or maintenance.force to let the node go without them";
    assert_eq!(
        (message(&refused, "Synced"), condition(&refused, "Stalled")["status"].as_str()),
        (why, Some("True"))
    );
    assert_eq!(places(&cloud), before, "and nothing is taken away");

    kubectl(&["delete", "server.compute.kupenstack.io", "web", "-n", NAMESPACE]);
    wait_own(NIGHT, "gone", Value::is_null);
    assert_eq!(places(&cloud), ["", "", "", "", ""]);
    assert_eq!(cloud.ask(LOGIN, "hypervisor list -f value"), "");
    let node = kubectl(&["get", "node", "rig", "-o", "jsonpath={.metadata.annotations}"]);
    assert!(!node.contains("cluster.kupenstack.io"), "{node}");

    cloud.change(json!({"nodes": [manifests::node()]}));
    let mapped = || sql(&cloud, "SELECT host FROM nova.host_mappings").trim() == "rig";
    wait_own(NIGHT, "back in its cell", |node| is_ready(node) && lives(node, "nova-compute") && mapped());
    serve(&cloud);
    assert_eq!(places(&cloud), ["rig", "rig", "", "rig", "openstack-compute-node openvswitch"]);
    cloud.ask(LOGIN, "aggregate delete shelf");
    cloud.ready();
}

/// Stops the program of a pod where it stands; the pod's control group is its own, whatever else runs on this machine.
fn stop(program: &str, pod: &Value) {
    let uid = pod["metadata"]["uid"].as_str().unwrap();
    let mut stopped = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let read = |file: &str| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        if read("comm").trim() == program && read("cgroup").contains(uid) {
            block_on(rig().run("kill", &["-STOP", entry.file_name().to_str().unwrap()])).unwrap();
            stopped += 1;
        }
    }
    assert!(stopped > 0, "no {program} in {uid}");
}

#[test]
fn a_compute_agent_that_hangs_at_night_is_told_by_name_host_and_time_and_is_back_without_a_hand() {
    let cloud = whole();
    let before = wait_own(PATIENCE, "ready", is_ready);
    let pod = agent(&before, "nova-compute")["pod"].as_str().unwrap().to_owned();
    let restarts = agent(&before, "nova-compute")["restarts"].as_i64().unwrap_or_default();
    let text = kubectl(&["get", "pod", &pod, "-n", NAMESPACE, "-o", "json"]);
    stop("nova-compute", &serde_json::from_str(&text).unwrap());
    let began = Instant::now();
    let silent = wait_own(NIGHT, "told", |node| condition(node, "AgentsAlive")["status"] == "False");
    let told = message(&silent, "Ready").to_owned();
    assert!(
        told.starts_with("nova-compute on rig gives no sign of life since 20") && told.contains(&pod),
        "{told}"
    );
    assert_eq!(cloud.get()["status"]["phase"], "Ready", "one node is not the cloud");
    let back =
        wait_own(NIGHT, "back", |node| is_ready(node) && agent(node, "nova-compute")["pod"] != pod.as_str());
    let agent = agent(&back, "nova-compute");
    assert_eq!((&agent["alive"], &agent["restarts"]), (&json!(true), &json!(restarts + 1)));
    println!("{told}; back after {} s", began.elapsed().as_secs());
}
