//! Edits of users that land between our read and our write: nothing claims them, and they are queued.

use crate::{
    api::meta,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, testing::scripted::Harness},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{sleep, timeout};

fn network(mtu: u32) -> Value {
    json!({"network": {"id": "i", "status": "ACTIVE", "mtu": mtu}})
}

/// A pass during whose request to the cloud a user edits the spec and asks for a reconcile, while the watch lags behind.
async fn pass_with_an_edit(harness: &Harness, key: &ObjectKey) {
    harness.cloud.slow(Duration::from_secs(10));
    let (provider, own) = (harness.provider.clone(), key.clone());
    let pass = tokio::spawn(async move { provider.reconcile(&own).await });
    sleep(Duration::from_secs(5)).await;
    harness.edit(key, |object| {
        object["spec"]["forProvider"]["mtu"] = json!(1300);
        object["metadata"]["generation"] = json!(2);
        object["metadata"]["annotations"][meta::RECONCILE_REQUESTED_AT] = json!("now");
    });
    pass.await.unwrap();
    harness.cloud.slow(Duration::ZERO);
}

async fn queued(harness: &Harness) -> Option<ObjectKey> {
    timeout(Duration::ZERO, harness.provider.queue.next()).await.ok().flatten()
}

async fn is_compared_by_the_next_pass(harness: &Harness, key: &ObjectKey) {
    let status = harness.get(key).unwrap().status;
    assert_eq!((status.observed_generation, status.last_handled_reconcile_at), (Some(1), None));
    assert!(status.conditions.iter().all(|condition| condition.observed_generation == Some(1)));
    assert_eq!(queued(harness).await, Some(key.clone()), "the watch's echo is old news");
    harness.cloud.answers("GET /networks/i", network(1400)).answers("PUT /networks/i", network(1300));
    harness.pass(key).await;
    harness.cloud.asked();
    let status = harness.get(key).unwrap().status;
    assert_eq!((status.observed_generation, status.last_handled_reconcile_at), (Some(2), Some("now".into())));
    harness.provider.queue.done(key);
    assert_eq!(queued(harness).await, None, "our own writes are no wishes");
}

#[tokio::test(start_paused = true)]
async fn an_edit_during_an_update_is_queued_and_not_said_to_be_observed() {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    let metadata = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    harness.put(&key, metadata, json!({"forProvider": {"mtu": 1400}}));
    harness.cloud.answers("GET /networks/i", network(1500)).answers("PUT /networks/i", network(1400));
    pass_with_an_edit(&harness, &key).await;
    is_compared_by_the_next_pass(&harness, &key).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_during_a_create_is_queued_and_not_said_to_be_observed() {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    harness.put(&key, json!({}), json!({"forProvider": {"mtu": 1400}}));
    harness.cloud.answers("POST /networks", network(1400));
    pass_with_an_edit(&harness, &key).await;
    is_compared_by_the_next_pass(&harness, &key).await;
}

#[tokio::test(start_paused = true)]
async fn references_that_we_write_are_no_wish_and_the_spec_that_they_are_in_is_observed() {
    let harness = Harness::new(KINDS.as_slice());
    let (network, port) = (harness.key("network.Network", "n"), harness.key("network.Port", "p"));
    harness.put(&network, json!({"annotations": {(meta::EXTERNAL_NAME): "i"}}), json!({"forProvider": {}}));
    harness.put(&port, json!({}), json!({"forProvider": {"networkIdRef": {"name": "n"}}}));
    harness.cloud.answers("POST /ports", json!({"port": {"id": "p", "status": "DOWN", "network_id": "i"}}));
    harness.pass(&port).await;
    harness.cloud.asked();
    assert_eq!(queued(&harness).await, None);
    assert_eq!(harness.get(&port).unwrap().spec.for_provider["networkId"], "i");
}
