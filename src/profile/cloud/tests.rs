mod approval;
mod images;
mod network;

use super::*;
use crate::api::{meta, schema::closed};
use crate::profile::{
    chain::{FoundProfile, ProfileName},
    component::Component,
    input::{ComposedResources, NodesInput},
    occp,
    spec::{ClaimReference, CloudSpec},
};
use serde_json::json;

/// What OpenStack's provider reads of a cloud.
const USERS: [&str; 2] = [
    include_str!("../../../crds/kupenstack.io_clusterproviderconfigs.yaml"),
    include_str!("../../../crds/kupenstack.io_providerconfigs.yaml"),
];

fn spec(changes: Value) -> CloudSpec {
    let mut spec = json!({"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts/", "version": "1.0.0"},
        "images": {"registry": "registry.example.org/os", "distribution": "noble"}});
    spec.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value(spec).unwrap()
}

fn compose(spec: &CloudSpec, parts: &ComposedResources) -> Composed {
    super::compose(&CloudInput {
        name: "c1",
        namespace: "ns",
        spec,
        profiles: vec![],
        nodes: NodesInput::default(),
        resources: parts,
        told: Map::new(),
        approved: None,
    })
}

/// A composed resource as its provider tells it.
fn part(kind: &str, release: &str, ready: bool) -> ComposedResource {
    let conditions = json!([{"type": "Ready", "status": if ready { "True" } else { "False" }}]);
    let object = json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": kind,
        "metadata": {"name": format!("c1-{kind}"), "namespace": "ns", "uid": "u"},
        "spec": {"forProvider": {"openstackRelease": release}, "writeConnectionSecretToRef": {"name": "s"}},
        "status": {"conditions": conditions, "atProvider": {"openstackRelease": release, "begun": release,
            "release": {"revision": 1, "status": "deployed"}, "workloads": [{"desired": 2, "ready": 2}]}}});
    ComposedResource {
        object: object.as_object().unwrap().clone(),
        details: BTreeMap::from([("password".to_owned(), b"x".to_vec())]),
    }
}

/// Parts of a cloud up to a stage, ready at a release.
fn parts(up_to: Stage, release: &str) -> ComposedResources {
    let composed = COMPONENTS.iter().filter(|c| c.facts.usual && c.facts.stage <= up_to);
    let mut parts: ComposedResources =
        composed.map(|c| (c.key.to_owned(), part(c.facts.kind, release, true))).collect();
    parts.insert(PASSWORDS.to_owned(), part("GeneratedSecret", release, true));
    parts
}

fn change(parts: &mut ComposedResources, key: &str, pointer: &str, value: Value) {
    let object = &mut parts.get_mut(key).unwrap().object;
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut whole = Value::Object(std::mem::take(object));
    whole.pointer_mut(parent).unwrap()[name] = value;
    *object = whole.as_object().unwrap().clone();
}

fn names(composed: &Composed) -> Vec<&str> {
    composed.resources.keys().map(String::as_str).collect()
}

