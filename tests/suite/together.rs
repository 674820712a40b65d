//! Worked examples of several resources, in `examples/together`: all of one at once, in either order.

use crate::world::{Namespace, checkout, eventually, external_name, rig, world};
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};
use std::fs;

/// What the examples take for given, by the names that they know.
const GIVEN: [&str; 3] = ["public", "m1.small", "ubuntu-24.04"];

/// The objects of an example, of which names in the cloud are this run's own.
fn example(ns: &Namespace, file: &str, own: &[&str]) -> Vec<Value> {
    let text = fs::read_to_string(checkout().join(format!("examples/together/{file}.yaml"))).unwrap();
    let text = GIVEN.iter().chain(own).fold(text, |text, name| {
        let line = format!("name: {name}\n");
        text.replace(&line, &line.replace(name, &format!("{}-{name}", ns.name)))
    });
    let all: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let placed = |mut object: Value| {
        object["metadata"]["namespace"] = json!(ns.name);
        object
    };
    all.into_iter().map(placed).collect()
}

/// An administrator's network to the outside, flavor and image.
fn given(ns: &Namespace) -> Vec<Value> {
    let (url, ..) = super::image::entry("together.img", 4096);
    let [public, small, base] = GIVEN.map(|name| format!("{}-{name}", ns.name));
    let of = |group: &str, kind: &str, name: &str, for_provider: Value| {
        json!({"apiVersion": format!("{group}.kupenstack.io/v1alpha1"), "kind": kind, "metadata": {"name": name},
            "spec": {"forProvider": for_provider,
                "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "admin"}}})
    };
    vec![
        of("network", "Network", "given", json!({"name": public, "external": true})),
        of(
            "network",
            "Subnet",
            "given",
            json!({"networkIdRef": {"name": "given"}, "cidr": "198.18.61.0/24", "enableDhcp": false}),
        ),
        of("compute", "Flavor", "given", json!({"name": small, "ram": 64, "vcpus": 1, "disk": 1})),
        of(
            "image",
            "Image",
            "given",
            json!({"name": base, "visibility": "public", "containerFormat": "bare", "diskFormat": "raw", "source": {"url": url}}),
        ),
    ]
}

fn resource(object: &Value) -> (String, &str) {
    let group = object["apiVersion"].as_str().unwrap().split('/').next().unwrap();
    let kind = object["kind"].as_str().unwrap().to_lowercase();
    let resource = if group == "v1" { kind } else { format!("{kind}.{group}") };
    (resource, object["metadata"]["name"].as_str().unwrap())
}

/// All at once; they become ready.
fn made(ns: &Namespace, objects: &[Value]) {
    objects.iter().for_each(|object| ns.apply(object));
    for (resource, name) in objects.iter().map(resource).filter(|(resource, _)| resource != "secret") {
        ns.ready(&resource, name);
    }
}

/// All at once; they go.
fn gone(ns: &Namespace, objects: &[Value]) {
    let all: Vec<_> = objects.iter().map(resource).collect();
    all.iter().for_each(|(resource, name)| ns.ask_to_delete(resource, name));
    for (resource, name) in &all {
        eventually(&format!("{resource} {name} is gone"), || ns.get(resource, name).is_null());
    }
}

fn asked(service: &str, path: &str) -> Value {
    let (status, answer) = world().ask_admin(service, "GET", path, Value::Null);
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[test]
fn a_shop_in_three_tiers_comes_and_goes_at_once() {
    let ns = world().namespace("tiers");
    let (given, shop) = (given(&ns), example(&ns, "three_tiers", &[]));
    // What it needs comes last.
    let all: Vec<_> = given.into_iter().chain(shop).rev().collect();
    made(&ns, &all);
    let address = block_on(manifests::secret(rig(), &ns.name, "shop-address", "address")).unwrap();
    let port = external_name(&ns.get("port", "shop-front"));
    let found = asked("network", &format!("/floatingips?port_id={port}"));
    assert_eq!(found["floatingips"][0]["floating_ip_address"], json!(address));
    let server = external_name(&ns.get("server", "shop-data"));
    let attached = asked("compute", &format!("/servers/{server}/os-volume_attachments"));
    let volume = external_name(&ns.get("volume", "shop-data"));
    assert_eq!(attached["volumeAttachments"][0]["volumeId"], json!(volume));
    gone(&ns, &all);
}

#[test]
fn a_team_gets_its_project_its_login_and_its_networks() {
    let ns = world().namespace("team");
    let all = example(&ns, "team", &["team-red", "red-deployer", "printers"]);
    made(&ns, &all);
    let project = external_name(&ns.get("project", &format!("{}-team-red", ns.name)));
    let network = external_name(&ns.get("network", &format!("{}-team-red", ns.name)));
    assert_eq!(asked("network", &format!("/networks/{network}"))["network"]["project_id"], json!(project));
    let user = external_name(&ns.get("user", &format!("{}-red-deployer", ns.name)));
    let roles = asked("identity", &format!("/role_assignments?user.id={user}&scope.project.id={project}"));
    assert_eq!(roles["role_assignments"].as_array().unwrap().len(), 1);
    gone(&ns, &all);
}

#[test]
fn a_network_function_gets_its_trunk_before_its_server_uses_the_port() {
    let ns = world().namespace("vnf");
    let (given, vnf) = (given(&ns), example(&ns, "trunked_vnf", &[]));
    let all: Vec<_> = given.into_iter().chain(vnf).rev().collect();
    made(&ns, &all);
    let (trunk, server) = (external_name(&ns.get("trunk", "vnf")), external_name(&ns.get("server", "vnf")));
    let trunk = asked("network", &format!("/trunks/{trunk}"));
    assert_eq!(trunk["trunk"]["sub_ports"].as_array().unwrap().len(), 2);
    let port = trunk["trunk"]["port_id"].as_str().unwrap();
    let port = asked("network", &format!("/ports/{port}"));
    assert_eq!(port["port"]["device_id"], json!(server));
    gone(&ns, &all);
}

#[test]
fn a_server_boots_from_a_volume_that_has_a_snapshot_and_a_backup() {
    let ns = world().namespace("ledger");
    let (given, ledger) = (given(&ns), example(&ns, "boot_from_volume", &[]));
    let all: Vec<_> = given.into_iter().chain(ledger).rev().collect();
    made(&ns, &all);
    let volume = external_name(&ns.get("volume", "ledger"));
    let found = asked("block_storage", &format!("/volumes/{volume}"));
    assert_eq!(found["volume"]["bootable"], json!("true"));
    let server = external_name(&ns.get("server", "ledger"));
    assert_eq!(found["volume"]["attachments"][0]["server_id"], json!(server));
    let backup = external_name(&ns.get("volumebackup", "ledger-weekly"));
    let backup = asked("block_storage", &format!("/backups/{backup}"));
    let snapshot = external_name(&ns.get("blockstoragesnapshot", "ledger-before-migration"));
    assert_eq!(backup["backup"]["snapshot_id"], json!(snapshot));
    gone(&ns, &all);
}
