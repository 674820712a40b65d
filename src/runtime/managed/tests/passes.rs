//! Single passes of the shipped reconciler, with the kinds of the registry: which requests they send, and why.

use crate::{
    api::meta,
    kind::failure::Class,
    kinds::KINDS,
    runtime::{plan::pass_result::Requeue, testing::scripted::Harness},
};
use serde_json::{Value, json};
use std::time::Duration;

fn harness() -> Harness {
    Harness::new(KINDS.as_slice())
}

/// A resource that exists as `i`.
fn named(annotations: Value) -> Value {
    let mut all = json!({(meta::EXTERNAL_NAME): "i"});
    all.as_object_mut().unwrap().extend(annotations.as_object().unwrap().clone());
    json!({"annotations": all, "finalizers": [meta::FINALIZER]})
}

fn volume(fields: Value) -> Value {
    let mut volume = json!({"id": "i", "status": "available", "size": 1, "volume_type": "slow", "name": "v"});
    volume.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "volume": volume })
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_answered_by_a_part_of_the_object_is_looked_at_again() {
    let (harness, full) = (harness(), volume(json!({"availability_zone": "nova"})));
    let key = harness.key("blockstorage.Volume", "v");
    harness.put(&key, named(json!({})), json!({"forProvider": {"name": "b"}}));
    harness.cloud.answers("GET /volumes/i", full.clone());
    // As Cinder answers: without status, type or zone.
    harness.cloud.answers("PUT /volumes/i", json!({"volume": {"id": "i", "name": "b", "size": 1}}));
    harness.cloud.answers("GET /volumes/i", volume(json!({"availability_zone": "nova", "name": "b"})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert_eq!(harness.get(&key).unwrap().status.at_provider["availabilityZone"], "nova");

    // As Neutron answers: by all of it.
    let (key, network) = (
        harness.key("network.Network", "n"),
        |mtu| json!({"network": {"id": "i", "status": "ACTIVE", "mtu": mtu}}),
    );
    harness.put(&key, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    harness.cloud.answers("GET /networks/i", network(1500)).answers("PUT /networks/i", network(1400));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_accepted_and_never_made_is_sent_again_ever_more_slowly() {
    let harness = harness();
    let key = harness.key("blockstorage.Volume", "v");
    harness.put(&key, named(json!({})), json!({"forProvider": {"volumeType": "fast"}}));
    let look = || {
        harness.cloud.answers("GET /volumes/i", volume(json!({})));
    };
    look();
    harness.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    look();
    assert_eq!(harness.pass(&key).await, Requeue::Soon, "it may take its time");
    assert!(
        harness.says(&key, "Ready").starts_with("True") && harness.says(&key, "Synced").starts_with("True")
    );
    harness.later(10);
    look();
    harness.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    harness.pass(&key).await;
    look();
    assert_eq!(harness.pass(&key).await, Requeue::NotBefore(Duration::from_secs(20)));
    let why = harness.says(&key, "Synced");
    assert!(why.starts_with("False") && why.ends_with("ever more slowly: volumeType"), "{why}");
    assert!(harness.says(&key, "Ready").starts_with("True"), "the volume can be used all the same");
    harness.cloud.answers("GET /volumes/i", volume(json!({"volume_type": "fast"})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    look();
    harness.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    harness.pass(&key).await;
    assert_eq!(
        harness.cloud.asked().iter().filter(|line| line.starts_with("POST")).count(),
        3,
        "a new drift"
    );
}

/// As Neutron says a network.
fn network(fields: Value) -> Value {
    let mut network = json!({"id": "i", "status": "ACTIVE", "mtu": 1500, "tags": []});
    network.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "network": network })
}

#[tokio::test(start_paused = true)]
async fn tags_are_part_of_a_creation_even_where_nothing_may_be_updated_and_never_set_again() {
    for wanted in [json!({"forProvider": {"tags": ["a"]}}), json!({"initProvider": {"tags": ["a"]}})] {
        let (harness, mut spec) = (harness(), wanted.clone());
        spec["managementPolicies"] = json!(["Observe", "Create"]);
        let key = harness.key("network.Network", "n");
        harness.put(&key, json!({}), spec);
        harness.cloud.answers("POST /networks", network(json!({})));
        harness.cloud.answers("PUT /networks/i/tags", json!({"tags": ["a"]}));
        harness.cloud.answers("GET /networks/i", network(json!({"tags": ["a"]})));
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        assert_eq!(harness.cloud.asked()[1], r#"PUT /networks/i/tags {"tags":["a"]}"#, "{wanted}");
        assert!(!harness.get(&key).unwrap().create_incomplete());
        harness.cloud.answers("GET /networks/i", network(json!({"tags": ["theirs"]})));
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        assert_eq!(harness.cloud.asked(), ["GET /networks/i"], "somebody else's change stays");
    }
}

#[tokio::test(start_paused = true)]
async fn a_creation_whose_tags_were_not_set_is_completed_later() {
    let harness = harness();
    let key = harness.key("network.Network", "n");
    harness.put(
        &key,
        json!({}),
        json!({"managementPolicies": ["Observe", "Create"], "forProvider": {"tags": ["a"]}}),
    );
    harness.cloud.answers("POST /networks", network(json!({})));
    harness.cloud.refuses("PUT /networks/i/tags", Class::Transient);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    let object = harness.get(&key).unwrap();
    assert!(object.external_name() == Some("i") && object.create_incomplete());
    assert_eq!(harness.says(&key, "Synced"), "False ReconcileError: create failed: refused");
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.cloud.answers("PUT /networks/i/tags", json!({"tags": ["a"]}));
    harness.cloud.answers("GET /networks/i", network(json!({"tags": ["a"]})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert!(!harness.get(&key).unwrap().create_incomplete());
}

#[tokio::test(start_paused = true)]
async fn the_default_rules_of_a_security_group_go_with_its_creation_and_no_others_ever() {
    let harness = harness();
    let key = harness.key("network.SecurityGroup", "g");
    let group = |rules: &[&str]| {
        let all = rules.iter().map(|id| {
            json!({"id": id, "direction": "egress", "ethertype": "IPv4",
            "description": if id.starts_with("own") { "[kupenstack:u:o]" } else { "" }})
        });
        let ssh = json!({"id": "ssh", "direction": "ingress", "protocol": "tcp", "port_range_min": 22});
        json!({"security_group": {"id": "i", "security_group_rules": all.chain([ssh]).collect::<Vec<_>>()}})
    };
    harness.put(&key, json!({}), json!({"forProvider": {"deleteDefaultRules": true}}));
    harness.cloud.answers("POST /security-groups", group(&["v4", "v6"]));
    harness.cloud.answers("DELETE /security-group-rules/v4", Value::Null);
    harness.cloud.answers("GET /security-groups/i", group(&["v6", "own"]));
    harness.cloud.answers("DELETE /security-group-rules/v6", Value::Null);
    harness.cloud.answers("GET /security-groups/i", group(&["own"]));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let asked = harness.cloud.asked();
    assert!(!asked[0].contains("default_rules"), "Neutron knows no such field: {}", asked[0]);
    harness.cloud.answers("GET /security-groups/i", group(&["made later by hand", "own"]));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    let rules = harness.get(&key).unwrap().status.at_provider["securityGroupRules"].clone();
    assert_eq!((&rules[1]["managed"], &rules[1]["description"]), (&json!(true), &json!("")));
}

#[tokio::test(start_paused = true)]
async fn of_two_resources_with_one_network_the_younger_is_refused_until_the_older_is_gone() {
    let harness = harness();
    let (old, young) = (harness.key("network.Network", "old"), harness.key("network.Network", "young"));
    harness.put(&old, named(json!({})), json!({"forProvider": {"mtu": 1500}}));
    harness.put(&young, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    harness.change(&young, |object| object["metadata"]["creationTimestamp"] = json!("2026-11-21T07:00:00Z"));
    for key in [&old, &young] {
        harness.cloud.answers("GET /networks/i", network(json!({})));
        assert_eq!(harness.pass(key).await, Requeue::Poll);
    }
    assert_eq!(harness.cloud.asked().len(), 2, "nothing is written");
    assert!(harness.says(&old, "Synced").starts_with("True"));
    let why = harness.says(&young, "Synced");
    assert!(
        why.contains("belongs to network.Network \"old\": use managementPolicies [\"Observe\"]"),
        "{why}"
    );
    harness.remove(&old);
    assert_eq!(harness.provider.queue.next().await, Some(young.clone()), "it is woken");
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.cloud.answers("PUT /networks/i", network(json!({"mtu": 1400})));
    assert_eq!(harness.pass(&young).await, Requeue::Poll);
    harness.cloud.asked();
    assert!(harness.says(&young, "Synced").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn who_takes_over_rewrites_the_marker_and_the_former_owner_is_refused_from_then_on() {
    let harness = harness();
    let (former, taker) = (harness.key("network.Network", "former"), harness.key("network.Network", "taker"));
    let owner = |key| harness.provider.index.lock().owner(key);
    let marked = |who| network(json!({"description": format!("theirs [kupenstack:u:{}]", owner(who))}));
    harness.put(&former, named(json!({})), json!({"forProvider": {}}));
    harness.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    harness.cloud.answers("GET /networks/i", marked(&former)).answers("PUT /networks/i", marked(&taker));
    assert_eq!(harness.pass(&taker).await, Requeue::Poll);
    let text = format!("theirs [kupenstack:taker:{}]", owner(&taker));
    let body = json!({"network": {"description": text}});
    assert_eq!(harness.cloud.asked()[1], format!("PUT /networks/i {body}"));
    assert!(harness.says(&taker, "UpToDate").starts_with("True"));
    // The annotation has done its work.
    harness.change(&taker, |object| object["metadata"]["annotations"]["kupenstack.io/take-over"] = json!(""));
    for key in [&taker, &former] {
        harness.cloud.answers("GET /networks/i", marked(&taker));
        assert_eq!(harness.pass(key).await, Requeue::Poll);
    }
    assert_eq!(harness.cloud.asked().len(), 2, "nothing is written any more");
    assert!(harness.says(&taker, "Synced").starts_with("True"));
    assert!(harness.says(&former, "Synced").contains("belongs to network.Network \"taker\""));
}

#[tokio::test(start_paused = true)]
async fn a_marker_or_tags_that_the_cloud_does_not_keep_are_not_sent_over_and_over() {
    let harness = harness();
    let taker = harness.key("network.Network", "taker");
    let theirs = network(json!({"description": "[kupenstack:u:another]"}));
    harness.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    harness.cloud.answers("GET /networks/i", theirs.clone()).answers("PUT /networks/i", theirs);
    assert_eq!(harness.pass(&taker).await, Requeue::Soon);
    let made = harness.key("network.Network", "made");
    harness.put(&made, json!({}), json!({"initProvider": {"tags": ["a"]}}));
    harness.cloud.answers("POST /networks", network(json!({"id": "j"})));
    harness.cloud.answers("PUT /networks/j/tags", json!({"tags": []}));
    harness.cloud.answers("GET /networks/j", network(json!({"id": "j"})));
    assert_eq!(harness.pass(&made).await, Requeue::Soon);
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_former_owner_is_refused_before_the_marker_is_rewritten_and_where_it_never_can_be() {
    let harness = harness();
    let (former, taker) = (harness.key("network.Network", "former"), harness.key("network.Network", "taker"));
    harness.put(&former, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    harness.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    let owner = harness.provider.index.lock().owner(&former);
    harness
        .cloud
        .answers("GET /networks/i", network(json!({"description": format!("[kupenstack:u:{owner}]")})));
    assert_eq!(harness.pass(&former).await, Requeue::Poll);
    harness.cloud.asked();
    let why = harness.says(&former, "Synced");
    assert!(why.contains("was taken over by network.Network \"taker\": delete this resource"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn pc_11_a_cluster_provider_config_may_be_for_some_namespaces_only_and_says_so() {
    const CONFIG: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default";
    let harness = harness();
    let key = harness.key("network.Network", "n");
    harness.put(&key, named(json!({})), json!({"forProvider": {}}));
    for (allowed, may) in
        [(json!(["b", "team-*"]), false), (json!([]), false), (json!(["?"]), true), (json!(["a"]), true)]
    {
        let mut config = harness.server.get(CONFIG).unwrap();
        config["spec"]["allowedNamespaces"] = allowed.clone();
        harness.server.put(CONFIG, config);
        if may {
            harness.cloud.answers("GET /networks/i", network(json!({})));
        }
        harness.pass(&key).await;
        let said = harness.says(&key, "Synced");
        assert_eq!(said.starts_with("True"), may, "{allowed}: {said}");
        assert!(may || said.ends_with("namespace \"a\" is not allowed"), "{said}");
    }
    harness.cloud.asked();
    // The namespace's own is its own affair, whatever stands in it.
    let mut own = harness.server.get(CONFIG).unwrap();
    own["spec"]["allowedNamespaces"] = json!([]);
    own["spec"]["credentials"]["secretRef"] = json!({"name": "c", "key": "k"});
    harness.server.put("/apis/kupenstack.io/v1alpha1/namespaces/a/providerconfigs/default", own);
    harness.server.put("/api/v1/namespaces/a/secrets/c", json!({"data": {"k": "eA=="}}));
    let config = json!({"kind": "ProviderConfig", "name": "default"});
    harness.change(&key, |object| object["spec"]["providerConfigRef"] = config);
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.pass(&key).await;
    assert!(harness.says(&key, "Synced").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn ext_4_a_create_writes_annotations_and_the_finalizer_only_and_adopts_nothing_that_is_there() {
    let harness = harness();
    let key = harness.key("network.Network", "n");
    harness.put(&key, json!({"labels": {"a": "b"}}), json!({"forProvider": {"name": "taken"}}));
    let before = harness.get(&key).unwrap();
    harness.cloud.refuses("POST /networks", Class::Conflict);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    assert_eq!(harness.get(&key).unwrap().external_name(), None, "somebody else's of the same name");
    harness.cloud.answers("POST /networks", network(json!({"name": "taken"})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    let mut after = harness.get(&key).unwrap();
    assert_eq!(after.external_name(), Some("i"));
    after.metadata.annotations.clear();
    after.metadata.finalizers.clear();
    after.metadata.resource_version.clone_from(&before.metadata.resource_version);
    after.status = before.status.clone();
    assert_eq!(after, before);
}

#[tokio::test(start_paused = true)]
async fn ext_2_nobody_waits_for_the_cloud_within_a_pass() {
    let harness = harness();
    let key = harness.key("blockstorage.Volume", "v");
    harness.put(&key, json!({}), json!({"forProvider": {"size": 1}}));
    harness.cloud.answers("POST /volumes", volume(json!({"status": "creating"})));
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert!(harness.says(&key, "Ready").starts_with("False Unavailable"));
    harness.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2026-11-21T06:00:00Z"));
    harness.cloud.answers("GET /volumes/i", volume(json!({"status": "deleting"})));
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn ref_9_a_reference_that_is_not_used_needs_no_crd_of_its_target_and_one_that_is_used_asks_nobody() {
    let harness = harness();
    let key = harness.key("network.Subnet", "s");
    let fields = json!({"networkId": "net", "cidr": "10.0.0.0/24", "ipVersion": 4});
    harness.put(&key, named(json!({})), json!({"forProvider": fields}));
    let subnet = json!({"subnet": {"id": "i", "network_id": "net", "cidr": "10.0.0.0/24", "ip_version": 4}});
    harness.cloud.answers("GET /subnets/i", subnet);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.put(&key, named(json!({})), json!({"forProvider": {"networkIdRef": {"name": "n"}}}));
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    harness.cloud.asked();
    assert!(harness.says(&key, "Synced").ends_with("Network \"n\" does not exist"));
    let calls = harness.server.calls();
    assert!(!calls.iter().any(|call| call.contains("/networks")), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_too_early_is_tried_again_when_what_it_needs_is_ready() {
    let harness = harness();
    let (port, needed) = (harness.key("network.Port", "p"), harness.key("network.Network", "n"));
    harness.put(&port, json!({}), json!({"forProvider": {"networkId": "i"}}));
    harness.put(&needed, named(json!({})), json!({"forProvider": {}}));
    harness.cloud.refuses("POST /ports", Class::Terminal);
    assert_eq!(harness.pass(&port).await, Requeue::Poll);
    assert_eq!(harness.provider.queue.due(), 0);
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.pass(&needed).await;
    harness.cloud.asked();
    assert_eq!(harness.provider.queue.due(), 1, "long before its poll");
    assert_eq!(harness.provider.queue.next().await, Some(port));
}

#[tokio::test(start_paused = true)]
async fn passes_of_one_moment_read_their_credentials_once() {
    let harness = harness();
    for name in ["a", "b", "c"] {
        let key = harness.key("network.Network", name);
        harness.put(&key, named(json!({})), json!({"forProvider": {}}));
        harness.cloud.answers("GET /networks/i", network(json!({})));
        harness.pass(&key).await;
    }
    harness.cloud.asked();
    let read = |what: &str| {
        let calls = harness.server.calls();
        calls.iter().filter(|call| call.starts_with("GET") && call.contains(what)).count()
    };
    assert_eq!(read("clusterproviderconfigs"), 1);
    tokio::time::advance(Duration::from_secs(3)).await;
    let key = harness.key("network.Network", "a");
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.pass(&key).await;
    harness.cloud.asked();
    assert_eq!(read("clusterproviderconfigs"), 1, "and again a moment later");
}

#[tokio::test(start_paused = true)]
async fn a_request_to_reconcile_is_answered_by_an_event_and_the_status_but_not_while_paused() {
    let harness = harness();
    let key = harness.key("network.Network", "n");
    let asks = |token: &str, paused: &str| {
        named(json!({(meta::RECONCILE_REQUESTED_AT): token, (meta::PAUSED): paused}))
    };
    let handled = || harness.get(&key).unwrap().status.last_handled_reconcile_at;
    let tokens = || {
        let events = harness.server.list("/api/v1/namespaces/a/events").into_iter();
        let events = events.filter(|event| event["reason"] == "ReconcileRequestHandled");
        events.map(|event| event["metadata"]["annotations"]["token"].clone()).collect::<Vec<_>>()
    };
    harness.put(&key, asks("one", "true"), json!({"forProvider": {"mtu": 1500}}));
    harness.pass(&key).await;
    assert_eq!((handled(), tokens()), (None, vec![]), "a paused resource handles nothing");
    for _ in 0..2 {
        let metadata = asks("one", "");
        harness.change(&key, |object| object["metadata"]["annotations"] = metadata["annotations"].clone());
        harness.cloud.answers("GET /networks/i", network(json!({})));
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        assert_eq!((handled(), tokens()), (Some("one".to_owned()), vec![json!("one")]));
    }
    harness
        .change(&key, |object| object["metadata"]["annotations"] = named(json!({}))["annotations"].clone());
    harness.cloud.answers("GET /networks/i", network(json!({})));
    harness.pass(&key).await;
    assert_eq!(handled(), Some("one".to_owned()), "what was handled stays so when the request is taken back");
}

#[tokio::test(start_paused = true)]
async fn nobody_takes_over_from_another_namespace_unless_an_administrator_allows_it() {
    const CONFIG: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default";
    let harness = harness();
    let taker = harness.key("network.Network", "taker");
    let mine = crate::runtime::base::keys::ObjectKey {
        namespace: "b".into(),
        ..harness.key("network.Network", "mine")
    };
    let object = json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Network", "spec": {"forProvider": {}},
        "metadata": {"name": "mine", "namespace": "b", "uid": "mine", "resourceVersion": "1", "annotations": {(meta::EXTERNAL_NAME): "i"}}});
    harness.provider.index.lock().apply(&mine, &serde_json::from_value(object).unwrap()).unwrap();
    let owner = |key| harness.provider.index.lock().owner(key);
    let marked = |who| network(json!({"description": format!("[kupenstack:u:{}]", owner(who))}));
    harness.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    harness.cloud.answers("GET /networks/i", marked(&mine));
    harness.pass(&taker).await;
    harness.cloud.asked();
    let said = harness.says(&taker, "Synced");
    assert!(
        said.contains("belongs to a resource of another namespace")
            && said.contains("takeOverAcrossNamespaces"),
        "{said}"
    );
    let mut config = harness.server.get(CONFIG).unwrap();
    config["spec"]["takeOverAcrossNamespaces"] = json!(true);
    harness.server.put(CONFIG, config);
    tokio::time::advance(Duration::from_secs(3)).await;
    harness.cloud.answers("GET /networks/i", marked(&mine)).answers("PUT /networks/i", marked(&taker));
    harness.pass(&taker).await;
    harness.cloud.asked();
    assert!(harness.says(&taker, "Synced").starts_with("True"));
}