fn why(composed: &Composed) -> Vec<String> {
    composed.refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn a_cloud_comes_up_in_stages_and_can_be_used_as_soon_as_keystone_answers() {
    let usual = spec(json!({}));
    assert_eq!(names(&compose(&usual, &ComposedResources::new())), [PASSWORDS]);
    let with = |stage| {
        let composed = compose(&usual, &parts(stage, "2025.2"));
        composed.resources.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(with(Stage::Passwords), ["mariadb", "memcached", PASSWORDS, "rabbitmq"]);
    assert_eq!(with(Stage::Infrastructure), ["keystone", "mariadb", "memcached", PASSWORDS, "rabbitmq"]);
    let identity = with(Stage::Identity);
    for name in [PROVIDER_CONFIG, "placement", "glance"] {
        assert!(identity.iter().any(|composed| composed == name), "{identity:?}");
    }
    assert!(with(Stage::Placement).ends_with(&[
        "placement".into(),
        PROVIDER_CONFIG.into(),
        "rabbitmq".into()
    ]));
    assert_eq!(with(Stage::Placement).len(), 10, "Neutron and Nova at once, since they need each other");
}

#[test]
fn a_cloud_is_ready_when_all_of_it_is() {
    let usual = spec(json!({}));
    let mut all = parts(Stage::Compute, "2025.2");
    assert!(!compose(&usual, &all).ready, "the ProviderConfig is missing");
    all.insert(PROVIDER_CONFIG.to_owned(), part("ProviderConfig", "2025.2", true));
    assert!(compose(&usual, &all).ready);
    change(&mut all, "nova", "/status/conditions", json!([{"type": "Ready", "status": "False"}]));
    let composed = compose(&usual, &all);
    assert!(!composed.ready && !composed.resources["nova"].ready && composed.resources["glance"].ready);
    assert_eq!(names(&composed).len(), 10, "and nothing leaves what is wanted");
}

#[test]
fn a_component_is_composed_from_cloud_and_profile_and_finds_the_others_by_who_controls_them() {
    let glance = json!({"replicas": {"api": 2}, "values": {"storage": "pvc"}, "conf": {"glance": {"DEFAULT": {"debug": true}}},
        "unset": ["conf.rally"], "images": {"tags": {"glance_api": "x"}}, "resources": {"api": {}}, "valuesText": "a: 1"});
    let spec = spec(
        json!({"components": {"glance": glance, "rabbitmq": {"external": {"secretName": "our-mq"}}},
        "providerConfigRef": {"kind": "ProviderConfig", "name": "p"}, "upgrade": {"stageTimeout": "45m"}, "deletion": {"data": "Delete"}}),
    );
    let composed = compose(&spec, &parts(Stage::Identity, "2025.2"));
    let selector = json!({"matchControllerRef": true});
    assert_eq!(
        composed.resources["glance"].object,
        json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": "Glance", "metadata": {"namespace": "ns"}, "spec": {
        "providerConfigRef": {"kind": "ProviderConfig", "name": "p"},
        "writeConnectionSecretToRef": {"name": "c1-glance"},
        "forProvider": {
            "chart": {"oci": "oci://registry.example.org/charts/glance", "version": "1.0.0"},
            "openstackRelease": "2025.2", "clusterScopedSuffix": "ns",
            "images": {"registry": "registry.example.org/os", "distribution": "noble", "tags": {"glance_api": "x"}},
            "replicas": {"api": 2}, "resources": {"api": {}}, "valuesText": "a: 1", "unset": ["conf.rally"],
            "values": {"storage": "pvc", "conf": {"glance": {"DEFAULT": {"debug": true}}}},
            "policy": {"data": "Delete", "patience": "45m"},
            "databaseConnectionSelector": selector, "cacheConnectionSelector": selector,
            "identityConnectionSelector": selector, "passwordsSelector": selector,
            "messagingConnection": "our-mq",
        }}})
    );
    assert!(!composed.resources.contains_key("rabbitmq"), "what is somebody else's is not composed");
    assert_eq!(composed.status["components"]["rabbitmq"], json!({"state": "External"}));
    let config = &composed.resources[PROVIDER_CONFIG].object;
    assert_eq!(
        (&config["metadata"]["name"], &config["apiVersion"]),
        (&json!("c1"), &json!("kupenstack.io/v1alpha1"))
    );
    assert_eq!(
        config["spec"]["credentials"]["secretRef"],
        json!({"name": "c1-keystone", "key": "clouds.yaml"})
    );
}

