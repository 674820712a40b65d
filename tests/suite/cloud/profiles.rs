//! Chains of profiles, of which the first lies on the rig's web server, and KupenStack's own configuration file.

use super::{
    clouds::{claimed, installed},
    stack::{apply, kubectl, pause},
};
use crate::world::{condition, rig};
use data_encoding::HEXLOWER;
use rig::{manifests, openstack};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(180);
/// Crossplane stops to listen to a composite that changes more than 50 times at once; a change of a claim is about ten.
const BETWEEN_CHANGES: Duration = Duration::from_secs(15);

/// A file on the web server: its address and checksum.
fn served(name: &str, text: &str) -> (String, String) {
    let file = format!("profiles/{name}");
    let at = openstack::web_root(&rig().paths).join(&file);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, text).unwrap();
    (openstack::web_url(&file), HEXLOWER.encode(&Sha256::digest(text)))
}

/// A profile of the team, fetched with the team's rights where it lies at an address.
fn profile(name: &str, spec: Value) -> Value {
    let mut spec = spec;
    if spec.get("fromSha256").is_some() {
        spec["providerConfigRef"] = json!({"kind": "ProviderConfig", "name": "default"});
    }
    json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloudConfigurationProfile",
        "metadata": {"name": name, "namespace": manifests::TEAM}, "spec": spec})
}

fn get(kind: &str, name: &str, namespace: &str) -> Value {
    let text = kubectl(&["get", kind, name, "-n", namespace, "-o", "json", "--ignore-not-found"]);
    serde_json::from_str(&text).unwrap_or_default()
}

/// Waits until an object is good.
fn wait(kind: &str, name: &str, namespace: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let object = get(kind, name, namespace);
        if good(&object) {
            return object;
        }
        assert!(began.elapsed() < PATIENCE, "{kind} {name} is not {what}: {:#}", object["status"]);
        pause();
    }
}

fn resolved(name: &str) -> Value {
    let is = |object: &Value| condition(object, "Resolved")["status"] == "True";
    wait("occp", name, manifests::TEAM, "resolved", is)
}

/// What glance's values in a chain are at the key that no chart reads.
fn mark(value: Value) -> Value {
    json!({"glance": {"values": {"chain": value}}})
}

fn over(parent: &str, value: Value) -> Value {
    let mut spec = mark(value);
    spec["from"] = json!(parent);
    spec
}

#[test]
fn scenario_12_a_chain_of_five_from_an_address_on_configures_a_cloud_and_its_errors_are_named() {
    let cloud = claimed();
    let before = cloud.composed();
    let base = "apiVersion: cluster.kupenstack.io/v1alpha1\nkind: OpenStackCloudConfigurationProfile\nmetadata: {name: base}\nspec: {glance: {values: {chain: {a: 0, b: 0, c: 0, gone: 0}}}}\n";
    let (url, sha256) = served("base.yaml", base);
    let mut first = over(&url, json!({"b": 1, "gone": null}));
    first["fromSha256"] = json!(sha256);
    apply(&profile("chain-1", first));
    apply(&profile("chain-2", over("chain-1", json!({"c": 2, "list": [1, 2]}))));
    apply(&profile("chain-3", over(&format!("chain-2.{}", manifests::TEAM), json!({"list": [3]}))));
    apply(&profile("chain-4", over("chain-3", json!({"d": 4}))));

    let status = resolved("chain-4")["status"].take();
    let team = |name: &str| json!(format!("{}/{name}", manifests::TEAM));
    assert_eq!(status["parents"], json!([team("chain-3"), team("chain-2"), team("chain-1"), url]));
    let glance = &status["effectiveConfiguration"]["glance"];
    let wanted = json!({"a": 0, "b": 1, "c": 2, "d": 4, "list": [3]});
    assert_eq!((&glance["values"]["chain"], &glance["unset"]), (&wanted, &json!(["chain.gone"])));
    for (path, origin) in [
        ("a", json!(url)),
        ("b", team("chain-1")),
        ("c", team("chain-2")),
        ("list", team("chain-3")),
        ("gone", team("chain-1")),
    ] {
        assert_eq!(status["provenance"][format!("glance.values.chain.{path}")], origin, "{path}");
    }
    let remote = kubectl(&["get", "remoteprofiles", "-n", manifests::TEAM, "-o", "name"]);
    assert_eq!(remote.lines().count(), 1, "{remote}");

    cloud.change(json!({"profiles": [{"name": "chain-4"}]}));
    let said = |value: &Value| cloud.component("glance")["spec"]["forProvider"]["values"]["chain"] == *value;
    cloud.wait("configured", |_| said(&wanted));
    cloud.ready();
    std::thread::sleep(BETWEEN_CHANGES);

    let told = broken(&url);
    let names: Vec<_> = told.iter().map(|(name, _)| json!({"name": name})).collect();
    cloud.change(json!({"profiles": names}));
    let all = |message: &str| told.iter().all(|(_, told)| told.iter().all(|part| message.contains(part)));
    cloud.wait("refused for every reason", |cloud| {
        let accepted = condition(cloud, "Accepted");
        accepted["status"] == "False" && all(accepted["message"].as_str().unwrap_or_default())
    });
    assert!(said(&wanted), "it stays as it is");
    assert_eq!(cloud.composed(), before);
    std::thread::sleep(BETWEEN_CHANGES);
    cloud.change(json!({"profiles": null}));
    cloud.ready();
    assert_eq!(cloud.composed(), before);
    for name in
        ["chain-4", "chain-3", "chain-2", "chain-1"].into_iter().chain(told.iter().map(|(name, _)| *name))
    {
        kubectl(&["delete", "occp", name, "-n", manifests::TEAM]);
    }
    wait_for_none();
}

