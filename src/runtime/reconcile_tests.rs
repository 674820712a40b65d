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
