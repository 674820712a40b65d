use super::*;
use crate::{
    components::stage::Stage,
    profile::{chain::ProfileName, cloud, component::COMPONENTS, compose::PASSWORDS, occp, spec::NodePool},
};

fn spec(more: Value) -> CloudSpec {
    let mut spec =
        json!({"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts", "version": "1"}});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(spec).unwrap()
}

fn facts(name: &str, control_plane: bool) -> NodeFacts {
    NodeFacts { name: name.to_owned(), control_plane }
}

fn profile(name: &str, document: &Value) -> Result<FoundProfile, Refusal> {
    Ok(FoundProfile {
        name: ProfileName { namespace: "ns".to_owned(), name: name.to_owned() },
        effective: Some(occp::read("x", document.as_object().unwrap()).layer),
        why: String::new(),
        parents: vec![],
        provenance: BTreeMap::new(),
    })
}

fn compose(spec: &CloudSpec, nodes: NodesInput, resources: &ComposedResources) -> cloud::Composed {
    let (profiles, told) = (vec![], Map::new());
    let input =
        CloudInput { name: "c1", namespace: "ns", spec, profiles, nodes, resources, told, approved: None };
    cloud::compose(&input)
}

/// Parts of a cloud that is installed.
fn installed() -> ComposedResources {
    let ready = json!([{"type": "Ready", "status": "True"}]);
    let part = |kind: &str| {
        let object = json!({"kind": kind, "spec": {"forProvider": {"openstackRelease": "2025.2"}},
            "status": {"conditions": ready, "atProvider": {"openstackRelease": "2025.2"}}});
        ComposedResource { object: object.as_object().unwrap().clone(), ..ComposedResource::default() }
    };
    let composed = COMPONENTS.iter().filter(|it| it.facts.usual && it.facts.stage <= Stage::Compute);
    let mut all: ComposedResources = composed.map(|it| (it.key.to_owned(), part(it.facts.kind))).collect();
    all.insert(PASSWORDS.to_owned(), part("GeneratedSecret"));
    all
}

fn node(ready: bool, message: &str) -> ComposedResource {
    let status = if ready { "True" } else { "False" };
    let object = json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenstackNode",
        "metadata": {"name": "c1-n1", "namespace": "ns"}, "spec": {"forProvider": {"roles": ["compute"]}},
        "status": {"conditions": [{"type": "Ready", "status": status, "message": message}]}});
    ComposedResource { object: object.as_object().unwrap().clone(), ..ComposedResource::default() }
}

#[test]
fn a_node_that_is_named_counts_before_pools_and_a_pool_before_later_ones() {
    let pool = |roles: &[&str]| NodePool {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..NodePool::default()
    };
    let mut spec =
        spec(json!({"nodes": [{"name": "a"}, {"name": "b"}, {"name": "c", "roles": ["network"]}]}));
    spec.node_pools = vec![pool(&["compute"]), pool(&["control"])];
    let pools = [vec![facts("c", false), facts("d", false)], vec![facts("d", true), facts("e", false)]];
    let all = entries(&spec, &[facts("a", true), facts("b", false)], &pools);
    let all: Vec<_> = all.iter().map(|entry| format!("{} {}", entry.name, entry.roles.join(","))).collect();
    assert_eq!(all, ["a control", "b compute", "c network", "d compute", "e control"]);
}

#[test]
fn nodes_are_composed_before_everything_else_and_go_with_their_entry() {
    let spec = spec(json!({"providerConfigRef": {"kind": "ProviderConfig", "name": "p"}}));
    let entry = NodeEntry {
        name: "n1".to_owned(),
        roles: vec!["compute".to_owned()],
        profile: Some("gpu".to_owned()),
        maintenance: json!({"mode": "Drain"}).as_object().unwrap().clone(),
        ..NodeEntry::default()
    };
    let nodes = NodesInput { entries: vec![entry], ..NodesInput::default() };
    let first = compose(&spec, nodes, &ComposedResources::new());
    assert_eq!(first.resources.keys().collect::<Vec<_>>(), ["node-n1", PASSWORDS]);
    let object = &first.resources["node-n1"].object;
    assert_eq!(
        object["metadata"],
        json!({"name": "c1-n1", "namespace": "ns", "annotations": {(meta::EXTERNAL_NAME): "n1"}})
    );
    let wanted = json!({"providerConfigRef": {"kind": "ProviderConfig", "name": "p"}, "forProvider": {
        "roles": ["compute"], "disabled": false, "maintenance": {"mode": "Drain"},
        "openstackCloudConfigurationProfileRef": {"name": "gpu"}, "identityConnection": "c1-keystone"}});
    assert_eq!(object["spec"], wanted);
    let mut parts = ComposedResources::new();
    parts.insert("node-n1".to_owned(), node(true, ""));
    let without = compose(&spec, NodesInput::default(), &parts);
    assert!(!without.resources.contains_key("node-n1"));
}

