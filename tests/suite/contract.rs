//! What users of Crossplane and kubectl see: refusals at admission, messages, ProviderConfigs, connection secrets, rights.

use crate::world::{condition, eventually, external_name, network, subnet, world};
use serde_json::{Value, json};

#[test]
fn wrong_manifests_are_refused_with_what_to_do() {
    let ns = world().namespace("wrong");
    let mut of_an_unknown_kind_of_config = network("n", json!({}));
    of_an_unknown_kind_of_config["spec"]["providerConfigRef"] = json!({"kind": "Config", "name": "default"});
    for (manifest, says) in [
        (
            subnet("s", json!({"cidr": "10.0.0.0/24"})),
            "spec.forProvider needs one of networkId, networkIdRef, networkIdSelector",
        ),
        (
            subnet("s", json!({"networkId": "x"})),
            "spec.forProvider needs one of cidr, subnetpoolId, subnetpoolIdRef, subnetpoolIdSelector, useDefaultSubnetpool",
        ),
        (network("n", json!({"mtu": 20})), "should be greater than or equal to 68"),
        (network("n", json!({"description": "x".repeat(185)})), "may not be more than 184"),
        (
            subnet("s", json!({"networkId": "x", "cidr": "10.0.0.0/24", "ipVersion": 5})),
            "supported values: \"4\", \"6\"",
        ),
        (of_an_unknown_kind_of_config, "spec.providerConfigRef.kind: Unsupported value: \"Config\""),
        (network("n", json!({"mtuu": 1400})), "unknown field \"spec.forProvider.mtuu\""),
    ] {
        let why = ns.try_apply(&manifest).unwrap_err();
        assert!(why.contains(says), "wanted {says:?}, got {why}");
    }
}

#[test]
fn mr_8_an_observed_resource_needs_no_parameters() {
    let ns = world().namespace("bare");
    let mut manifest = subnet("s", json!({}));
    manifest["spec"]["managementPolicies"] = json!(["Observe"]);
    ns.apply(&manifest);
    let lost = ns.wait("subnet", "s", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&lost, "Synced")["message"].as_str().unwrap();
    let says = "observe failed: external resource does not exist: name an existing one in the annotation";
    assert!(why.starts_with(says), "{why}");
}

#[test]
fn mr_9_a_change_to_an_immutable_field_is_refused_at_admission() {
    let ns = world().namespace("immutable");
    ns.apply(&network("n", json!({"availabilityZoneHints": []})));
    ns.apply(&subnet("s", json!({"networkIdRef": {"name": "n"}, "cidr": "10.50.0.0/24"})));
    ns.ready("subnet", "s");
    for change in [json!({"cidr": "10.51.0.0/24"}), json!({"cidr": null}), json!({"networkId": "other"})] {
        let why = ns.patch("subnet", "s", &json!({"spec": {"forProvider": change}})).unwrap_err();
        assert!(why.contains("can't be changed once it is set"), "{why}");
    }
    ns.delete("subnet", "s");
    ns.delete("network", "n");
}

#[test]
fn ref_1_a_reference_that_is_changed_beside_its_id_has_no_effect_and_up_to_date_says_so() {
    let ns = world().namespace("overruled");
    ["n", "m"].iter().for_each(|name| ns.apply(&network(name, json!({}))));
    ns.apply(&subnet("s", json!({"networkIdRef": {"name": "n"}, "cidr": "10.52.0.0/24"})));
    ns.ready("network", "m");
    let before = ns.ready("subnet", "s");
    assert_eq!(condition(&before, "UpToDate")["message"], Value::Null);
    let refer = |name: &str| {
        let change = json!({"spec": {"forProvider": {"networkIdRef": {"name": name}}}});
        ns.patch("subnet", "s", &change).unwrap();
    };
    refer("m");
    let told = ns.wait("subnet", "s", "told", |o| condition(o, "UpToDate")["message"].is_string());
    let up_to_date = condition(&told, "UpToDate");
    let why = "networkIdRef has no effect: networkId is set already, to another id than the reference names, and can't be changed";
    assert_eq!((&up_to_date["status"], &up_to_date["message"]), (&json!("True"), &json!(why)));
    refer("n");
    ns.wait("subnet", "s", "told no more", |o| condition(o, "UpToDate")["message"].is_null());
    ns.delete("subnet", "s");
    ["n", "m"].iter().for_each(|name| ns.delete("network", name));
}

