//! Nodes, over one that is there on paper: no kubelet keeps it, and its taint keeps pods away.

use super::{
    clouds,
    stack::{apply, kubectl, pause},
};
use rig::manifests::NAMESPACE;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const NODE: &str = "paper";
/// A poll comes once a minute.
const PATIENCE: Duration = Duration::from_secs(150);

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
