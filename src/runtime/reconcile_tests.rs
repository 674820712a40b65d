//! Single passes of the shipped reconciler, with the kinds of the registry: which requests they send, and why.

use super::super::{scripted::Desk, verdict::Then};
use crate::{api::meta, kind::failure::Class, kinds::KINDS};
use serde_json::{Value, json};
use std::time::Duration;

fn desk() -> Desk {
    Desk::new(KINDS.as_slice())
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
    let (desk, full) = (desk(), volume(json!({"availability_zone": "nova"})));
    let key = desk.key("blockstorage.Volume", "v");
    desk.put(&key, named(json!({})), json!({"forProvider": {"name": "b"}}));
    desk.cloud.answers("GET /volumes/i", full.clone());
    // As Cinder answers: without status, type or zone.
    desk.cloud.answers("PUT /volumes/i", json!({"volume": {"id": "i", "name": "b", "size": 1}}));
    desk.cloud.answers("GET /volumes/i", volume(json!({"availability_zone": "nova", "name": "b"})));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    assert_eq!(desk.get(&key).unwrap().status.at_provider["availabilityZone"], "nova");

    // As Neutron answers: by all of it.
    let (key, network) = (
        desk.key("network.Network", "n"),
        |mtu| json!({"network": {"id": "i", "status": "ACTIVE", "mtu": mtu}}),
    );
    desk.put(&key, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    desk.cloud.answers("GET /networks/i", network(1500)).answers("PUT /networks/i", network(1400));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_accepted_and_never_made_is_sent_again_ever_more_slowly() {
    let desk = desk();
    let key = desk.key("blockstorage.Volume", "v");
    desk.put(&key, named(json!({})), json!({"forProvider": {"volumeType": "fast"}}));
    let look = || {
        desk.cloud.answers("GET /volumes/i", volume(json!({})));
    };
    look();
    desk.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    assert_eq!(desk.pass(&key).await, Then::Soon);
    look();
    assert_eq!(desk.pass(&key).await, Then::Soon, "it may take its time");
    assert!(desk.says(&key, "Ready").starts_with("True") && desk.says(&key, "Synced").starts_with("True"));
    desk.later(10);
    look();
    desk.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    desk.pass(&key).await;
    look();
    assert_eq!(desk.pass(&key).await, Then::NotBefore(Duration::from_secs(20)));
    let why = desk.says(&key, "Synced");
    assert!(why.starts_with("False") && why.ends_with("ever more slowly: volumeType"), "{why}");
    assert!(desk.says(&key, "Ready").starts_with("True"), "the volume can be used all the same");
    desk.cloud.answers("GET /volumes/i", volume(json!({"volume_type": "fast"})));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    look();
    desk.cloud.answers("POST /volumes/i/action", Value::Null);
    look();
    desk.pass(&key).await;
    assert_eq!(desk.cloud.asked().iter().filter(|line| line.starts_with("POST")).count(), 3, "a new drift");
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
        let (desk, mut spec) = (desk(), wanted.clone());
        spec["managementPolicies"] = json!(["Observe", "Create"]);
        let key = desk.key("network.Network", "n");
        desk.put(&key, json!({}), spec);
        desk.cloud.answers("POST /networks", network(json!({})));
        desk.cloud.answers("PUT /networks/i/tags", json!({"tags": ["a"]}));
        desk.cloud.answers("GET /networks/i", network(json!({"tags": ["a"]})));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        assert_eq!(desk.cloud.asked()[1], r#"PUT /networks/i/tags {"tags":["a"]}"#, "{wanted}");
        assert!(!desk.get(&key).unwrap().create_incomplete());
        desk.cloud.answers("GET /networks/i", network(json!({"tags": ["theirs"]})));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        assert_eq!(desk.cloud.asked(), ["GET /networks/i"], "somebody else's change stays");
    }
}

#[tokio::test(start_paused = true)]
async fn a_creation_whose_tags_were_not_set_is_completed_later() {
    let desk = desk();
    let key = desk.key("network.Network", "n");
    desk.put(
        &key,
        json!({}),
        json!({"managementPolicies": ["Observe", "Create"], "forProvider": {"tags": ["a"]}}),
    );
    desk.cloud.answers("POST /networks", network(json!({})));
    desk.cloud.refuses("PUT /networks/i/tags", Class::Transient);
    assert_eq!(desk.pass(&key).await, Then::Backoff);
    let object = desk.get(&key).unwrap();
    assert!(object.external_name() == Some("i") && object.create_incomplete());
    assert_eq!(desk.says(&key, "Synced"), "False ReconcileError: create failed: refused");
    desk.cloud.answers("GET /networks/i", network(json!({})));
    desk.cloud.answers("PUT /networks/i/tags", json!({"tags": ["a"]}));
    desk.cloud.answers("GET /networks/i", network(json!({"tags": ["a"]})));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    assert!(!desk.get(&key).unwrap().create_incomplete());
}

#[tokio::test(start_paused = true)]
async fn the_default_rules_of_a_security_group_go_with_its_creation_and_no_others_ever() {
    let desk = desk();
    let key = desk.key("network.SecurityGroup", "g");
    let group = |rules: &[&str]| {
        let all = rules.iter().map(|id| {
            json!({"id": id, "direction": "egress", "ethertype": "IPv4",
            "description": if id.starts_with("own") { "[kupenstack:u:o]" } else { "" }})
        });
        let ssh = json!({"id": "ssh", "direction": "ingress", "protocol": "tcp", "port_range_min": 22});
        json!({"security_group": {"id": "i", "security_group_rules": all.chain([ssh]).collect::<Vec<_>>()}})
    };
    desk.put(&key, json!({}), json!({"forProvider": {"deleteDefaultRules": true}}));
    desk.cloud.answers("POST /security-groups", group(&["v4", "v6"]));
    desk.cloud.answers("DELETE /security-group-rules/v4", Value::Null);
    desk.cloud.answers("GET /security-groups/i", group(&["v6", "own"]));
    desk.cloud.answers("DELETE /security-group-rules/v6", Value::Null);
    desk.cloud.answers("GET /security-groups/i", group(&["own"]));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    let asked = desk.cloud.asked();
    assert!(!asked[0].contains("default_rules"), "Neutron knows no such field: {}", asked[0]);
    desk.cloud.answers("GET /security-groups/i", group(&["made later by hand", "own"]));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    let rules = desk.get(&key).unwrap().status.at_provider["securityGroupRules"].clone();
    assert_eq!((&rules[1]["managed"], &rules[1]["description"]), (&json!(true), &json!("")));
}

#[tokio::test(start_paused = true)]
async fn of_two_resources_with_one_network_the_younger_is_refused_until_the_older_is_gone() {
    let desk = desk();
    let (old, young) = (desk.key("network.Network", "old"), desk.key("network.Network", "young"));
    desk.put(&old, named(json!({})), json!({"forProvider": {"mtu": 1500}}));
    desk.put(&young, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    desk.change(&young, |object| object["metadata"]["creationTimestamp"] = json!("2026-11-21T07:00:00Z"));
    for key in [&old, &young] {
        desk.cloud.answers("GET /networks/i", network(json!({})));
        assert_eq!(desk.pass(key).await, Then::Poll);
    }
    assert_eq!(desk.cloud.asked().len(), 2, "nothing is written");
    assert!(desk.says(&old, "Synced").starts_with("True"));
    let why = desk.says(&young, "Synced");
    assert!(
        why.contains("belongs to network.Network \"old\": use managementPolicies [\"Observe\"]"),
        "{why}"
    );
    assert_eq!(desk.remove(&old), ["young"], "it is woken");
    desk.cloud.answers("GET /networks/i", network(json!({})));
    desk.cloud.answers("PUT /networks/i", network(json!({"mtu": 1400})));
    assert_eq!(desk.pass(&young).await, Then::Poll);
    desk.cloud.asked();
    assert!(desk.says(&young, "Synced").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn who_takes_over_rewrites_the_marker_and_the_former_owner_is_refused_from_then_on() {
    let desk = desk();
    let (former, taker) = (desk.key("network.Network", "former"), desk.key("network.Network", "taker"));
    let owner = |key| desk.provider.index.lock().unwrap().owner(key);
    let marked = |who| network(json!({"description": format!("theirs [kupenstack:u:{}]", owner(who))}));
    desk.put(&former, named(json!({})), json!({"forProvider": {}}));
    desk.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    desk.cloud.answers("GET /networks/i", marked(&former)).answers("PUT /networks/i", marked(&taker));
    assert_eq!(desk.pass(&taker).await, Then::Poll);
    let text = format!("theirs [kupenstack:taker:{}]", owner(&taker));
    let body = json!({"network": {"description": text}});
    assert_eq!(desk.cloud.asked()[1], format!("PUT /networks/i {body}"));
    assert!(desk.says(&taker, "UpToDate").starts_with("True"));
    // The annotation has done its work.
    desk.change(&taker, |object| object["metadata"]["annotations"]["kupenstack.io/take-over"] = json!(""));
    for key in [&taker, &former] {
        desk.cloud.answers("GET /networks/i", marked(&taker));
        assert_eq!(desk.pass(key).await, Then::Poll);
    }
    assert_eq!(desk.cloud.asked().len(), 2, "nothing is written any more");
    assert!(desk.says(&taker, "Synced").starts_with("True"));
    assert!(desk.says(&former, "Synced").contains("belongs to network.Network \"taker\""));
}

#[tokio::test(start_paused = true)]
async fn a_marker_or_tags_that_the_cloud_does_not_keep_are_not_sent_over_and_over() {
    let desk = desk();
    let taker = desk.key("network.Network", "taker");
    let theirs = network(json!({"description": "[kupenstack:u:another]"}));
    desk.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    desk.cloud.answers("GET /networks/i", theirs.clone()).answers("PUT /networks/i", theirs);
    assert_eq!(desk.pass(&taker).await, Then::Soon);
    let made = desk.key("network.Network", "made");
    desk.put(&made, json!({}), json!({"initProvider": {"tags": ["a"]}}));
    desk.cloud.answers("POST /networks", network(json!({"id": "j"})));
    desk.cloud.answers("PUT /networks/j/tags", json!({"tags": []}));
    desk.cloud.answers("GET /networks/j", network(json!({"id": "j"})));
    assert_eq!(desk.pass(&made).await, Then::Soon);
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_former_owner_is_refused_before_the_marker_is_rewritten_and_where_it_never_can_be() {
    let desk = desk();
    let (former, taker) = (desk.key("network.Network", "former"), desk.key("network.Network", "taker"));
    desk.put(&former, named(json!({})), json!({"forProvider": {"mtu": 1400}}));
    desk.put(&taker, named(json!({"kupenstack.io/take-over": "true"})), json!({"forProvider": {}}));
    let owner = desk.provider.index.lock().unwrap().owner(&former);
    desk.cloud.answers("GET /networks/i", network(json!({"description": format!("[kupenstack:u:{owner}]")})));
    assert_eq!(desk.pass(&former).await, Then::Poll);
    desk.cloud.asked();
    let why = desk.says(&former, "Synced");
    assert!(why.contains("was taken over by network.Network \"taker\": delete this resource"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn pc_11_a_cluster_provider_config_may_be_for_some_namespaces_only_and_says_so() {
    const CONFIG: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default";
    let desk = desk();
    let key = desk.key("network.Network", "n");
    desk.put(&key, named(json!({})), json!({"forProvider": {}}));
    for (allowed, may) in
        [(json!(["b", "team-*"]), false), (json!([]), false), (json!(["?"]), true), (json!(["a"]), true)]
    {
        let mut config = desk.server.get(CONFIG).unwrap();
        config["spec"]["allowedNamespaces"] = allowed.clone();
        desk.server.put(CONFIG, config);
        if may {
            desk.cloud.answers("GET /networks/i", network(json!({})));
        }
        desk.pass(&key).await;
        let said = desk.says(&key, "Synced");
        assert_eq!(said.starts_with("True"), may, "{allowed}: {said}");
        assert!(may || said.ends_with("namespace \"a\" is not allowed"), "{said}");
    }
    desk.cloud.asked();
    // The namespace's own is its own affair, whatever stands in it.
    let mut own = desk.server.get(CONFIG).unwrap();
    own["spec"]["allowedNamespaces"] = json!([]);
    own["spec"]["credentials"]["secretRef"] = json!({"name": "c", "key": "k"});
    desk.server.put("/apis/kupenstack.io/v1alpha1/namespaces/a/providerconfigs/default", own);
    desk.server.put("/api/v1/namespaces/a/secrets/c", json!({"data": {"k": "eA=="}}));
    let config = json!({"kind": "ProviderConfig", "name": "default"});
    desk.change(&key, |object| object["spec"]["providerConfigRef"] = config);
    desk.cloud.answers("GET /networks/i", network(json!({})));
    desk.pass(&key).await;
    assert!(desk.says(&key, "Synced").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn ext_4_a_create_writes_annotations_and_the_finalizer_only_and_adopts_nothing_that_is_there() {
    let desk = desk();
    let key = desk.key("network.Network", "n");
    desk.put(&key, json!({"labels": {"a": "b"}}), json!({"forProvider": {"name": "taken"}}));
    let before = desk.get(&key).unwrap();
    desk.cloud.refuses("POST /networks", Class::Conflict);
    assert_eq!(desk.pass(&key).await, Then::Backoff);
    assert_eq!(desk.get(&key).unwrap().external_name(), None, "somebody else's of the same name");
    desk.cloud.answers("POST /networks", network(json!({"name": "taken"})));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    let mut after = desk.get(&key).unwrap();
    assert_eq!(after.external_name(), Some("i"));
    after.metadata.annotations.clear();
    after.metadata.finalizers.clear();
    after.metadata.resource_version.clone_from(&before.metadata.resource_version);
    after.status = before.status.clone();
    assert_eq!(after, before);
}

#[tokio::test(start_paused = true)]
async fn ext_2_nobody_waits_for_the_cloud_within_a_pass() {
    let desk = desk();
    let key = desk.key("blockstorage.Volume", "v");
    desk.put(&key, json!({}), json!({"forProvider": {"size": 1}}));
    desk.cloud.answers("POST /volumes", volume(json!({"status": "creating"})));
    assert_eq!(desk.pass(&key).await, Then::Soon);
    assert!(desk.says(&key, "Ready").starts_with("False Unavailable"));
    desk.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2026-11-21T06:00:00Z"));
    desk.cloud.answers("GET /volumes/i", volume(json!({"status": "deleting"})));
    assert_eq!(desk.pass(&key).await, Then::Soon);
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn ref_9_a_reference_that_is_not_used_needs_no_crd_of_its_target_and_one_that_is_used_asks_nobody() {
    let desk = desk();
    let key = desk.key("network.Subnet", "s");
    let fields = json!({"networkId": "net", "cidr": "10.0.0.0/24", "ipVersion": 4});
    desk.put(&key, named(json!({})), json!({"forProvider": fields}));
    let subnet = json!({"subnet": {"id": "i", "network_id": "net", "cidr": "10.0.0.0/24", "ip_version": 4}});
    desk.cloud.answers("GET /subnets/i", subnet);
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.put(&key, named(json!({})), json!({"forProvider": {"networkIdRef": {"name": "n"}}}));
    assert_eq!(desk.pass(&key).await, Then::Backoff);
    desk.cloud.asked();
    assert!(desk.says(&key, "Synced").ends_with("Network \"n\" does not exist"));
    let calls = desk.server.calls();
    assert!(!calls.iter().any(|call| call.contains("/networks")), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_too_early_is_tried_again_when_what_it_needs_is_ready() {
    let desk = desk();
    let (port, needed) = (desk.key("network.Port", "p"), desk.key("network.Network", "n"));
    desk.put(&port, json!({}), json!({"forProvider": {"networkId": "i"}}));
    desk.put(&needed, named(json!({})), json!({"forProvider": {}}));
    desk.cloud.refuses("POST /ports", Class::Terminal);
    assert_eq!(desk.pass(&port).await, Then::Poll);
    assert_eq!(desk.provider.queue.due(), 0);
    desk.cloud.answers("GET /networks/i", network(json!({})));
    desk.pass(&needed).await;
    desk.cloud.asked();
    assert_eq!(desk.provider.queue.due(), 1, "long before its poll");
    assert_eq!(desk.provider.queue.next().await, Some(port));
}

#[tokio::test(start_paused = true)]
async fn passes_of_one_moment_read_their_credentials_once() {
    let desk = desk();
    for name in ["a", "b", "c"] {
        let key = desk.key("network.Network", name);
        desk.put(&key, named(json!({})), json!({"forProvider": {}}));
        desk.cloud.answers("GET /networks/i", network(json!({})));
        desk.pass(&key).await;
    }
    desk.cloud.asked();
    let read = |what: &str| {
        let calls = desk.server.calls();
        calls.iter().filter(|call| call.starts_with("GET") && call.contains(what)).count()
    };
    assert_eq!(read("clusterproviderconfigs"), 1);
    tokio::time::advance(Duration::from_secs(3)).await;
    let key = desk.key("network.Network", "a");
    desk.cloud.answers("GET /networks/i", network(json!({})));
    desk.pass(&key).await;
    desk.cloud.asked();
    assert_eq!(read("clusterproviderconfigs"), 1, "and again a moment later");
}