#[test]
fn an_api_error_is_said_in_the_clouds_own_words_and_mended_by_a_change() {
    let ns = world().namespace("refused");
    ns.apply(&network("n", json!({"providerNetworkType": "vlan"})));
    let failed = ns.wait("network", "n", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&failed, "Synced")["message"].as_str().unwrap();
    assert!(why.starts_with("create failed: network API refused the request (403 Forbidden)"), "{why}");
    assert!(!why.contains("req-"), "no request id, which would change with each try: {why}");
    let object = ns.get("network", "n");
    assert_eq!(external_name(&object), "");
    ns.patch("network", "n", &json!({"spec": {"forProvider": {"name": "n"}}})).unwrap();
    ns.delete("network", "n");
}

#[test]
fn sec_1_pc_5_and_6_a_namespaced_provider_config_works_and_is_kept_while_it_is_used() {
    let ns = world().namespace("config");
    let clouds = std::fs::read_to_string(world().rig.clouds_yaml()).unwrap();
    ns.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"c.yaml": clouds}}));
    let config = |cloud: &str| {
        json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": "mine"},
        "spec": {"credentials": {"source": "Secret", "secretRef": {"name": "mine", "key": "c.yaml"}}, "cloud": cloud}})
    };
    ns.apply(&config("nowhere"));
    let mut manifest = network("n", json!({}));
    manifest["spec"]["providerConfigRef"] = json!({"kind": "ProviderConfig", "name": "mine"});
    manifest["spec"]["writeConnectionSecretToRef"] = json!({"name": "details"});
    ns.apply(&manifest);
    let lost = ns.wait("network", "n", "refused", |o| condition(o, "Synced")["status"] == "False");
    let why = condition(&lost, "Synced")["message"].as_str().unwrap();
    assert!(
        why.starts_with("connect failed: ") && why.contains("nowhere") && why.contains("demo"),
        "it names the clouds there are: {why}"
    );

    ns.apply(&config("rig"));
    let made = ns.ready("network", "n");
    let secret = ns.get("secret", "details");
    assert_eq!(secret["type"], "connection.crossplane.io/v1alpha1", "SEC-2, SEC-7");
    assert_eq!(secret["metadata"]["ownerReferences"][0]["uid"], made["metadata"]["uid"]);
    let usage = ns.get("providerconfigusage.kupenstack.io", made["metadata"]["uid"].as_str().unwrap());
    assert_eq!(usage["providerConfigRef"], json!({"kind": "ProviderConfig", "name": "mine"}), "PC-4");
    ns.wait("providerconfig.kupenstack.io", "mine", "counted", |o| o["status"]["users"] == 1);

    world().kubectl(&["delete", "providerconfig.kupenstack.io", "mine", "-n", &ns.name, "--wait=false"]);
    let kept = ns.wait("providerconfig.kupenstack.io", "mine", "kept", |o| {
        condition(o, "Terminating")["status"] == "True"
    });
    assert_eq!(condition(&kept, "Terminating")["reason"], "InUse");
    ns.delete("network", "n");
    ns.wait("providerconfig.kupenstack.io", "mine", "gone", Value::is_null);
}

