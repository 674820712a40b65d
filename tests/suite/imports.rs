//! Objects that were there before, found in the real services by what people know of them.

use crate::world::{Namespace, checkout, condition, eventually, external_name, network, world};
use serde_json::{Value, json};
use std::fs;

/// Makes something by hand in Neutron; its id.
fn made(path: &str, body: Value) -> String {
    let (status, answer) = world().ask("POST", path, body);
    assert_eq!(status, 201, "{path}: {answer}");
    id_in(&answer)
}

/// Glance wraps nothing.
fn id_in(answer: &Value) -> String {
    let inner = || answer.as_object()?.values().next()?["id"].as_str();
    answer["id"].as_str().or_else(inner).unwrap().to_owned()
}

fn removed(path: &str) {
    assert_eq!(world().ask("DELETE", path, Value::Null).0, 204, "{path}");
}

fn named(body: &str, name: &str) -> Value {
    json!({ body: {"name": name} })
}

fn exists(path: &str) -> bool {
    world().ask("GET", path, Value::Null).0 == 200
}

/// The example, of which names in the cloud are this run's own.
fn example(ns: &Namespace) -> Vec<Value> {
    let text = fs::read_to_string(checkout().join("examples/import_by_filter/brownfield.yaml")).unwrap();
    let all: Vec<Value> = serde_saphyr::from_multiple(&text.replace("corporate", &ns.name)).unwrap();
    let own = |mut object: Value| {
        object["metadata"]["namespace"] = json!(ns.name);
        object
    };
    all.into_iter().map(own).collect()
}

#[test]
fn what_the_example_knows_of_is_found_looked_at_or_adopted_and_referred_to() {
    let ns = world().namespace("brownfield");
    let name = ns.name.as_str();
    let [net, elsewhere] = [name, "elsewhere"].map(|name| made("/networks", named("network", name)));
    let [sub, _] = [&net, &elsewhere].map(|net| {
        let range = json!({"network_id": net, "ip_version": 4, "cidr": "10.77.0.0/24"});
        let sub = made("/subnets", json!({ "subnet": range }));
        let tags = json!({"tags": [name, "other"]});
        assert_eq!(world().ask("PUT", &format!("/subnets/{sub}/tags"), tags).0, 200);
        sub
    });
    let group = made("/security-groups", named("security_group", &format!("{name}-web")));
    let all = example(&ns);
    all.iter().for_each(|object| ns.apply(object));
    let (v4, web) = (format!("{name}-v4"), format!("{name}-web"));
    for (kind, object, id) in
        [("network", name, &net), ("subnet", v4.as_str(), &sub), ("securitygroup", web.as_str(), &group)]
    {
        assert_eq!(&external_name(&ns.ready(kind, object)), id, "{kind}");
    }
    let port = external_name(&ns.ready("port", &web));
    let (_, answer) = world().ask("GET", &format!("/ports/{port}"), Value::Null);
    let is = &answer["port"];
    assert_eq!((&is["network_id"], &is["security_groups"]), (&json!(net), &json!([group])));
    assert_eq!(is["fixed_ips"][0]["subnet_id"], json!(sub));
    let (_, answer) = world().ask("GET", &format!("/security-groups/{group}"), Value::Null);
    let description = answer["security_group"]["description"].as_str().unwrap();
    assert!(description.starts_with("Web servers, kept by KupenStack [kupenstack:"), "{description}");
    for (kind, object) in [("port", &web), ("securitygroup", &web), ("subnet", &v4), ("network", &ns.name)] {
        ns.delete(kind, object);
    }
    assert!(!exists(&format!("/security-groups/{group}")), "it was adopted");
    removed(&format!("/subnets/{sub}"));
    [net, elsewhere].iter().for_each(|net| removed(&format!("/networks/{net}")));
}

/// A network that is looked for by its name alone.
fn looking(ns: &Namespace, name: &str) -> Value {
    let mut manifest = network("found", json!({}));
    manifest["spec"]["import"] = json!({"filter": {"name": name}});
    manifest["metadata"]["annotations"] = json!({"crossplane.io/poll-interval": "2s"});
    manifest["metadata"]["namespace"] = json!(ns.name);
    manifest
}

fn stalls(ns: &Namespace, reason: &str) -> String {
    let object = ns.wait("network", "found", reason, |o| condition(o, "Stalled")["reason"] == reason);
    assert_eq!(
        (external_name(&object), &condition(&object, "Ready")["status"]),
        (String::new(), &json!("False"))
    );
    condition(&object, "Synced")["message"].as_str().unwrap().to_owned()
}