#[test]
fn later_profiles_win_over_earlier_ones_and_the_cloud_over_all() {
    let found = |name: &str, document: Value| {
        let layer = occp::read("spec", document.as_object().unwrap()).layer;
        let name = ProfileName { namespace: "ns".to_owned(), name: name.to_owned() };
        Ok(FoundProfile {
            name,
            effective: Some(layer),
            why: String::new(),
            parents: vec![],
            provenance: BTreeMap::new(),
        })
    };
    let base =
        found("base", json!({"mariadb": {"replicas": {"server": 3}, "values": {"a": 1, "b": 1, "c": null}}}));
    let upper = found("upper", json!({"mariadb": {"values": {"a": 2, "b": 2}}}));
    let spec = spec(json!({"components": {"mariadb": {"values": {"b": 3}}}}));
    let parts = parts(Stage::Passwords, "2025.2");
    let seen = CloudInput {
        name: "c1",
        namespace: "ns",
        spec: &spec,
        profiles: vec![base, upper],
        nodes: NodesInput::default(),
        resources: &parts,
        told: Map::new(),
        approved: None,
    };
    let parameters = super::compose(&seen).resources["mariadb"].object["spec"]["forProvider"].clone();
    assert_eq!(parameters["values"], json!({"a": 2, "b": 3}));
    assert_eq!((&parameters["replicas"], &parameters["unset"]), (&json!({"server": 3}), &json!(["c"])));
}

#[test]
fn scenario_12_what_can_not_be_carried_out_is_named_and_the_running_cloud_stays_as_it_is() {
    let running = parts(Stage::Compute, "2025.2");
    let missing = Refusal::NoProfile { name: "ns/x".to_owned(), reader: "ns".to_owned(), annotation: "a" };
    for (change, profiles, reason) in [
        (json!({"components": {"keystoen": {}}}), vec![], "UnknownComponent"),
        (json!({"components": {"nova": {"conf": "x"}}}), vec![], "WrongType"),
        (json!({"components": {"keystone": {"enabled": false}}}), vec![], "NeededComponent"),
        (json!({"components": {"magnum": {"enabled": true}}}), vec![], "NeededComponent"),
        (json!({"release": "2025.1"}), vec![], "Downgrade"),
        (json!({"release": "2026.2"}), vec![], "SkippedRelease"),
        (json!({"release": "train"}), vec![], "UnknownRelease"),
        (
            json!({"release": "2026.1", "components": {"nova": {"images": {"tags": {"a": "b"}}}}}),
            vec![],
            "PinnedImages",
        ),
        (json!({}), vec![Err(missing)], "ProfileNotFound"),
    ] {
        let spec = spec(change);
        let seen = CloudInput {
            name: "c1",
            namespace: "ns",
            spec: &spec,
            profiles,
            nodes: NodesInput::default(),
            resources: &running,
            told: Map::new(),
            approved: None,
        };
        let composed = super::compose(&seen);
        assert_eq!(composed.refusals[0].reason(), reason, "{:?}", why(&composed));
        assert!(!composed.ready);
        for (name, part) in &running {
            let wanted = &composed.resources[name].object;
            assert_eq!(wanted["spec"], part.object["spec"], "{reason}: {name}");
            assert!(wanted.get("status").is_none(), "no status of what is composed is ours");
        }
    }
    let first = compose(&spec(json!({"components": {"keystoen": {}}})), &ComposedResources::new());
    assert_eq!((names(&first), &first.status["phase"]), (vec![], &json!("Planning")));
}

#[test]
fn what_needs_something_that_is_off_is_refused_with_both_names() {
    let off = |keys: &[&str]| {
        let entries: Map<_, _> =
            keys.iter().map(|key| ((*key).to_owned(), json!({"enabled": false}))).collect();
        why(&compose(&spec(json!({"components": entries})), &ComposedResources::new()))
    };
    assert_eq!(
        off(&["neutron"]),
        ["neutron is off, but nova needs it: turn it on, name an external one, or turn nova off"]
    );
    assert_eq!(off(&["placement", "neutron", "nova"]), Vec::<String>::new(), "Keystone and Glance alone");
    assert_eq!(off(&["memcached"]).len(), 5);
}

