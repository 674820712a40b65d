//! Stacks that are applied at once, in both orders: what is not there yet is waited for, also where nothing refers to it, and
//! nothing is made too early.

use super::{
    examples::{Example, kind},
    points::Points,
    testbed::{Testbed, World},
};
use crate::runtime::base::keys::ObjectKey;
use serde_json::{Value, json};
use std::time::Duration;

/// More rounds than any stack needs.
const ROUNDS: usize = 60;

/// A resource of a stack.
fn resource(id: &str, name: &str, wanted: Value) -> Example {
    let info = kind(id).info();
    let uid = format!("uid-of-{id}-{name}");
    let manifest = json!({
        "apiVersion": info.api_version(), "kind": info.kind,
        "metadata": {"name": name, "namespace": "default", "uid": uid, "generation": 1,
            "creationTimestamp": "2026-11-21T06:00:00Z", "labels": {"net": name}},
        "spec": {"forProvider": wanted, "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "admin"}},
    });
    let path = format!("/apis/{}/namespaces/default/{}/{name}", info.api_version(), info.plural);
    let key = ObjectKey { kind: kind(id).id(), namespace: "default".into(), name: name.into() };
    Example { key, manifest, path, own: true }
}

fn named(name: &str) -> Value {
    json!({ "name": name })
}

fn network() -> Vec<Example> {
    vec![
        resource("network.Network", "web", json!({})),
        resource("network.Subnet", "web-v4", json!({"networkIdRef": named("web"), "cidr": "10.20.0.0/24"})),
    ]
}

fn outside() -> Vec<Example> {
    vec![
        resource("network.Network", "outside", json!({"external": true})),
        resource(
            "network.Subnet",
            "outside-v4",
            json!({"networkIdRef": named("outside"), "cidr": "192.0.2.0/24"}),
        ),
        resource(
            "network.Router",
            "edge",
            json!({"externalGatewayInfo": {"networkIdRef": named("outside")}}),
        ),
    ]
}

fn image() -> Example {
    let source = json!({"url": "https://images.example.org/disk.img"});
    resource("image.Image", "disk", json!({"containerFormat": "bare", "diskFormat": "raw", "source": source}))
}

fn port() -> Example {
    resource("network.Port", "port", json!({"networkIdRef": named("web")}))
}

fn flavor() -> Example {
    resource("compute.Flavor", "small", json!({"ram": 64, "vcpus": 1, "disk": 1}))
}

fn server(networks: Value) -> Example {
    let wanted = json!({"flavorIdRef": named("small"), "imageIdRef": named("disk"), "networks": networks});
    resource("compute.Server", "server", wanted)
}

fn route(kind: &str, owner: (&str, &str), name: &str, to: &str) -> Example {
    let (field, owner) = owner;
    resource(kind, name, json!({field: named(owner), "destination": to, "nexthop": "10.20.0.254"}))
}

fn of_router() -> Vec<Example> {
    let edge = ("routerIdRef", "edge");
    let interface = json!({"routerIdRef": named("edge"), "subnetIdRef": named("web-v4")});
    vec![
        resource("network.Router", "edge", json!({})),
        resource("network.RouterInterface", "i", interface),
        route("network.RouterRoute", edge, "a", "198.51.100.0/24"),
        route("network.RouterRoute", edge, "b", "192.0.2.0/24"),
    ]
}

fn of_subnet() -> Vec<Example> {
    let subnet = ("subnetIdRef", "web-v4");
    vec![
        route("network.SubnetRoute", subnet, "a", "198.51.100.0/24"),
        route("network.SubnetRoute", subnet, "b", "192.0.2.0/24"),
    ]
}

/// What it is, what is applied, and what is looked at in the end: a collection and a field that must not be empty.
type Stack = (&'static str, Vec<Example>, Option<(&'static str, &'static str)>);

fn stacks() -> Vec<Stack> {
    let with = |stack: Vec<Example>, more: Vec<Example>| stack.into_iter().chain(more).collect::<Vec<_>>();
    let volume = || resource("blockstorage.Volume", "v", json!({"imageIdRef": named("disk"), "size": 1}));
    let by_label = json!({"networkIdSelector": {"matchLabels": {"net": "web"}}, "cidr": "10.20.0.0/24"});
    let chosen = vec![
        resource("network.Network", "web", json!({})),
        resource("network.Subnet", "a", by_label),
        port(),
    ];
    let address = json!({"networkIdRef": named("web"), "fixedIps": [{"ipAddress": "10.20.0.9"}]});
    let floating = json!({"floatingNetworkIdRef": named("outside"), "portIdRef": named("port")});
    let interface = json!({"routerIdRef": named("edge"), "subnetIdRef": named("web-v4")});
    let attached = json!({"serverIdRef": named("server"), "volumeIdRef": named("v")});
    let on_port = json!([{"portIdRef": named("port")}]);
    let on_network = json!([{"networkIdRef": named("web")}]);
    let machine = |networks: Value| vec![flavor(), image(), server(networks)];
    vec![
        ("a port and the network's subnet", with(network(), vec![port()]), Some(("ports", "/fixed_ips/0"))),
        ("a subnet by selector", chosen, Some(("ports", "/fixed_ips/0"))),
        ("a port of an address", with(network(), vec![resource("network.Port", "port", address)]), None),
        (
            "a server on a port",
            with(network(), with(vec![port()], machine(on_port))),
            Some(("ports", "/fixed_ips/0")),
        ),
        (
            "a server on a network",
            with(network(), machine(on_network.clone())),
            Some(("ports", "/fixed_ips/0")),
        ),
        ("a gateway", outside(), Some(("routers", "/external_gateway_info/external_fixed_ips/0"))),
        (
            "a floating IP",
            with(
                with(outside(), network()),
                vec![
                    port(),
                    resource("network.RouterInterface", "i", interface),
                    resource("network.FloatingIP", "f", floating),
                ],
            ),
            Some(("floatingips", "/router_id")),
        ),
        ("routes of a router", with(network(), of_router()), Some(("routers", "/routes/1"))),
        ("routes of a subnet", with(network(), of_subnet()), Some(("subnets", "/host_routes/1"))),
        ("a volume of an image", vec![image(), volume()], None),
        (
            "a volume in a server",
            with(
                with(network(), machine(on_network)),
                vec![volume(), resource("compute.VolumeAttachment", "a", attached)],
            ),
            None,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_is_applied_at_once_comes_up_in_both_orders_and_nothing_is_made_too_early() {
    for (what, stack, looked_at) in stacks() {
        let mut backwards = stack.clone();
        backwards.reverse();
        for order in [stack, backwards] {
            let testbed = apply(what, &order).await;
            if let Some((collection, field)) = looked_at {
                let content = testbed.world.content();
                let found = content.get(collection).into_iter().flatten();
                let mut values = found.map(|object| object.pointer(field).cloned().unwrap_or_default());
                assert!(
                    values.all(|value| !value.is_null()),
                    "{what}: {collection}{field}: {:#?}",
                    content.get(collection)
                );
            }
        }
    }
}

async fn apply(what: &str, stack: &[Example]) -> Testbed {
    let testbed = Testbed::new();
    stack.iter().for_each(|one| testbed.server.put(&one.path, one.manifest.clone()));
    let program = testbed.program(&Points::with(|_, _| None));
    for _ in 0..ROUNDS {
        for one in stack {
            testbed.tell(&program, stack);
            program.reconcile(&one.key).await;
            let object = testbed.object(one).unwrap();
            let said =
                object.condition("Synced").and_then(|synced| synced.message.clone()).unwrap_or_default();
            let refused = said.contains("failed") && !said.starts_with("create failed: waiting for");
            assert!(!refused, "{what}: {}: {said}", one.key);
        }
        if stack.iter().all(|one| testbed.well(one).is_ok()) {
            return testbed;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    let unwell: Vec<_> = stack.iter().filter_map(|one| testbed.well(one).err()).collect();
    panic!("{what}: {unwell:#?}");
}