#[test]
fn a_provider_config_says_whether_its_login_works_and_what_the_cloud_offers() {
    let ns = world().namespace("login");
    let secret = |password: &str| {
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {
            "OS_AUTH_URL": "http://10.85.0.1:5000/v3", "OS_USERNAME": "demo", "OS_USER_DOMAIN_ID": "default",
            "OS_PROJECT_NAME": "demo", "OS_PROJECT_DOMAIN_ID": "default", "OS_PASSWORD": password}})
    };
    // A Secret is not watched, a ProviderConfig is.
    let config = |rate: u32| {
        json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": "mine"},
        "spec": {"credentials": {"source": "Secret", "secretRef": {"name": "mine"}}, "requestsPerSecond": rate}})
    };
    ns.apply(&secret("rig-demo"));
    ns.apply(&config(100));
    let good = ns
        .wait("providerconfig.kupenstack.io", "mine", "ready", |o| condition(o, "Ready")["status"] == "True");
    let cloud = &good["status"]["cloud"];
    assert_eq!((&cloud["user"]["name"], &cloud["project"]["name"]), (&json!("demo"), &json!("demo")));
    assert_eq!((&cloud["regions"], &good["status"]["failingSince"]), (&json!(["RegionOne"]), &Value::Null));
    let services = cloud["services"].as_array().unwrap();
    let nova = services.iter().find(|service| service["type"] == "compute").unwrap();
    assert_eq!(nova["minMicroversion"], "2.1", "{nova}");
    assert!(
        world().kubectl(&["get", "providerconfig.kupenstack.io", "-n", &ns.name]).contains("True    demo")
    );
    ns.apply(&secret("hunter2"));
    ns.apply(&config(101));
    let bad = ns.wait("providerconfig.kupenstack.io", "mine", "refused", |o| {
        condition(o, "Ready")["status"] == "False"
    });
    assert_eq!(condition(&bad, "Ready")["reason"], "Unauthenticated");
    assert_eq!(
        condition(&bad, "Ready")["message"],
        "identity API refused the credentials (401 Unauthenticated): The request you have made requires authentication."
    );
    assert!(bad["status"]["failingSince"].as_str().unwrap().starts_with("20"), "{bad}");
    assert_eq!(bad["status"]["cloud"], *cloud, "what was known stays");
    ns.apply(&secret("rig-demo"));
    ns.apply(&config(102));
    let mended = ns
        .wait("providerconfig.kupenstack.io", "mine", "ready", |o| condition(o, "Ready")["status"] == "True");
    assert_eq!(mended["status"]["failingSince"], Value::Null);
    ns.delete("providerconfig.kupenstack.io", "mine");
}

/// A statically linked program does not resolve names in a pod as a matter of course.
#[test]
fn a_cloud_is_found_by_its_name_in_dns() {
    let ns = world().namespace("dns");
    ns.apply(&json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "keystone"},
        "spec": {"clusterIP": "None", "ports": [{"port": 5000}]}}));
    ns.apply(&json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": "keystone", "labels": {"kubernetes.io/service-name": "keystone"}},
        "endpoints": [{"addresses": ["10.85.0.1"], "conditions": {"ready": true}}], "ports": [{"name": "", "port": 5000}]}));
    let clouds = std::fs::read_to_string(world().rig.clouds_yaml()).unwrap();
    let named = clouds
        .replace("http://10.85.0.1:5000", &format!("http://keystone.{}.svc.cluster.local:5000", ns.name));
    assert_ne!(clouds, named);
    ns.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {"c.yaml": named}}));
    ns.apply(&json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": "mine"},
        "spec": {"credentials": {"source": "Secret", "secretRef": {"name": "mine", "key": "c.yaml"}}, "cloud": "demo"}}));
    let mut manifest = network("n", json!({}));
    manifest["spec"]["providerConfigRef"] = json!({"kind": "ProviderConfig", "name": "mine"});
    ns.apply(&manifest);
    ns.ready("network", "n");
    ns.delete("network", "n");
}

