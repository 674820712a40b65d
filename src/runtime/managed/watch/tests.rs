//! Watches of kinds whose CRDs come and go.

use super::*;
use crate::{kinds::KINDS, runtime::testing::scripted::Harness};
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn gate_4_a_crd_that_goes_and_returns_is_watched_again_and_what_went_with_it_is_forgotten() {
    let harness = Harness::new(KINDS.as_slice());
    let (old, new) = (harness.key("network.Network", "old"), harness.key("network.Network", "new"));
    let kind = KINDS.iter().find(|kind| kind.id() == old.kind).unwrap().as_ref();
    let known = |key: &ObjectKey| harness.provider.index.lock().get(key).is_some();
    harness.put(&old, json!({}), json!({"forProvider": {}}));
    harness.provider.index.lock().remove(&old);
    tokio::spawn(watch(harness.provider.clone(), kind, Gate::open()));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(known(&old));
    harness.server.remove("/apis/network.kupenstack.io/v1alpha1/namespaces/a/networks/old");
    (0..8).for_each(|_| harness.server.fail("GET /apis/network.kupenstack.io", 404));
    tokio::time::sleep(Duration::from_secs(60)).await;
    harness.put(&new, json!({}), json!({"forProvider": {}}));
    harness.provider.index.lock().remove(&new);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(known(&new) && !known(&old));
    assert_eq!(harness.provider.queue.next().await, Some(old), "it was to be reconciled, and is found gone");
    assert_eq!(harness.provider.queue.next().await, Some(new));
}
