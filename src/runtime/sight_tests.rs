//! Passes that lists answer.

use super::{scripted::Desk, verdict::Then};
use crate::{api::meta, kinds::KINDS};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

fn port(mtu: &str) -> Value {
    json!({"port": {"id": "i", "status": "ACTIVE", "description": mtu,
        "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.1"}]}})
}

/// A port that was made and looked at, and of which lists now tell what was seen.
async fn settled() -> (Desk, super::index::ObjectKey) {
    let desk = Desk::new(KINDS.as_slice());
    let key = desk.key("network.Port", "p");
    let spec = json!({"forProvider": {"networkId": "n", "description": "d"},
        "writeConnectionSecretToRef": {"name": "details"}});
    let annotations = json!({(meta::EXTERNAL_NAME): "i"});
    desk.put(&key, json!({"annotations": annotations, "finalizers": [meta::FINALIZER]}), spec);
    desk.cloud.answers("GET /ports/i", port("d"));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    desk.cloud.same.store(true, Ordering::SeqCst);
    (desk, key)
}

#[tokio::test(start_paused = true)]
async fn what_lists_say_is_unchanged_is_not_asked_for_and_reconciled_all_the_same() {
    let (desk, key) = settled().await;
    let before = desk.get(&key).unwrap();
    assert_eq!(desk.pass(&key).await, Then::Poll);
    assert_eq!(desk.cloud.asked(), Vec::<String>::new());
    assert_eq!(desk.get(&key).unwrap(), before, "REC-5: nothing is written");
    let secret = "/api/v1/namespaces/a/secrets/details";
    let details = desk.server.get(secret).unwrap();
    desk.server.remove(secret);
    desk.pass(&key).await;
    assert_eq!(desk.server.get(secret).unwrap()["data"], details["data"], "SEC-1: it is back");
    assert_eq!(desk.cloud.asked(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_spec_is_compared_with_what_lists_confirm() {
    let (desk, key) = settled().await;
    desk.change(&key, |object| object["spec"]["forProvider"]["description"] = json!("e"));
    desk.cloud.answers("PUT /ports/i", port("e"));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    assert_eq!(desk.cloud.asked().len(), 1);
    assert_eq!(desk.get(&key).unwrap().status.at_provider["description"], "e");
}

#[tokio::test(start_paused = true)]
async fn what_changed_is_looked_at_and_what_is_deleted_only_after() {
    let (desk, key) = settled().await;
    desk.cloud.same.store(false, Ordering::SeqCst);
    desk.cloud.answers("GET /ports/i", port("theirs")).answers("PUT /ports/i", port("d"));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    desk.cloud.same.store(true, Ordering::SeqCst);
    desk.change(&key, |object| object["status"]["atProvider"]["description"] = json!("tampered"));
    desk.cloud.answers("GET /ports/i", port("d"));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    desk.cloud.asked();
    desk.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    desk.cloud.answers("DELETE /ports/i", Value::Null).answers("GET /ports/i", Value::Null);
    desk.pass(&key).await;
    assert_eq!(desk.cloud.asked(), ["DELETE /ports/i", "GET /ports/i"]);
}