#[test]
fn nam_5_none_and_several_are_said_and_the_one_that_is_left_is_taken() {
    let ns = world().namespace("import-one");
    ns.apply(&looking(&ns, &ns.name));
    let said = stalls(&ns, "ImportNotFound");
    assert!(said.contains(&format!("name: \"{}\"", ns.name)), "{said}");
    let [one, other] = [0, 1].map(|_| made("/networks", named("network", &ns.name)));
    // One of them may be seen, and taken, before the other is there.
    let object = ns.wait("network", "found", "looked for again", |o| {
        condition(o, "Stalled")["reason"] == "ImportAmbiguous" || !external_name(o).is_empty()
    });
    if external_name(&object).is_empty() {
        let said = stalls(&ns, "ImportAmbiguous");
        assert!(said.contains(&one) && said.contains(&other), "{said}");
        removed(&format!("/networks/{other}"));
        assert_eq!(external_name(&ns.ready("network", "found")), one);
    } else {
        assert_eq!(external_name(&object), one);
        removed(&format!("/networks/{other}"));
    }
    ns.delete("network", "found");
    assert!(!exists(&format!("/networks/{one}")), "it was adopted with all policies");
}

#[test]
fn nam_6_a_network_of_another_resource_is_refused_before_its_name_is_recorded() {
    let ns = world().namespace("import-theirs");
    ns.apply(&network("mine", json!({"name": ns.name})));
    let id = external_name(&ns.ready("network", "mine"));
    ns.apply(&looking(&ns, &ns.name));
    let said = stalls(&ns, "NotOurs");
    assert!(said.contains("belongs to network.Network \"mine\""), "{said}");
    ns.patch("network", "found", &json!({"spec": {"managementPolicies": ["Observe"]}})).unwrap();
    assert_eq!(external_name(&ns.ready("network", "found")), id, "who only looks may share it");
    ns.delete("network", "found");
    assert!(exists(&format!("/networks/{id}")));
    ns.delete("network", "mine");
}

/// Service, path and body of what an administrator makes, and the kind and filter that find it.
fn others(name: &str) -> Vec<(&'static str, &'static str, Value, &'static str, &'static str, Value)> {
    let group = "identity.kupenstack.io/v1alpha1";
    vec![
        (
            "identity",
            "/projects",
            named("project", name),
            group,
            "Project",
            json!({"name": name, "enabled": true}),
        ),
        (
            "identity",
            "/groups",
            named("group", name),
            group,
            "IdentityGroup",
            json!({"name": name, "domainId": "default"}),
        ),
        (
            "image",
            "/images",
            json!({"name": name, "disk_format": "raw", "container_format": "bare", "visibility": "private", "tags": ["t", "u"]}),
            "image.kupenstack.io/v1alpha1",
            "Image",
            json!({"name": name, "visibility": "private", "tags": ["u"]}),
        ),
        (
            "block_storage",
            "/volumes",
            json!({"volume": {"name": name, "size": 1}}),
            "blockstorage.kupenstack.io/v1alpha1",
            "Volume",
            json!({"name": name, "size": 1}),
        ),
        (
            "compute",
            "/flavors",
            json!({"flavor": {"name": name, "ram": 64, "vcpus": 1, "disk": 0}}),
            "compute.kupenstack.io/v1alpha1",
            "Flavor",
            json!({"name": name, "ram": 64}),
        ),
    ]
}

#[test]
fn what_the_other_services_have_is_found_as_well() {
    let ns = world().namespace("import-others");
    for (service, path, body, api, kind, filter) in others(&ns.name) {
        let (status, answer) = world().ask_admin(service, "POST", path, body);
        assert!((200..=202).contains(&status), "{kind}: {status} {answer}");
        let (id, resource) =
            (id_in(&answer), format!("{}.{}", kind.to_lowercase(), api.split('/').next().unwrap()));
        ns.apply(&json!({"apiVersion": api, "kind": kind, "metadata": {"name": "found"}, "spec": {
            "managementPolicies": ["Observe"], "import": {"filter": filter}, "forProvider": {},
            "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "admin"}}}));
        let found = ns.wait(&resource, "found", "found", |o| !external_name(o).is_empty());
        assert_eq!(external_name(&found), id, "{kind}");
        ns.delete(&resource, "found");
        // What is still being made can't be deleted yet.
        let delete = || world().ask_admin(service, "DELETE", &format!("{path}/{id}"), Value::Null).0;
        eventually(&format!("{kind} is deleted"), || (200..=204).contains(&delete()));
    }
}