#[test]
fn a_node_that_is_not_ready_is_told_and_holds_nothing_up() {
    let spec = spec(json!({}));
    let entry =
        NodeEntry { name: "n1".to_owned(), roles: vec!["compute".to_owned()], ..NodeEntry::default() };
    let nodes = || NodesInput { entries: vec![entry.clone()], ..NodesInput::default() };
    let mut parts = installed();
    parts.insert("provider-config".to_owned(), node(true, ""));
    parts.insert("node-n1".to_owned(), node(false, "nova-compute on n1 gives no sign of life"));
    let composed = compose(&spec, nodes(), &parts);
    let told = json!({"ready": "0/1", "notReady": ["n1: nova-compute on n1 gives no sign of life"]});
    assert_eq!(composed.status["nodes"], told);
    assert!(composed.ready && !composed.resources["node-n1"].ready);
    parts.insert("node-n1".to_owned(), node(true, ""));
    assert_eq!(compose(&spec, nodes(), &parts).status["nodes"], json!({"ready": "1/1", "notReady": []}));
}

#[test]
fn scenario_14_a_profile_of_nodes_overrides_the_agents_alone_by_the_label_that_its_nodes_get() {
    let said = json!({"nova": {"conf": {"nova": {"libvirt": {"virt_type": "kvm"}}}}, "keystone": {"replicas": {"api": 9}}});
    let profiles = || BTreeMap::from([("gpu".to_owned(), profile("gpu", &said))]);
    let nodes = |spec: &CloudSpec| {
        let composed =
            compose(spec, NodesInput { profiles: profiles(), ..NodesInput::default() }, &installed());
        assert!(composed.refusals.is_empty(), "{:?}", composed.refusals);
        composed
    };
    let usual = spec(json!({"components": {"nova": {"conf": {"nova": {"DEFAULT": {"debug": true}}}}}}));
    let composed = nodes(&usual);
    let values = |key: &str| composed.resources[key].object["spec"]["forProvider"]["values"].clone();
    let conf = &values("nova")["conf"];
    assert_eq!(conf["nova"]["DEFAULT"], json!({"debug": true}), "others are configured as before");
    let label = json!({"key": "openstack-profile-gpu", "values": ["enabled"]});
    let wanted = json!({"labels": [{"label": label, "conf": {"nova": {"libvirt": {"virt_type": "kvm"}}}}]});
    assert_eq!(conf["overrides"], json!({"nova_compute": wanted}));
    assert_eq!(values("neutron"), Value::Null, "it says nothing of Neutron");
    let own = json!({"labels": []});
    let theirs = spec(json!({"components": {"nova": {"conf": {"overrides": {"nova_compute": own}}}}}));
    let conf = &nodes(&theirs).resources["nova"].object["spec"]["forProvider"]["values"]["conf"];
    assert_eq!(conf["overrides"]["nova_compute"], own, "what people say of it themselves counts");
}

#[test]
fn a_profile_of_nodes_that_is_missing_is_refused_and_the_cloud_stays_as_it_is() {
    let missing = Refusal::NoProfile { name: "ns/gpu".into(), reader: "ns".into(), annotation: "x" };
    let profiles = BTreeMap::from([("gpu".to_owned(), Err(missing.clone()))]);
    let mut parts = installed();
    parts.insert("node-n1".to_owned(), node(true, ""));
    let composed = compose(&spec(json!({})), NodesInput { profiles, ..NodesInput::default() }, &parts);
    assert_eq!(composed.refusals, [missing]);
    assert!(composed.resources.contains_key("node-n1"));
}