/// Each mistake in a manifest or its credentials, and the message for it.
#[test]
fn every_mistake_is_answered_by_what_to_do() {
    let ns = world().namespace("mistakes");
    let clouds = std::fs::read_to_string(world().rig.clouds_yaml()).unwrap();
    let wrong = with_wrong_passwords(&clouds);
    let secret = json!({"a.yaml": "clouds: {}", "wrong.yaml": wrong});
    ns.apply(
        &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "there"}, "stringData": secret}),
    );
    for (config, secret, key) in
        [("lost", "none", "c.yaml"), ("keyless", "there", "c.yaml"), ("wrong", "there", "wrong.yaml")]
    {
        ns.apply(&json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": config},
            "spec": {"credentials": {"source": "Secret", "secretRef": {"name": secret, "key": key}}, "cloud": "demo"}}));
    }
    ns.apply(&json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ClusterProviderConfig",
        "metadata": {"name": ns.name}, "spec": {"allowedNamespaces": ["team-*"], "credentials": {"source": "Secret",
            "secretRef": {"namespace": "crossplane-system", "name": "openstack", "key": "clouds.yaml"}}}}));
    let config = |kind: &str, name: &str| json!({"providerConfigRef": {"kind": kind, "name": name}});
    let named = json!({"managementPolicies": ["Observe"]});
    let cases = [
        (
            "a",
            config("ProviderConfig", "none"),
            "create it, or name another one in spec.providerConfigRef: ProviderConfig \"none\" does not exist",
        ),
        (
            "b",
            config("ProviderConfig", "lost"),
            "create it, with a clouds.yaml under the key \"c.yaml\", or correct spec.credentials.secretRef",
        ),
        ("c", config("ProviderConfig", "keyless"), "has no key \"c.yaml\", but a.yaml, wrong.yaml"),
        (
            "d",
            config("ProviderConfig", "wrong"),
            "correct the Secret of ProviderConfig \"wrong\": identity API refused the credentials (401 Unauthenticated)",
        ),
        (
            "e",
            config("ClusterProviderConfig", &ns.name),
            "spec.allowedNamespaces, or use a ProviderConfig of your own",
        ),
        ("f", named, "external resource does not exist: correct the annotation crossplane.io/external-name"),
    ];
    for (name, spec, _) in &cases {
        let mut manifest = network(name, json!({}));
        manifest["metadata"]["annotations"] = json!({"crossplane.io/external-name": "no-such-network"});
        manifest["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        ns.apply(&manifest);
    }
    for (name, _, says) in &cases {
        let object = ns.wait("network", name, "refused", |o| condition(o, "Synced")["status"] == "False");
        let why = condition(&object, "Synced")["message"].as_str().unwrap();
        println!("{name}: {why}");
        assert!(why.contains(says), "wanted {says:?}, got {why}");
        let told = world().kubectl(&["describe", "network", name, "-n", &ns.name]);
        assert!(told.contains(why), "describe shows it: {told}");
        let freed = json!({"spec": {"managementPolicies": ["Observe"]}});
        ns.patch("network", name, &freed).unwrap();
        ns.delete("network", name);
    }
    world().kubectl(&["delete", "clusterproviderconfig.kupenstack.io", &ns.name, "--wait=false"]);
}