#[test]
fn an_upgrade_begins_with_the_first_stage_and_each_component_gets_its_release_in_turn() {
    let spec = spec(json!({"release": "2026.1"}));
    let mut running = parts(Stage::Compute, "2025.2");
    let asked = |parts: &ComposedResources| {
        let composed = compose(&spec, parts);
        let of =
            |key: &str| composed.resources[key].object["spec"]["forProvider"]["openstackRelease"].clone();
        ["mariadb", "keystone", "glance", "nova"].map(|key| of(key).as_str().unwrap().to_owned())
    };
    assert_eq!(asked(&running), ["2026.1", "2025.2", "2025.2", "2025.2"]);
    for key in ["mariadb", "rabbitmq", "memcached"] {
        running.insert(key.to_owned(), part("X", "2026.1", true));
    }
    assert_eq!(asked(&running), ["2026.1", "2026.1", "2025.2", "2025.2"]);
    change(&mut running, "keystone", "/status/atProvider/begun", json!("2026.1"));
    change(&mut running, "mariadb", "/status/conditions", json!([]));
    assert_eq!(asked(&running), ["2026.1", "2026.1", "2025.2", "2025.2"], "what has begun goes on");
}

#[test]
fn going_back_is_allowed_as_long_as_nothing_has_begun() {
    let back = spec(json!({"release": "2025.2"}));
    let mut running = parts(Stage::Compute, "2025.2");
    change(&mut running, "mariadb", "/spec/forProvider/openstackRelease", json!("2026.1"));
    let composed = compose(&back, &running);
    assert_eq!(
        (why(&composed), &composed.resources["mariadb"].object["spec"]["forProvider"]["openstackRelease"]),
        (vec![], &json!("2025.2"))
    );
    change(&mut running, "mariadb", "/status/atProvider/begun", json!("2026.1"));
    assert_eq!(
        why(&compose(&back, &running)),
        ["mariadb is at 2026.1, and can't go back to 2025.2: databases are migrated in one direction only"]
    );
}

#[test]
fn a_component_with_a_release_of_its_own_stays_at_it() {
    let spec = spec(json!({"release": "2026.1", "components": {"mariadb": {"release": "2025.2"}}}));
    let composed = compose(&spec, &parts(Stage::Compute, "2025.2"));
    let of = |key: &str| &composed.resources[key].object["spec"]["forProvider"]["openstackRelease"];
    assert_eq!((of("mariadb"), of("rabbitmq")), (&json!("2025.2"), &json!("2026.1")));
}

#[test]
fn passwords_have_a_name_that_the_next_cloud_finds_and_go_only_if_the_data_go() {
    let passwords =
        |wanted: Value| compose(&spec(wanted), &ComposedResources::new()).resources[PASSWORDS].object.clone();
    for (wanted, policies) in [
        (json!({}), json!(["Observe", "Create", "Update", "LateInitialize"])),
        (json!({"deletion": {"data": "Retain"}}), json!(["Observe", "Create", "Update", "LateInitialize"])),
        (json!({"deletion": {"data": "Delete"}}), Value::Null),
    ] {
        let object = passwords(wanted);
        assert_eq!(object["metadata"]["annotations"], json!({(meta::EXTERNAL_NAME): "c1-generated"}));
        assert_eq!(object["spec"]["managementPolicies"], policies);
    }
}

#[test]
fn a_refused_cloud_keeps_the_name_of_its_passwords_or_others_would_be_made() {
    let mut usual = ComposedResources::new();
    let made = compose(&spec(json!({})), &usual).resources[PASSWORDS].object.clone();
    usual.insert(PASSWORDS.to_owned(), part("GeneratedSecret", "", true));
    let known = usual.get_mut(PASSWORDS).unwrap();
    known.object["metadata"]["annotations"] = made["metadata"]["annotations"].clone();
    known.object["metadata"]["annotations"]["other"] = json!("x");
    let refused = compose(&spec(json!({"components": {"no-such": {}}})), &usual);
    assert_ne!(refused.refusals, []);
    let kept = &refused.resources[PASSWORDS].object["metadata"]["annotations"];
    assert_eq!(*kept, made["metadata"]["annotations"]);
}

