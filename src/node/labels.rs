//! The labels of a Node that are ours: those that we applied. What others put there is theirs.

use super::{
    role::{ENABLED, Role},
    state::NodeSeen,
    wanted::Wanted,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Field manager of what is applied to Nodes.
pub const MANAGER: &str = "kupenstack-node";
/// Annotation of a Node that belongs to a cloud: which managed resource it belongs to.
pub const OWNER: &str = "cluster.kupenstack.io/owner";

/// What is applied to a Node: these labels, and whose it is. Whatever was applied before and is left out goes.
pub fn applied(name: &str, uid: &str, labels: &BTreeMap<String, String>, owner: Option<&str>) -> Value {
    let owner: BTreeMap<_, _> = owner.map(|owner| (OWNER, owner)).into_iter().collect();
    // With its UID, an apply never makes a Node that is gone.
    json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "uid": uid, "labels": labels, "annotations": owner}})
}

/// Which managed resource a Node belongs to.
pub fn owner(node: &Value) -> Option<&str> {
    node.get("metadata")?.get("annotations")?.get(OWNER)?.as_str()
}

/// What is to be seen of a Node, and how its labels differ from what is wanted.
pub fn seen(node: &Value, wanted: &Wanted) -> NodeSeen {
    let (ours, live) = (ours(node), |key: &str| node.get("metadata")?.get("labels")?.get(key)?.as_str());
    let set =
        wanted.labels.iter().filter(|(key, value)| live(key) != Some(value.as_str()) || !ours.contains(*key));
    let gone = ours.iter().filter(|key| !wanted.labels.contains_key(*key));
    let mut differ: Vec<String> = set.map(|(key, _)| key).chain(gone).cloned().collect();
    differ.sort();
    if owner(node) != Some(&wanted.marker) {
        differ.push("owner".to_owned());
    }
    let roles =
        Role::ALL.into_iter().filter(|role| role.labels().first().and_then(|key| live(key)) == Some(ENABLED));
    let (ready, message) = readiness(node);
    NodeSeen {
        ready,
        message,
        roles: roles.map(Role::as_str).collect::<Vec<_>>().join(","),
        labels: ours.into_iter().collect(),
        differ,
    }
}

/// Keys of the labels that we applied.
fn ours(node: &Value) -> BTreeSet<String> {
    let managed = node.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten();
    let own = managed.filter(|entry| {
        let is = |field: &str, text: &str| entry.get(field).and_then(Value::as_str) == Some(text);
        is("manager", MANAGER) && is("operation", "Apply")
    });
    let labels = own.filter_map(|entry| entry.pointer("/fieldsV1/f:metadata/f:labels")?.as_object());
    labels
        .flat_map(|labels| labels.keys())
        .filter_map(|key| Some(key.strip_prefix("f:")?.to_owned()))
        .collect()
}

/// Whether the kubelet says that the Node is ready, and what it says if not.
fn readiness(node: &Value) -> (bool, Option<String>) {
    let mut all = node.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let Some(ready) = all.find(|it| it.get("type").is_some_and(|of| of == "Ready")) else {
        return (false, Some("its kubelet has said nothing yet".to_owned()));
    };
    let text = |field: &str| ready.get(field).and_then(Value::as_str).unwrap_or_default();
    match text("status") {
        "True" => (true, None),
        _ => (false, Some(format!("{}: {}", text("reason"), text("message")))),
    }
}
