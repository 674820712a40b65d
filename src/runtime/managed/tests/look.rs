//! Passes that lists answer.

use crate::{
    api::meta,
    kinds::KINDS,
    runtime::{plan::pass_result::Requeue, testing::scripted::Harness},
};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

fn port(mtu: &str) -> Value {
    json!({"port": {"id": "i", "status": "ACTIVE", "description": mtu, "network_id": "n",
        "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.1"}]}})
}

/// A port that was made and looked at, and of which lists now tell what was seen.
pub async fn settled() -> (Harness, crate::runtime::base::keys::ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Port", "p");
    let spec = json!({"forProvider": {"networkId": "n", "description": "d"},
        "writeConnectionSecretToRef": {"name": "details"}});
    let annotations = json!({(meta::EXTERNAL_NAME): "i"});
    harness.put(&key, json!({"annotations": annotations, "finalizers": [meta::FINALIZER]}), spec);
    harness.cloud.answers("GET /ports/i", port("d"));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    harness.cloud.same.store(true, Ordering::SeqCst);
    (harness, key)
}

#[tokio::test(start_paused = true)]
async fn what_lists_say_is_unchanged_is_not_asked_for_and_reconciled_all_the_same() {
    let (harness, key) = settled().await;
    let before = harness.get(&key).unwrap();
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked(), Vec::<String>::new());
    assert_eq!(harness.get(&key).unwrap(), before, "REC-5: nothing is written");
    let secret = "/api/v1/namespaces/a/secrets/details";
    let details = harness.server.get(secret).unwrap();
    harness.server.remove(secret);
    harness.pass(&key).await;
    assert_eq!(harness.server.get(secret).unwrap()["data"], details["data"], "SEC-1: it is back");
    assert_eq!(harness.cloud.asked(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_spec_is_compared_with_what_lists_confirm() {
    let (harness, key) = settled().await;
    harness.change(&key, |object| object["spec"]["forProvider"]["description"] = json!("e"));
    harness.cloud.answers("PUT /ports/i", port("e"));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked().len(), 1);
    assert_eq!(harness.get(&key).unwrap().status.at_provider["description"], "e");
}

#[tokio::test(start_paused = true)]
async fn what_changed_is_looked_at_and_what_is_deleted_only_after() {
    let (harness, key) = settled().await;
    harness.cloud.same.store(false, Ordering::SeqCst);
    harness.cloud.answers("GET /ports/i", port("theirs")).answers("PUT /ports/i", port("d"));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    harness.cloud.same.store(true, Ordering::SeqCst);
    harness.change(&key, |object| object["status"]["atProvider"]["description"] = json!("tampered"));
    harness.cloud.answers("GET /ports/i", port("d"));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    harness.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    harness.cloud.answers("DELETE /ports/i", Value::Null).answers("GET /ports/i", Value::Null);
    harness.pass(&key).await;
    assert_eq!(harness.cloud.asked(), ["DELETE /ports/i", "GET /ports/i"]);
}
