//! Objects that are found by what people know of them: what is asked, recorded and said.

use crate::{
    api::meta,
    kind::failure::Class,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, plan::pass_result::Requeue, testing::scripted::Harness},
};
use serde_json::{Value, json};

fn importing(spec: Value) -> (Harness, ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    harness.put(&key, json!({}), with_filter(spec));
    (harness, key)
}

/// A spec that looks for a network that is called web.
fn with_filter(spec: Value) -> Value {
    let mut all = json!({"import": {"filter": {"name": "web"}}, "forProvider": {}});
    all.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    all
}

fn network(id: &str, name: &str, description: &str) -> Value {
    json!({"id": id, "name": name, "status": "ACTIVE", "mtu": 1500, "description": description, "tags": []})
}

fn marked(harness: &Harness, by: &ObjectKey) -> String {
    let owner = harness.provider.index.lock().owner(by);
    format!("theirs [kupenstack:x:{owner}]")
}

fn external_name(harness: &Harness, key: &ObjectKey) -> Option<String> {
    harness.get(key).unwrap().external_name().map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn nam_4_the_one_that_is_found_is_recorded_once_and_an_ordinary_resource_from_then_on() {
    let (harness, key) = importing(json!({"managementPolicies": ["Observe"]}));
    harness
        .cloud
        .answers("GET /networks", json!([network("j", "other", ""), network("i", "web", "by hand")]));
    let found = || json!({"network": network("i", "web", "by hand")});
    harness.cloud.answers("GET /networks/i", found());
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert_eq!(external_name(&harness, &key).as_deref(), Some("i"));
    for r#type in ["Ready", "Synced", "UpToDate"] {
        assert!(harness.says(&key, r#type).starts_with("True"), "{}", harness.says(&key, r#type));
    }
    let object = harness.get(&key).unwrap();
    assert_eq!(object.status.at_provider["description"], "by hand");
    assert_eq!(object.annotation(meta::CREATE_SUCCEEDED), None, "nothing was created");
    // The filter means nothing any more, right or wrong.
    harness.change(&key, |object| object["spec"]["import"]["filter"]["name"] = json!("elsewhere"));
    harness.cloud.answers("GET /networks/i", found());
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert_eq!(external_name(&harness, &key).as_deref(), Some("i"));
}

#[tokio::test(start_paused = true)]
async fn what_is_found_is_managed_as_far_as_the_policies_allow_and_marked_with_the_first_change() {
    let (harness, key) = importing(json!({"forProvider": {"description": "mine"}}));
    harness.cloud.answers("GET /networks", json!([network("i", "web", "by hand")]));
    harness.cloud.answers("GET /networks/i", json!({"network": network("i", "web", "by hand")}));
    let owner = harness.provider.index.lock().owner(&key);
    let mine = format!("mine [kupenstack:n:{owner}]");
    harness.cloud.answers("PUT /networks/i", json!({"network": network("i", "web", &mine)}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let asked = harness.cloud.asked();
    assert_eq!(asked[2], format!(r#"PUT /networks/i {{"network":{{"description":"{mine}"}}}}"#));
    assert!(harness.says(&key, "UpToDate").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn nam_5_what_is_not_found_is_never_created_and_looked_for_again() {
    let (harness, key) = importing(json!({}));
    for _ in 0..2 {
        harness.cloud.answers("GET /networks", json!([network("j", "other", "")]));
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        let said = "nothing is as spec.import.filter says: name: \"web\"";
        assert_eq!(harness.says(&key, "Synced"), format!("False ReconcileError: import failed: {said}"));
        assert!(harness.says(&key, "Stalled").starts_with("True ImportNotFound"));
        assert!(harness.says(&key, "Ready").starts_with("False Unavailable"));
        harness.wait(60).await;
    }
    assert_eq!(harness.cloud.asked(), ["GET /networks"; 2]);
    assert_eq!(harness.get(&key).unwrap().metadata.finalizers, [""; 0], "nothing is held");
    let events = harness.server.list("/api/v1/namespaces/a/events");
    assert_eq!(events.len(), 1, "it is told once");
    // It comes.
    harness.cloud.answers("GET /networks", json!([network("i", "web", "")]));
    harness.cloud.answers("GET /networks/i", json!({"network": network("i", "web", "")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert_eq!(harness.says(&key, "Stalled"), "");
}

#[tokio::test(start_paused = true)]
async fn several_are_named_and_none_is_taken() {
    let (harness, key) = importing(json!({}));
    let all: Vec<_> = (0..8).rev().map(|n| network(&format!("i{n}"), "web", "")).collect();
    harness.cloud.answers("GET /networks", json!(all));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    let said = harness.says(&key, "Synced");
    assert!(said.contains("8 objects are") && said.ends_with("web (i7) and 3 more"), "{said}");
    assert_eq!(said.matches("web (").count(), 5, "{said}");
    assert!(harness.says(&key, "Stalled").starts_with("True ImportAmbiguous"));
    assert_eq!(external_name(&harness, &key), None);
}

#[tokio::test(start_paused = true)]
async fn nam_6_what_carries_a_foreign_marker_is_refused_to_who_may_write_and_shown_to_who_only_looks() {
    let (harness, key) = importing(json!({}));
    let other = harness.key("network.Network", "other");
    harness.put(&other, json!({"annotations": {(meta::EXTERNAL_NAME): "i"}}), json!({"forProvider": {}}));
    let theirs = network("i", "web", &marked(&harness, &other));
    harness.cloud.answers("GET /networks", json!([theirs]));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let said = harness.says(&key, "Stalled");
    assert!(said.contains("NotOurs") && said.contains("belongs to network.Network \"other\""), "{said}");
    assert_eq!(external_name(&harness, &key), None, "nothing is recorded");
    harness.change(&key, |object| object["spec"]["managementPolicies"] = json!(["Observe"]));
    harness.cloud.answers("GET /networks", json!([theirs]));
    harness.cloud.answers("GET /networks/i", json!({"network": theirs}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked().len(), 3, "nothing is written");
    assert_eq!(external_name(&harness, &key).as_deref(), Some("i"));
}

#[tokio::test(start_paused = true)]
async fn what_another_resource_holds_without_a_marker_is_its_own_and_a_person_can_give_it_away() {
    let (harness, key) = importing(json!({}));
    harness.change(&key, |object| object["metadata"]["creationTimestamp"] = json!("2020-01-01T00:00:00Z"));
    let holder = harness.key("network.Network", "holder");
    harness.put(&holder, json!({"annotations": {(meta::EXTERNAL_NAME): "i"}}), json!({"forProvider": {}}));
    harness.cloud.answers("GET /networks", json!([network("i", "web", "")]));
    harness.pass(&key).await;
    let said = harness.says(&key, "Synced");
    assert!(said.contains("belongs to network.Network \"holder\""), "it is older, and came later: {said}");
    assert_eq!(external_name(&harness, &key), None);
    harness.change(&key, |object| object["metadata"]["annotations"][meta::TAKE_OVER] = json!("true"));
    harness.cloud.answers("GET /networks", json!([network("i", "web", "")]));
    harness.cloud.answers("GET /networks/i", json!({"network": network("i", "web", "")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert_eq!(external_name(&harness, &key).as_deref(), Some("i"));
}

#[tokio::test(start_paused = true)]
async fn nam_5_a_deletion_looks_for_nothing_and_neither_does_a_create_that_has_begun() {
    let (harness, key) = importing(json!({}));
    harness.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    assert_eq!(harness.pass(&key).await, Requeue::Stop);
    assert!(harness.cloud.asked().is_empty());

    let (harness, key) = importing(json!({}));
    let pending = json!({(meta::CREATE_PENDING): "2027-01-15T08:00:00Z"});
    harness.change(&key, |object| object["metadata"]["annotations"] = pending);
    harness.cloud.answers("GET /networks", json!([network("i", "web", "without a marker")]));
    assert!(matches!(harness.pass(&key).await, Requeue::NotBefore(_)));
    harness.cloud.asked();
    let said = harness.says(&key, "Synced");
    assert!(said.contains("no answer came to the last create"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_refuses_the_name_is_read_whole_and_other_failures_are_told() {
    let (harness, key) = importing(json!({"managementPolicies": ["Observe"]}));
    harness.cloud.refuses("GET /networks", Class::Terminal);
    harness.cloud.answers("GET /networks", json!([network("i", "web", "")]));
    harness.cloud.answers("GET /networks/i", json!({"network": network("i", "web", "")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();

    let (harness, key) = importing(json!({}));
    harness.cloud.refuses("GET /networks", Class::Transient);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    assert_eq!(harness.says(&key, "Synced"), "False ReconcileError: observe failed: refused");
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn what_a_create_would_wait_for_holds_no_search_back() {
    let harness = Harness::new(KINDS.as_slice());
    let (subnet, port) = (harness.key("network.Subnet", "s"), harness.key("network.Port", "p"));
    let wanted = json!({"networkId": "n", "cidr": "10.0.0.0/24"});
    harness.put(&subnet, json!({}), json!({ "forProvider": wanted }));
    let filter = json!({"macAddress": "FA:16:3E:00:00:01"});
    harness.put(&port, json!({}), json!({"import": {"filter": filter}, "forProvider": {"networkId": "n"}}));
    let there = json!({"id": "i", "status": "ACTIVE", "network_id": "n", "mac_address": "fa:16:3e:00:00:01"});
    harness.cloud.answers("GET /ports", json!([there])).answers("GET /ports/i", json!({"port": there}));
    assert_eq!(harness.pass(&port).await, Requeue::Poll);
    harness.cloud.asked();
    assert!(harness.says(&port, "Ready").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn who_refers_to_it_goes_on_when_it_is_found() {
    let (harness, key) = importing(json!({"managementPolicies": ["Observe"]}));
    let subnet = harness.key("network.Subnet", "s");
    let wanted = json!({"networkIdRef": {"name": "n"}, "cidr": "10.0.0.0/24"});
    harness.put(&subnet, json!({}), json!({ "forProvider": wanted }));
    assert_eq!(harness.pass(&subnet).await, Requeue::Backoff);
    harness.cloud.answers("GET /networks", json!([network("i", "web", "")]));
    harness.cloud.answers("GET /networks/i", json!({"network": network("i", "web", "")}));
    harness.pass(&key).await;
    let made = json!({"subnet": {"id": "j", "network_id": "i", "cidr": "10.0.0.0/24"}});
    harness.cloud.answers("POST /subnets", made);
    assert_eq!(harness.pass(&subnet).await, Requeue::Poll);
    assert!(harness.cloud.asked()[2].contains(r#""network_id":"i""#));
}
