//! The life of a network and its subnet in a real Neutron, as openstacksdk sees it.

use crate::world::{Namespace, condition, eventually, external_name, network, subnet, world};
use rig::openstack::requests;
use serde_json::{Value, json};

fn neutron(kind: &str, id: &str) -> Value {
    let (status, mut body) = world().ask("GET", &format!("/{kind}s/{id}"), Value::Null);
    assert_eq!(status, 200, "{kind} {id}: {body}");
    body[kind].take()
}

fn exists(kind: &str, id: &str) -> bool {
    world().ask("GET", &format!("/{kind}s/{id}"), Value::Null).0 == 200
}

fn named(kind: &str, name: &str) -> Vec<Value> {
    let (_, body) = world().ask("GET", &format!("/{kind}s?name={name}"), Value::Null);
    body[format!("{kind}s")].as_array().unwrap().clone()
}

/// The part of a description that people wrote; the marker comes after it.
fn written(object: &Value) -> &str {
    object["description"].as_str().unwrap().split("[kupenstack:").next().unwrap().trim_end()
}

/// Writes of the provider to Neutron that name one of these ids, or make something.
fn writes(mark: &requests::Mark) -> Vec<requests::Request> {
    let since = requests::since(&world().rig.paths, mark).unwrap();
    since.into_iter().filter(|r| r.agent.starts_with("kupenstack/") && r.writes()).collect()
}

fn refresh(ns: &Namespace, resource: &str, name: &str, token: &str) -> Value {
    ns.patch(
        resource,
        name,
        &json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": token}}}),
    )
    .unwrap();
    ns.wait(resource, name, "refreshed", |o| o["status"]["lastHandledReconcileAt"] == token)
}

#[test]
fn ref_7_a_network_and_its_subnet_become_ready_and_are_in_neutron_as_the_spec_says() {
    let ns = world().namespace("create");
    ns.apply(&subnet(
        "inner",
        json!({"networkIdRef": {"name": "outer"}, "cidr": "10.20.0.9/24",
        "dnsNameservers": ["192.0.2.54", "192.0.2.53"], "tags": ["b", "a"],
        "allocationPools": [{"start": "10.20.0.10", "end": "10.20.0.20"}],
        "hostRoutes": [{"destination": "198.51.100.0/24", "nexthop": "10.20.0.254"}]}),
    ));
    let waiting = ns.wait("subnet", "inner", "waiting", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&waiting, "Synced")["message"].as_str().unwrap();
    assert!(why.ends_with("Network \"outer\" does not exist"), "{why}");
    ns.apply(&network("outer", json!({"description": "Front", "mtu": 1400, "tags": ["x"]})));
    let (outer, inner) = (ns.ready("network", "outer"), ns.ready("subnet", "inner"));

    let real = neutron("network", &external_name(&outer));
    assert_eq!(
        (&real["name"], &real["mtu"], &real["tags"], written(&real)),
        (&json!("outer"), &json!(1400), &json!(["x"]), "Front")
    );
    assert!(real["description"].as_str().unwrap().contains(outer["metadata"]["uid"].as_str().unwrap()));
    assert_eq!(outer["status"]["atProvider"]["description"], "Front", "the marker is not shown");
    assert_eq!(outer["status"]["atProvider"]["id"], real["id"]);

    let real = neutron("subnet", &external_name(&inner));
    assert_eq!(real["network_id"].as_str().unwrap(), external_name(&outer));
    assert_eq!((&real["cidr"], &real["ip_version"]), (&json!("10.20.0.0/24"), &json!(4)));
    assert_eq!(real["dns_nameservers"], json!(["192.0.2.54", "192.0.2.53"]));
    assert_eq!(real["allocation_pools"], json!([{"start": "10.20.0.10", "end": "10.20.0.20"}]));
    assert_eq!(real["host_routes"], json!([{"destination": "198.51.100.0/24", "nexthop": "10.20.0.254"}]));
    assert_eq!(
        inner["spec"]["forProvider"]["networkId"].as_str().unwrap(),
        external_name(&outer),
        "REF-7: written back"
    );
    ns.delete("subnet", "inner");
    ns.delete("network", "outer");
    assert!(!exists("subnet", real["id"].as_str().unwrap()) && !exists("network", &external_name(&outer)));
}