/// The same clouds with other passwords.
fn with_wrong_passwords(clouds: &str) -> String {
    let line = |line: &str| match line.split_once("password:") {
        Some((before, _)) => format!("{before}password: wrong"),
        None => line.to_owned(),
    };
    clouds.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn mr_4_the_categories_and_columns_are_those_that_users_look_for() {
    let ns = world().namespace("columns");
    ns.apply(&network("n", json!({})));
    ns.ready("network", "n");
    for category in ["managed", "crossplane", "openstack", "openstack-network"] {
        let table = world().kubectl(&["get", category, "-n", &ns.name]);
        assert!(table.contains("network.network.kupenstack.io/n"), "{category}: {table}");
        assert!(
            table.contains("READY")
                && table.contains("SYNCED")
                && table.contains("EXTERNAL-NAME")
                && table.contains("AGE"),
            "{table}"
        );
    }
    let selected = ["--field-selector", "spec.providerConfigRef.name=default"];
    let wide = world().kubectl(&[&["get", "osnet", "-o", "wide", "-n", &ns.name], &selected[..]].concat());
    assert!(wide.contains("CONFIG") && wide.contains("WHY") && wide.contains("default"), "{wide}");
    let told = world().kubectl(&["explain", "subnet.spec.forProvider.cidr"]);
    assert!(told.contains("Address range in CIDR notation"), "{told}");
    ns.delete("network", "n");
}

#[test]
fn row_2_a_paused_resource_is_left_alone_until_it_is_resumed() {
    let ns = world().namespace("pause");
    let mut manifest = network("n", json!({}));
    manifest["metadata"]["annotations"] = json!({"crossplane.io/paused": "true"});
    ns.apply(&manifest);
    let paused = ns.wait("network", "n", "paused", |o| condition(o, "Synced")["reason"] == "ReconcilePaused");
    assert_eq!(external_name(&paused), "");
    ns.patch("network", "n", &json!({"metadata": {"annotations": {"crossplane.io/paused": null}}})).unwrap();
    ns.ready("network", "n");
    ns.delete("network", "n");
}

#[test]
fn rbac_1_2_3_4_and_6_sec_5_no_request_of_the_provider_is_forbidden_and_none_goes_beyond_its_rights() {
    let ns = world().namespace("rights");
    ns.apply(&network("n", json!({})));
    ns.ready("network", "n");
    ns.delete("network", "n");
    let log = std::fs::read_to_string(world().rig.paths.log("audit")).unwrap();
    // Admission answers 403 too, for example for an event in a namespace that is being deleted: no right is missing there.
    let forbidden = |line: &str| line.contains(r#""authorization.k8s.io/decision":"forbid""#);
    let events = log.lines().filter_map(|line| Some((forbidden(line), rig::audit::parse(line)?)));
    let user = format!("system:serviceaccount:crossplane-system:{}", world().account());
    let made: Vec<_> = events.filter(|(_, e)| e.user == user).collect();
    assert!(made.iter().any(|(_, e)| e.verb == "patch" && e.resource == "networks"), "it is seen at work");
    // Crossplane binds the role a moment after it starts the pod, so a refusal does not count if the same request is
    // granted later.
    let mut granted = std::collections::BTreeMap::new();
    for (forbidden, event) in &made {
        let request = (&event.verb, &event.group, &event.resource, &event.subresource);
        assert!(!forbidden || granted.get(&request) != Some(&true), "{event:#?}");
        *granted.entry(request).or_default() |= !forbidden;
    }
    let never: Vec<_> = granted.iter().filter(|(_, granted)| !**granted).collect();
    assert!(never.is_empty(), "{never:#?}");
    let none = |what: &str, wrong: &dyn Fn(&rig::audit::Event) -> bool| {
        let wrong: Vec<_> = made.iter().map(|(_, event)| event).filter(|event| wrong(event)).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}");
    };
    none("RBAC-1, SEC-5: nothing is ever deleted by us", &|e| e.verb.starts_with("delete"));
    none("RBAC-2: events are core/v1", &|e| e.group == "events.k8s.io");
    none("RBAC-3", &|e| ["namespaces", "pods", "subjectaccessreviews"].contains(&e.resource.as_str()));
    none("RBAC-6: secrets are read and watched one by one", &|e| {
        let by_name = e.uri.contains("fieldSelector=metadata.name");
        e.resource == "secrets" && ["list", "watch"].contains(&e.verb.as_str()) && !by_name
    });
}

#[test]
fn ready_comes_with_few_writes_to_the_api_server() {
    let ns = world().namespace("budget");
    let mut audit = world().rig.audit();
    ns.apply(&network("n", json!({})));
    ns.ready("network", "n");
    let mut writes = vec![];
    eventually("the writes are in the log", || {
        let events = audit.events().unwrap().into_iter();
        let ours = |e: &rig::audit::Event| {
            e.user.starts_with("system:serviceaccount:crossplane-system:provider-kupenstack")
        };
        let changing = |e: &rig::audit::Event| matches!(e.verb.as_str(), "create" | "update" | "patch");
        writes.extend(
            events
                .filter(|e| ours(e) && changing(e) && e.namespace == ns.name)
                .map(|e| format!("{} {}/{}", e.verb, e.resource, e.subresource)),
        );
        writes.iter().any(|w| w == "patch networks/status")
            && writes.iter().any(|w| w.starts_with("create events"))
    });
    assert!(writes.len() <= 7, "{writes:?}");
    ns.delete("network", "n");
}
