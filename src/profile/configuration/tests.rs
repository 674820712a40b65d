use super::*;

/// Our own writing of what KupenStack's documents show.
const FILE: &str = include_str!("../../../examples/cloud/kupenstack.yaml");

fn read(text: &str) -> ConfigurationSpec {
    let object: Value = serde_saphyr::from_str(text).unwrap();
    serde_json::from_value(object["spec"].clone()).unwrap()
}

fn defaults() -> Map<String, Value> {
    let said = json!({"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts", "version": "2026.1.0"}});
    said.as_object().unwrap().clone()
}

fn composed(
    spec: &ConfigurationSpec,
    defaults: Option<&Map<String, Value>>,
    cloud: Option<&ComposedResource>,
) -> Composed {
    compose(&ConfigurationInput { name: "configfile", namespace: "default", spec, defaults, cloud })
}

fn cloud(status: Value) -> ComposedResource {
    let object = json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloud",
        "metadata": {"name": "configfile", "namespace": "default", "uid": "u"},
        "spec": {"release": "2025.1", "crossplane": {"resourceRefs": []}}, "status": status});
    ComposedResource { object: object.as_object().unwrap().clone(), details: BTreeMap::new() }
}

fn why(composed: &Composed) -> Vec<String> {
    composed.refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn kupenstacks_own_file_is_one_cloud_with_its_profile_and_nodes() {
    let made = composed(&read(FILE), Some(&defaults()), None);
    assert_eq!(why(&made), Vec::<String>::new());
    assert_eq!(
        made.resources[CLOUD].object,
        json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloud",
            "metadata": {"name": "configfile", "namespace": "default"},
            "spec": {"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts", "version": "2026.1.0"},
                "profiles": [{"name": "occp", "namespace": "default"}],
                "nodes": [{"name": "node12", "disabled": true},
                    {"name": "kind-control-plane", "roles": ["control", "compute"]}]}})
    );
    assert!(!made.ready && !made.resources[CLOUD].ready);
}

#[test]
fn what_it_has_no_words_for_is_from_the_defaults_or_refused_by_name() {
    let file = read(FILE);
    let nothing = composed(&file, None, None);
    assert_eq!(nothing.resources.len(), 0);
    assert_eq!(
        why(&nothing),
        [
            "EnvironmentConfig kupenstack has to say data.release and data.chart: a KupenstackConfiguration has no fields for where charts and images are from"
        ]
    );
    let mut said = defaults();
    said.insert("images".to_owned(), json!({"registry": "r"}));
    said.insert("profiles".to_owned(), json!([]));
    let made = composed(&file, Some(&said), None);
    let spec = &made.resources[CLOUD].object["spec"];
    assert_eq!((&spec["images"], &spec["profiles"][0]["name"]), (&json!({"registry": "r"}), &json!("occp")));
    assert_eq!(made.status["ignored"], json!(["EnvironmentConfig kupenstack: data.profiles"]));
}

#[test]
fn a_role_that_there_is_not_is_refused_by_path_and_the_cloud_stays_as_it_is() {
    let file = read(
        "spec: {defaultProfile: {name: occp}, nodes: [{name: a, type: ' compute , '}, {name: b, type: 'control,storage'}]}",
    );
    let running = cloud(json!({}));
    let made = composed(&file, Some(&defaults()), Some(&running));
    assert_eq!(
        why(&made),
        ["spec.nodes[1].type: there is no role \"storage\"; there are control, compute and network"]
    );
    assert_eq!(
        made.resources[CLOUD].object["spec"],
        json!({"release": "2025.1"}),
        "without what is Crossplane's"
    );
    let none = read("spec: {defaultProfile: {name: occp}, nodes: }");
    assert_eq!(none.nodes, [], "all of them are commented out");
    let usual = read("spec: {defaultProfile: {name: occp}, nodes: [{name: a, type: '', disable: true}]}");
    let made = composed(&usual, Some(&defaults()), None);
    let spec = &made.resources[CLOUD].object["spec"];
    assert_eq!(spec["nodes"], json!([{"name": "a", "disabled": true}]), "an empty type is none");
    assert_eq!(spec["profiles"], json!([{"name": "occp", "namespace": "default"}]), "its own namespace");
}

#[test]
fn its_status_is_that_of_the_cloud() {
    let told = |status: Value| composed(&read(FILE), Some(&defaults()), Some(&cloud(status)));
    let condition =
        |r#type: &str, status: &str| json!({"type": r#type, "status": status, "message": "no such profile"});
    let made = told(json!({"phase": "Installing", "release": {"current": "2025.2"},
        "nodes": {"ready": "1/2", "notReady": ["node12: there is no such Node"]},
        "stage": {"blockedBy": "mariadb: a Job fails"}, "conditions": [condition("Ready", "False"), condition("Accepted", "True")]}));
    assert_eq!(
        json!(made.status),
        json!({"cloud": {"name": "configfile"}, "phase": "Installing", "release": "2025.2",
            "nodeCount": "1/2", "message": "mariadb: a Job fails", "ignored": []})
    );
    assert!(!made.ready);
    let refused = told(json!({"stage": {"blockedBy": "x"}, "conditions": [condition("Accepted", "False")]}));
    assert_eq!(refused.status["message"], "no such profile");
    assert!(told(json!({"conditions": [condition("Ready", "True")]})).ready);
}