#[test]
fn nothing_is_written_anywhere_while_nothing_changes() {
    let ns = world().namespace("steady");
    let mut manifest = network("steady", json!({"description": "d", "tags": ["a", "b"]}));
    manifest["metadata"]["annotations"] = json!({"crossplane.io/poll-interval": "1s"});
    ns.apply(&manifest);
    let id = external_name(&ns.ready("network", "steady"));
    let version = ns.get("network", "steady")["metadata"]["resourceVersion"].clone();
    let mark = requests::mark(&world().rig.paths);
    eventually("three polls", || {
        let since = requests::since(&world().rig.paths, &mark).unwrap();
        // The route hides ids; the steady network is the only one that is polled every second.
        since
            .iter()
            .filter(|r| {
                r.agent.starts_with("kupenstack/") && r.method == "GET" && r.route.contains("networks/")
            })
            .count()
            >= 3
    });
    assert_eq!(
        ns.get("network", "steady")["metadata"]["resourceVersion"],
        version,
        "no write to the API server"
    );
    let real = neutron("network", &id);
    assert_eq!(
        real["created_at"],
        real["updated_at"].as_str().map_or(Value::Null, |_| real["created_at"].clone())
    );
    ns.delete("network", "steady");
}

#[test]
fn every_mutable_field_is_changed_in_place() {
    let ns = world().namespace("update");
    ns.apply(&network("n", json!({"description": "before"})));
    ns.apply(&subnet("s", json!({"networkIdRef": {"name": "n"}, "cidr": "10.30.0.0/24"})));
    let (net, sub) = (external_name(&ns.ready("network", "n")), external_name(&ns.ready("subnet", "s")));
    let change = json!({"spec": {"forProvider": {"name": "renamed", "description": "after", "mtu": 1300, "adminStateUp": false,
        "portSecurityEnabled": false, "tags": ["t"]}}});
    ns.patch("network", "n", &change).unwrap();
    let changed = ns.ready("network", "n");
    let real = neutron("network", &net);
    assert_eq!(
        (&real["name"], &real["mtu"], &real["admin_state_up"]),
        (&json!("renamed"), &json!(1300), &json!(false))
    );
    assert_eq!(
        (&real["port_security_enabled"], &real["tags"], written(&real)),
        (&json!(false), &json!(["t"]), "after")
    );
    assert!(
        real["description"].as_str().unwrap().contains(changed["metadata"]["uid"].as_str().unwrap()),
        "the marker stays"
    );
    assert_eq!(condition(&changed, "UpToDate")["status"], "True");
    let change = json!({"spec": {"forProvider": {"gatewayIp": "", "enableDhcp": false, "dnsNameservers": ["192.0.2.1"],
        "description": "sub", "tags": ["u"]}}});
    ns.patch("subnet", "s", &change).unwrap();
    ns.ready("subnet", "s");
    let real = neutron("subnet", &sub);
    assert_eq!(
        (&real["gateway_ip"], &real["enable_dhcp"]),
        (&Value::Null, &json!(false)),
        "an empty gateway is none"
    );
    assert_eq!(
        (&real["dns_nameservers"], &real["tags"], written(&real)),
        (&json!(["192.0.2.1"]), &json!(["u"]), "sub")
    );
    ns.delete("subnet", "s");
    ns.delete("network", "n");
}