#[test]
fn every_component_finds_a_password_under_its_name() {
    let composed = compose(&spec(json!({})), &ComposedResources::new());
    let keys = composed.resources[PASSWORDS].object["spec"]["forProvider"]["keys"].clone();
    let names: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    for name in [
        "db-admin",
        "messaging-admin",
        "identity-admin",
        "db-nova",
        "identity-nova",
        "messaging-nova",
        "cache-key",
        "erlang-cookie",
        "sst",
        "audit",
        "exporter",
        "metadata-secret",
        "identity-service",
        "messaging-guest",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
}

#[test]
fn keystones_login_is_what_a_claim_gets() {
    let spec = CloudSpec {
        claim_ref: Some(ClaimReference { namespace: "ns".to_owned(), name: "c1".to_owned() }),
        ..spec(json!({}))
    };
    assert_eq!(compose(&spec, &ComposedResources::new()).details.len(), 0);
    assert_eq!(compose(&spec, &parts(Stage::Identity, "2025.2")).details["password"], b"x");
}

#[test]
fn all_that_is_composed_is_valid_for_the_kind_that_it_is_composed_as() {
    let full = |component: &Component| {
        let replicas: Map<_, _> =
            component.replicas.iter().map(|(name, _)| ((*name).to_owned(), json!(1))).collect();
        json!({"enabled": true, "replicas": replicas, "values": {"a": 1}, "conf": {"b": {}}, "valuesText": "a: 1", "unset": ["c"],
            "resources": {"api": {"limits": {"cpu": 1}}}, "images": {"tags": {"x": "y"}},
            "chart": {"version": "1.0.0", "digest": format!("sha256:{}", "0".repeat(64))}})
    };
    let entries: Map<_, _> =
        COMPONENTS.iter().map(|component| (component.key.to_owned(), full(component))).collect();
    let spec = spec(json!({"components": entries, "changes": "Manual", "upgrade": {"stageTimeout": "45m"},
        "deletion": {"data": "Retain"}, "providerConfigRef": {"kind": "ProviderConfig", "name": "p"}}));
    let mut ready = parts(Stage::Services, "2025.2");
    ready.extend(COMPONENTS.iter().map(|c| (c.key.to_owned(), part(c.facts.kind, "2025.2", true))));
    let composed = compose(&spec, &ready);
    let crds = crate::components::KINDS.iter().map(|kind| kind.crd().unwrap());
    let crds: Vec<Value> = crds.chain(USERS.map(|crd| serde_saphyr::from_str(crd).unwrap())).collect();
    assert_eq!(composed.resources.len(), COMPONENTS.len() + 2, "{:?}", why(&composed));
    for (name, wanted) in &composed.resources {
        let kind = &wanted.object["kind"];
        let group = wanted.object["apiVersion"].as_str().unwrap().split('/').next().unwrap();
        let crd = crds
            .iter()
            .find(|crd| crd["spec"]["names"]["kind"] == *kind && crd["spec"]["group"] == group)
            .unwrap();
        let mut schema =
            crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].clone();
        closed(&mut schema);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&wanted.object["spec"])
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_password_that_a_component_takes_is_generated() {
    let composed = compose(&spec(json!({})), &ComposedResources::new());
    let keys = composed.resources[PASSWORDS].object["spec"]["forProvider"]["keys"].clone();
    let made: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    for facts in COMPONENTS.iter().map(|component| component.facts) {
        for wire in facts.wires().filter(|wire| wire.from == crate::components::wire::Use::Passwords) {
            assert!(made.contains(&wire.key), "{}: {}", facts.kind, wire.key);
        }
    }
    let kek = keys.as_array().unwrap().iter().find(|key| key["name"] == "barbican-kek").unwrap();
    assert_eq!(kek["format"], "Fernet");
    assert!(made.len() <= 200, "as many as a GeneratedSecret takes: {}", made.len());
}
