//! What is changed around an object that stays, and whose change it is, in real services.

use crate::world::{Namespace, condition, eventually, external_name, network, subnet, world};
use serde_json::{Value, json};

/// A manifest of a kind.
fn object(group: &str, kind: &str, name: &str, config: &str, for_provider: Value) -> Value {
    json!({"apiVersion": format!("{group}.kupenstack.io/v1alpha1"), "kind": kind, "metadata": {"name": name},
        "spec": {"forProvider": for_provider,
            "providerConfigRef": {"kind": "ClusterProviderConfig", "name": config}}})
}

fn of_network(kind: &str, name: &str, for_provider: Value) -> Value {
    object("network", kind, name, "default", for_provider)
}

fn named(name: &str) -> Value {
    json!({ "name": name })
}

/// A network, and a subnet of this range.
fn site(ns: &Namespace, cidr: &str) {
    ns.apply(&network("site", json!({})));
    ns.apply(&subnet("site", json!({"networkIdRef": named("site"), "cidr": cidr})));
}

/// A network outside with two subnets of one address each.
fn outside(ns: &Namespace, net: u8) -> [String; 2] {
    ns.apply(&object("network", "Network", "outside", "admin", json!({"external": true})));
    ["a", "b"].map(|name| {
        let third = if name == "a" { net } else { net + 1 };
        let (cidr, address) = (format!("198.18.{third}.0/29"), format!("198.18.{third}.3"));
        let pool = json!([{"start": address, "end": address}]);
        let wanted = json!({"networkIdRef": named("outside"), "cidr": cidr, "allocationPools": pool, "enableDhcp": false});
        ns.apply(&object("network", "Subnet", name, "admin", wanted));
        ns.ready("subnet", name);
        address
    })
}