/// Profiles that can't be resolved, and what each says of itself.
fn broken(url: &str) -> Vec<(&'static str, Vec<String>)> {
    let (no_profile, no_profile_sha256) = served("secret.yaml", "apiVersion: v1\nkind: Secret\n");
    let remote = |url: &str, sha256: &str| json!({"from": url, "fromSha256": sha256});
    apply(&profile("myself", json!({"from": "myself"})));
    apply(&profile("circle-1", json!({"from": "circle-2"})));
    apply(&profile("circle-2", json!({"from": "circle-1"})));
    apply(&profile("orphan", json!({"from": "nobody.at-all"})));
    apply(&profile("forged", remote(url, &"0".repeat(64))));
    apply(&profile("stranger", remote(&no_profile, &no_profile_sha256)));
    apply(&profile("lost", remote(&openstack::web_url("profiles/nothing.yaml"), &"0".repeat(64))));
    apply(&profile("unchecked", json!({"from": url})));
    apply(&profile("unknown", json!({"glance": {"replicas": {"apis": 1}}})));
    apply(&profile("mistyped", json!({"glance": {"valuesText": "- a"}})));
    let says = |name: &'static str, parts: &[&str]| {
        let told: Vec<_> = parts.iter().map(|part| (*part).to_owned()).collect();
        let is = |object: &Value| {
            let message = condition(object, "Resolved")["message"].as_str().unwrap_or_default();
            told.iter().all(|part| message.contains(part))
        };
        wait("occp", name, manifests::TEAM, "refused", is);
        (name, told)
    };
    vec![
        says("myself", &["each other's parents: team-a/myself → team-a/myself"]),
        says("circle-1", &["team-a/circle-1 → team-a/circle-2 → team-a/circle-1"]),
        says("circle-2", &["team-a/circle-2 → team-a/circle-1 → team-a/circle-2"]),
        says("orphan", &["profile nobody.at-all: there is none"]),
        says("forged", &["profiles/base.yaml can't be used", "has other data than wanted"]),
        says(
            "stranger",
            &["profiles/secret.yaml can't be used", "it is no OpenStackCloudConfigurationProfile"],
        ),
        says("lost", &["profiles/nothing.yaml can't be used", "(404 SourceRefused)"]),
        says("unchecked", &["profiles/base.yaml: fromSha256 has to be"]),
        says("unknown", &["spec.glance.replicas.apis: there is no such field"]),
        says("mistyped", &["spec.glance.valuesText: must be a YAML mapping"]),
    ]
}

/// What was composed for profiles goes with them, though the web server knows nothing of it.
fn wait_for_none() {
    let began = Instant::now();
    while !kubectl(&["get", "remoteprofiles", "-n", manifests::TEAM, "-o", "name"]).is_empty() {
        assert!(began.elapsed() < PATIENCE, "RemoteProfiles are left");
        pause();
    }
}

#[test]
fn kupenstacks_own_file_becomes_a_cloud_of_the_components_that_its_profile_leaves_on() {
    installed();
    let namespace = "kupenstack-file";
    manifests::team(rig(), namespace).unwrap().iter().for_each(apply);
    let off = ["mariadb", "rabbitmq", "keystone", "placement", "glance", "neutron", "nova"];
    let off: serde_json::Map<_, _> =
        off.into_iter().map(|component| (component.to_owned(), json!({"disable": true}))).collect();
    let mut only_a_cache = profile("occp", Value::Object(off));
    only_a_cache["metadata"]["namespace"] = json!(namespace);
    apply(&only_a_cache);
    let mut file = manifests::example(rig(), "kupenstack").unwrap().remove(0);
    file["metadata"]["namespace"] = json!(namespace);
    file["spec"]["defaultProfile"]["namespace"] = json!(namespace);
    apply(&file);

    let is_ready = |object: &Value| {
        condition(object, "Ready")["status"] == "True" && object["status"]["phase"] == "Ready"
    };
    let ready = wait("kupenstackconfiguration", "configfile", namespace, "ready", is_ready);
    assert_eq!(ready["status"]["cloud"]["name"], "configfile");
    let names = r"jsonpath={.items[*].metadata.annotations.crossplane\.io/external-name}";
    let nodes = kubectl(&["get", "openstacknodes", "-n", namespace, "-o", names]);
    assert!(nodes.split(' ').any(|name| name == "node12"), "{nodes}");
    let cloud = get("openstackcloud", "configfile", namespace);
    assert_eq!(cloud["spec"]["nodes"][0], json!({"name": "node12", "disabled": true}));
    assert_eq!(cloud["status"]["components"]["memcached"]["state"], "Ready");

    let nodes = json!({"spec": {"nodes": [{"name": "rig", "type": "storage"}]}}).to_string();
    let words =
        ["patch", "kupenstackconfiguration", "configfile", "-n", namespace, "--type=merge", "-p", &nodes];
    kubectl(&words);
    let refused = |object: &Value| condition(object, "Accepted")["reason"] == "UnknownRole";
    wait("kupenstackconfiguration", "configfile", namespace, "refused", refused);
    assert_eq!(get("openstackcloud", "configfile", namespace)["metadata"]["uid"], cloud["metadata"]["uid"]);
    kubectl(&["delete", "kupenstackconfiguration", "configfile", "-n", namespace]);
    wait("openstackcloud", "configfile", namespace, "gone", Value::is_null);
    // The namespace stays: watches as its account end after a while, and would be refused until then.
}
