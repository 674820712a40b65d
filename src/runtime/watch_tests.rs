//! Watches of kinds whose CRDs come and go.

use super::{super::scripted::Desk, *};
use crate::kinds::KINDS;
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn gate_4_a_crd_that_goes_and_returns_is_watched_again_and_what_went_with_it_is_forgotten() {
    let desk = Desk::new(KINDS.as_slice());
    let (old, new) = (desk.key("network.Network", "old"), desk.key("network.Network", "new"));
    let kind = KINDS.iter().find(|kind| kind.id() == old.kind).unwrap().as_ref();
    let known = |key: &ObjectKey| lock(&desk.provider.index).get(key).is_some();
    desk.put(&old, json!({}), json!({"forProvider": {}}));
    lock(&desk.provider.index).remove(&old);
    tokio::spawn(watch(desk.provider.clone(), kind, Gate::open()));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(known(&old));
    desk.server.remove("/apis/network.kupenstack.io/v1alpha1/namespaces/a/networks/old");
    (0..8).for_each(|_| desk.server.fail("GET /apis/network.kupenstack.io", 404));
    tokio::time::sleep(Duration::from_secs(60)).await;
    desk.put(&new, json!({}), json!({"forProvider": {}}));
    lock(&desk.provider.index).remove(&new);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(known(&new) && !known(&old));
    assert_eq!(desk.provider.queue.next().await, Some(old), "it was to be reconciled, and is found gone");
    assert_eq!(desk.provider.queue.next().await, Some(new));
}