#[test]
fn a_change_behind_our_back_is_repaired_and_a_lost_network_made_anew() {
    let ns = world().namespace("drift");
    ns.apply(&network("n", json!({"description": "mine", "mtu": 1400})));
    let id = external_name(&ns.ready("network", "n"));
    let theirs = json!({"network": {"description": "theirs", "mtu": 1200, "name": "not managed"}});
    assert_eq!(world().ask("PUT", &format!("/networks/{id}"), theirs).0, 200);
    refresh(&ns, "network", "n", "one");
    let real = neutron("network", &id);
    assert_eq!((&real["mtu"], written(&real)), (&json!(1400), "mine"));
    assert_eq!(real["name"], "not managed", "what the spec does not set is left alone");

    assert_eq!(world().ask("DELETE", &format!("/networks/{id}"), Value::Null).0, 204);
    ns.patch(
        "network",
        "n",
        &json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "two"}}}),
    )
    .unwrap();
    let anew = ns.wait("network", "n", "made anew", |o| {
        external_name(o) != id && condition(o, "Ready")["status"] == "True"
    });
    assert!(exists("network", &external_name(&anew)));
    ns.delete("network", "n");
}

#[test]
fn a_network_is_adopted_by_its_external_name_and_only_observed() {
    let ns = world().namespace("adopt");
    let (status, made) =
        world().ask("POST", "/networks", json!({"network": {"name": ns.name, "description": "by hand"}}));
    assert_eq!(status, 201);
    let id = made["network"]["id"].as_str().unwrap();
    let mark = requests::mark(&world().rig.paths);
    let mut manifest = network("seen", json!({"mtu": 1234}));
    manifest["metadata"]["annotations"] = json!({"crossplane.io/external-name": id});
    manifest["spec"]["managementPolicies"] = json!(["Observe"]);
    ns.apply(&manifest);
    let seen = ns.ready("network", "seen");
    assert_eq!(seen["status"]["atProvider"]["description"], "by hand");
    let differs = condition(&seen, "UpToDate");
    let how = format!("differs in: mtu: {}, wanted 1234", neutron("network", id)["mtu"]);
    assert_eq!((&differs["reason"], &differs["message"]), (&json!("UpdateRestricted"), &json!(how)));
    assert_eq!(neutron("network", id)["description"], "by hand", "nothing was written");
    assert!(!writes(&mark).iter().any(|w| w.method == "PUT" && w.status >= 400), "no refused write either");

    // Then it is managed, and is ours.
    ns.patch("network", "seen", &json!({"spec": {"managementPolicies": ["*"]}})).unwrap();
    eventually("it is managed", || neutron("network", id)["mtu"] == 1234);
    ns.ready("network", "seen");
    ns.delete("network", "seen");
    assert!(!exists("network", id));
}

#[test]
fn nam_2_what_is_only_observed_outlives_its_managed_resource() {
    let ns = world().namespace("orphan");
    let (_, made) = world().ask("POST", "/networks", json!({"network": {"name": ns.name}}));
    let id = made["network"]["id"].as_str().unwrap();
    let mut manifest = network("seen", json!({}));
    manifest["metadata"]["annotations"] = json!({"crossplane.io/external-name": id});
    manifest["spec"]["managementPolicies"] = json!(["Observe"]);
    ns.apply(&manifest);
    ns.ready("network", "seen");
    ns.delete("network", "seen");
    assert!(exists("network", id));
    assert_eq!(world().ask("DELETE", &format!("/networks/{id}"), Value::Null).0, 204);
}

