//! Clouds that say which nodes they have.

use super::*;
use crate::function::protocol::MatchLabels;

fn cloud() -> Value {
    yaml(include_str!("../../../../examples/cloud/nodes.yaml"))
}

/// The profile that a node of the example has, resolved.
fn gpu() -> Value {
    json!({"metadata": {"name": "gpu", "namespace": "openstack"},
        "status": {"effectiveConfiguration": {"nova": {"conf": {"nova": {"libvirt": {"virt_type": "kvm"}}}}},
            "conditions": [{"type": "Resolved", "status": "True"}]}})
}

fn node(name: &str, labels: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
}

#[test]
fn the_nodes_of_the_example_are_composed_as_it_shows_and_asked_for_at_every_call() {
    let mut asked = request(cloud());
    let first = run(asked.clone());
    assert!(composed(&first).is_empty() && first.results.is_empty(), "nothing before they are looked up");
    let required = first.requirements.clone().unwrap().resources;
    assert_eq!(required.keys().collect::<Vec<_>>(), ["nodes/0", "profile/openstack/gpu"]);
    let labels = BTreeMap::from([("pool".to_owned(), "compute".to_owned())]);
    let selector = &required["nodes/0"];
    assert_eq!(selector.r#match, Some(Match::MatchLabels(MatchLabels { labels })));
    assert_eq!((selector.api_version.as_str(), selector.kind.as_str()), ("v1", "Node"));
    let members = [node("node12", json!({"pool": "compute"})), node("node14", json!({"pool": "compute"}))];
    let members = members.map(resource).into();
    asked.required_resources.insert("nodes/0".to_owned(), Resources { items: members });
    let profile = Resources { items: vec![resource(gpu())] };
    asked.required_resources.insert("profile/openstack/gpu".to_owned(), profile);
    let response = run(asked);
    assert_eq!(response.requirements, first.requirements);
    let resources = response.desired.unwrap().resources;
    let nodes = resources.into_iter().filter(|(name, _)| name.starts_with("node-"));
    let nodes: Vec<_> = nodes.map(|(_, it)| Value::Object(convert::to_json(it.resource.unwrap()))).collect();
    let golden = include_str!("../../../../examples/cloud/render/nodes.yaml");
    assert_eq!(nodes, serde_saphyr::from_multiple::<Value>(golden).unwrap());
}

#[test]
fn a_node_without_roles_is_looked_up_and_gets_those_of_its_place_in_the_cluster() {
    let mut object = cloud();
    object["spec"]["nodes"] = json!([{"name": "a"}, {"name": "b"}, {"name": "gone"}]);
    object["spec"]["nodePools"] = json!([]);
    let mut asked = request(object);
    let found = [
        ("a", vec![node("a", json!({"node-role.kubernetes.io/control-plane": ""}))]),
        ("b", vec![node("b", json!({}))]),
        ("gone", vec![]),
    ];
    for (name, nodes) in found {
        let items = nodes.into_iter().map(resource).collect();
        asked.required_resources.insert(format!("node/{name}"), Resources { items });
    }
    let resources = run(asked).desired.unwrap().resources;
    let roles = |name: &str| {
        let object = convert::to_json(resources[&format!("node-{name}")].resource.clone().unwrap());
        Value::Object(object)["spec"]["forProvider"]["roles"].clone()
    };
    assert_eq!(
        (roles("a"), roles("b"), roles("gone")),
        (json!(["control"]), json!(["compute"]), json!(["compute"]))
    );
}