/// Why it was not made.
fn refused(ns: &Namespace, kind: &str, name: &str) -> String {
    let object = ns.wait(kind, name, "refused", |o| condition(o, "Synced")["status"] == "False");
    condition(&object, "Synced")["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_router_has_an_address_of_the_next_subnet_where_the_first_has_none_left() {
    let ns = world().namespace("next-gateway");
    let addresses = outside(&ns, 73);
    let wanted = json!({"externalGatewayInfo": {"networkIdRef": named("outside")},
        "externalSubnetIdRefs": [named("a"), named("b")]});
    for (name, address) in ["one", "two"].into_iter().zip(addresses) {
        ns.apply(&object("network", "Router", name, "admin", wanted.clone()));
        let made = ns.ready("router", name);
        let gateway = &made["status"]["atProvider"]["externalGatewayInfo"];
        assert_eq!(gateway["externalFixedIps"][0]["ipAddress"], json!(address));
    }
    ns.apply(&object("network", "Router", "three", "admin", wanted));
    let why = refused(&ns, "router", "three");
    assert!(why.contains("No more IP addresses available"), "{why}");
    ["one", "two", "three"].iter().for_each(|name| ns.delete("router", name));
    ["a", "b"].iter().for_each(|name| ns.delete("subnet", name));
    ns.delete("network", "outside");
}

#[test]
fn a_floating_ip_comes_from_the_next_subnet_where_the_first_has_no_address_left() {
    let ns = world().namespace("next-subnet");
    let addresses = outside(&ns, 71);
    let wanted = json!({"floatingNetworkIdRef": named("outside"), "subnetIdRefs": [named("a"), named("b")]});
    for (name, address) in ["one", "two"].into_iter().zip(addresses) {
        ns.apply(&of_network("FloatingIP", name, wanted.clone()));
        let made = ns.ready("floatingip", name);
        assert_eq!(made["status"]["atProvider"]["floatingIpAddress"], address);
    }
    ns.apply(&of_network("FloatingIP", "three", wanted));
    let why = refused(&ns, "floatingip", "three");
    assert!(why.contains("No more IP addresses available"), "{why}");
    ["one", "two", "three"].iter().for_each(|name| ns.delete("floatingip", name));
    ["a", "b"].iter().for_each(|name| ns.delete("subnet", name));
    ns.delete("network", "outside");
}

#[test]
fn an_interface_that_routes_need_goes_with_them_where_its_spec_says_so() {
    let ns = world().namespace("forced");
    site(&ns, "10.74.0.0/24");
    ns.apply(&of_network("Router", "r", json!({})));
    ns.apply(&of_network(
        "RouterInterface",
        "i",
        json!({"routerIdRef": named("r"), "subnetIdRef": named("site")}),
    ));
    ns.ready("routerinterface", "i");
    let router = external_name(&ns.get("router", "r"));
    let routes = json!({"router": {"routes": [{"destination": "192.0.2.0/24", "nexthop": "10.74.0.9"}]}});
    let (status, said) = world().ask("PUT", &format!("/routers/{router}/add_extraroutes"), routes);
    assert_eq!(status, 200, "{said}");
    ns.ask_to_delete("routerinterface", "i");
    let refused = ns.wait("routerinterface", "i", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(why.contains("required by one or more routes"), "{why}");
    ns.patch("routerinterface", "i", &json!({"spec": {"forProvider": {"forceDelete": true}}})).unwrap();
    ns.wait("routerinterface", "i", "gone", Value::is_null);
    let (_, body) = world().ask("GET", &format!("/routers/{router}"), Value::Null);
    assert_eq!(body["router"]["routes"], json!([]));
    ns.delete("router", "r");
    ns.delete("subnet", "site");
    ns.delete("network", "site");
}

#[test]
fn interfaces_of_a_server_are_attached_and_detached_as_its_list_says_and_by_nobody_else() {
    let ns = world().namespace("interfaces");
    site(&ns, "10.75.0.0/24");
    let (url, ..) = super::image::entry("attached.img", 4096);
    let image = json!({"containerFormat": "bare", "diskFormat": "raw", "source": {"url": url}});
    ns.apply(&object("image", "Image", "disk", "default", image));
    let flavor = json!({"name": format!("{}-small", ns.name), "ram": 64, "vcpus": 1, "disk": 1});
    ns.apply(&object("compute", "Flavor", "small", "admin", flavor));
    ns.apply(&of_network("Port", "p", json!({"networkIdRef": named("site")})));
    let wanted = json!({"flavorIdRef": named("small"), "imageIdRef": named("disk"),
        "interfaces": [{"networkIdRef": named("site")}]});
    ns.apply(&object("compute", "Server", "s", "default", wanted));
    let server = external_name(&ns.ready("server", "s"));
    let ports = || {
        let (_, body) = world().ask("GET", &format!("/ports?device_id={server}"), Value::Null);
        body["ports"].as_array().unwrap().iter().map(|port| port["id"].clone()).collect::<Vec<_>>()
    };
    let (first, own) = (ports(), json!(external_name(&ns.get("port", "p"))));
    assert_eq!(first.len(), 1);
    let now = |list: Value| {
        let change = json!({"spec": {"forProvider": {"interfaces": list}}});
        ns.patch("server", "s", &change).unwrap();
    };
    now(json!([{"networkIdRef": named("site")}, {"portIdRef": named("p")}]));
    eventually("the port is attached", || ports().contains(&own) && ports().len() == 2);
    ns.ready("server", "s");
    now(json!([{"portIdRef": named("p")}]));
    eventually("the first one is detached", || ports() == [own.clone()]);
    let more = json!({"serverIdRef": named("s"), "networkIdRef": named("site")});
    ns.apply(&object("compute", "InterfaceAttachment", "more", "default", more));
    let refused = ns.wait("interfaceattachment", "more", "refused", |o| {
        condition(o, "Synced")["message"].as_str().is_some_and(|why| why.contains("writes the same"))
    });
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(
        why.ends_with("Server \"s\" writes the same: delete one of the two, or leave its interfaces out"),
        "{why}"
    );
    ns.delete("interfaceattachment", "more");
    now(json!([]));
    eventually("the port is detached, and stays", || ports().is_empty());
    assert_eq!(external_name(&ns.ready("port", "p")), own);
    ns.delete("server", "s");
}

#[test]
fn security_groups_beside_those_that_the_port_says_itself_are_refused_by_its_name() {
    let ns = world().namespace("groups");
    site(&ns, "10.76.0.0/24");
    ["own", "more"].iter().for_each(|name| ns.apply(&of_network("SecurityGroup", name, json!({}))));
    let port = json!({"networkIdRef": named("site"), "securityGroupIdRefs": [named("own")]});
    ns.apply(&of_network("Port", "p", port));
    let more = json!({"portIdRef": named("p"), "additionalSecurityGroupIdRefs": [named("more")]});
    ns.ready("port", "p");
    ns.apply(&of_network("PortSecurityGroups", "more", more));
    let refused = ns.wait("portsecuritygroups", "more", "refused", |o| {
        condition(o, "Synced")["message"].as_str().is_some_and(|why| why.contains("writes the same"))
    });
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(why.ends_with("or leave its securityGroupIds out"), "{why}");
    let leave = json!({"spec": {"forProvider": {"securityGroupIds": null, "securityGroupIdRefs": null}}});
    ns.patch("port", "p", &leave).unwrap();
    ns.ready("portsecuritygroups", "more");
}

#[test]
fn two_interfaces_of_a_router_share_a_port_for_ipv6_and_one_goes_without_the_other() {
    let ns = world().namespace("shared-port");
    ns.apply(&network("site", json!({})));
    ns.apply(&of_network("Router", "r", json!({})));
    for (name, cidr) in [("a", "fd00:75::/64"), ("b", "fd00:76::/64")] {
        let wanted = json!({"networkIdRef": named("site"), "cidr": cidr, "ipVersion": 6});
        ns.apply(&subnet(name, wanted));
        let wanted = json!({"routerIdRef": named("r"), "subnetIdRef": named(name)});
        ns.apply(&of_network("RouterInterface", name, wanted));
        // Two that come at the same moment are given a port each by Neutron.
        ns.ready("routerinterface", name);
    }
    let port = |name: &str| {
        let id = external_name(&ns.get("routerinterface", name));
        id.split('/').nth(1).unwrap().to_owned()
    };
    assert_eq!(port("a"), port("b"));
    ns.delete("routerinterface", "b");
    ns.delete("subnet", "b");
    ns.ready("routerinterface", "a");
    ["routerinterface", "subnet"].iter().for_each(|kind| ns.delete(kind, "a"));
    ns.delete("router", "r");
}