#[test]
fn two_resources_never_fight_over_one_network() {
    let ns = world().namespace("foreign");
    ns.apply(&network("mine", json!({"mtu": 1400})));
    let id = external_name(&ns.ready("network", "mine"));
    let mut second = network("thief", json!({"mtu": 1300}));
    second["metadata"]["annotations"] = json!({"crossplane.io/external-name": id});
    ns.apply(&second);
    let refused = ns.wait("network", "thief", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(
        why.contains("belongs to network.Network \"mine\"") && why.contains("kupenstack.io/take-over"),
        "{why}"
    );
    ns.delete("network", "thief");
    assert_eq!(neutron("network", &id)["mtu"], 1400, "neither changed nor deleted by the other");
    ns.delete("network", "mine");
}

#[test]
fn a_network_that_was_taken_over_is_its_former_owners_no_more() {
    let ns = world().namespace("takeover");
    ns.apply(&network("former", json!({"description": "d", "mtu": 1400})));
    let id = external_name(&ns.ready("network", "former"));
    let mut taker = network("taker", json!({"mtu": 1300}));
    taker["metadata"]["annotations"] =
        json!({"crossplane.io/external-name": id, "kupenstack.io/take-over": "true"});
    ns.apply(&taker);
    let taken = ns.ready("network", "taker");
    eventually("the marker is the taker's", || {
        let real = neutron("network", &id);
        real["description"].as_str().unwrap().contains(taken["metadata"]["uid"].as_str().unwrap())
    });
    assert_eq!(written(&neutron("network", &id)), "d", "what people wrote stays");
    let refused = ns.wait("network", "former", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(why.contains("network.Network \"taker\""), "{why}");
    ns.delete("network", "former");
    assert_eq!(neutron("network", &id)["mtu"], 1300, "it went without the network");
    ns.delete("network", "taker");
    assert!(!exists("network", &id));
}

#[test]
fn the_younger_of_two_resources_with_one_unmarked_network_waits_for_the_older_to_go() {
    let ns = world().namespace("rivals");
    let (_, made) = world().ask("POST", "/networks", json!({"network": {"name": ns.name}}));
    let id = made["network"]["id"].as_str().unwrap();
    for name in ["older", "younger"] {
        let mut manifest = network(name, json!({}));
        manifest["metadata"]["annotations"] = json!({"crossplane.io/external-name": id});
        manifest["spec"]["managementPolicies"] = json!(["Observe", "Update"]);
        ns.apply(&manifest);
        // Ages have a resolution of one second.
        std::thread::sleep(std::time::Duration::from_millis(1100));
    }
    ns.ready("network", "older");
    let refused = ns.wait("network", "younger", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&refused, "Synced")["message"].as_str().unwrap();
    assert!(why.contains("belongs to network.Network \"older\""), "{why}");
    let began = std::time::Instant::now();
    ns.delete("network", "older");
    ns.ready("network", "younger");
    assert!(began.elapsed().as_secs() < 30, "it is woken and does not wait for its poll");
    ns.delete("network", "younger");
    assert_eq!(world().ask("DELETE", &format!("/networks/{id}"), Value::Null).0, 204);
}

#[test]
fn what_a_create_cannot_carry_is_part_of_it_under_create_only_policies_too() {
    let ns = world().namespace("once");
    let mut manifest = network("g", json!({"tags": ["a"], "deleteDefaultRules": true}));
    manifest["kind"] = json!("SecurityGroup");
    manifest["spec"]["managementPolicies"] = json!(["Observe", "Create", "Delete"]);
    ns.apply(&manifest);
    let id = external_name(&ns.ready("securitygroup", "g"));
    let group = || {
        let (status, mut body) = world().ask("GET", &format!("/security-groups/{id}"), Value::Null);
        assert_eq!(status, 200);
        body["security_group"].take()
    };
    assert_eq!((&group()["tags"], &group()["security_group_rules"]), (&json!(["a"]), &json!([])));
    let rule = json!({"security_group_rule": {"security_group_id": id, "direction": "egress"}});
    assert_eq!(world().ask("POST", "/security-group-rules", rule).0, 201);
    assert_eq!(world().ask("PUT", &format!("/security-groups/{id}/tags"), json!({"tags": []})).0, 200);
    refresh(&ns, "securitygroup", "g", "again");
    let left = (group()["tags"].clone(), group()["security_group_rules"].as_array().unwrap().len());
    assert_eq!(left, (json!([]), 1), "what somebody does later is left alone");
    ns.delete("securitygroup", "g");
}

#[test]
fn deletion_in_the_wrong_order_ends_when_the_right_order_comes() {
    let ns = world().namespace("order");
    ns.apply(&network("n", json!({})));
    ns.apply(&subnet("s", json!({"networkIdRef": {"name": "n"}, "cidr": "10.40.0.0/24"})));
    let (net, sub) = (external_name(&ns.ready("network", "n")), external_name(&ns.ready("subnet", "s")));
    // A port keeps both in use.
    let (status, port) = world().ask("POST", "/ports", json!({"port": {"network_id": net}}));
    assert_eq!(status, 201);
    world().kubectl(&["delete", "network", "n", "-n", &ns.name, "--wait=false"]);
    let busy = ns.wait("network", "n", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&busy, "Synced")["message"].as_str().unwrap();
    assert!(why.starts_with("delete failed: network API refused the request (409 Conflict)"), "{why}");
    assert_eq!(condition(&busy, "Ready")["reason"], "Deleting");
    assert_eq!(
        world().ask("DELETE", &format!("/ports/{}", port["port"]["id"].as_str().unwrap()), Value::Null).0,
        204
    );
    world().kubectl(&["delete", "subnet", "s", "-n", &ns.name, "--timeout=180s"]);
    ns.wait("network", "n", "gone", Value::is_null);
    assert!(!exists("network", &net) && !exists("subnet", &sub));
}

#[test]
fn a_killed_provider_makes_no_network_twice_and_loses_none() {
    let ns = world().namespace("kill");
    let names: Vec<_> = (0..30).map(|n| format!("{}-{n}", ns.name)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {"name": "all"},
        "items": names.iter().map(|name| network(name, json!({}))).collect::<Vec<_>>()});
    ns.apply(&list);
    for _ in 0..3 {
        let pods = ["-n", "crossplane-system", "-l", "pkg.crossplane.io/provider=provider-kupenstack"];
        let began: usize = ready_of(&ns);
        world().kubectl(&[["delete", "pod", "--force", "--grace-period=0"].as_slice(), &pods].concat());
        eventually("it goes on", || ready_of(&ns) > began || ready_of(&ns) == names.len());
    }
    for name in &names {
        ns.ready("network", name);
    }
    for name in &names {
        assert_eq!(named("network", name).len(), 1, "{name}");
    }
    world().kubectl(&["delete", "networks", "--all", "-n", &ns.name, "--timeout=180s"]);
    for name in &names {
        assert_eq!(named("network", name).len(), 0, "{name}");
    }
}

fn ready_of(ns: &Namespace) -> usize {
    let list: Value =
        serde_json::from_str(&world().kubectl(&["get", "networks", "-n", &ns.name, "-o", "json"])).unwrap();
    list["items"].as_array().unwrap().iter().filter(|o| condition(o, "Ready")["status"] == "True").count()
}

#[test]
fn a_network_that_is_made_of_segments_is_as_it_is_wanted_however_many_they_are() {
    let ns = world().namespace("segments");
    let vlan = |physical: &str| json!({"providerNetworkType": "vlan", "providerPhysicalNetwork": physical});
    for (name, segments) in
        [("one", json!([vlan("physnet1")])), ("two", json!([vlan("physnet1"), vlan("physnet2")]))]
    {
        let mut wanted = network(name, json!({ "segments": segments }));
        wanted["spec"]["providerConfigRef"] = json!({"kind": "ClusterProviderConfig", "name": "admin"});
        ns.apply(&wanted);
        let made = ns.ready("network", name);
        let told = &made["status"]["atProvider"]["segments"];
        assert_eq!(told.as_array().map(Vec::len), segments.as_array().map(Vec::len), "{told}");
        ns.wait("network", name, "as it is wanted", |o| condition(o, "UpToDate")["status"] == "True");
        ns.delete("network", name);
    }
}
