//! Resources at rest: whose polls cost nothing, and what ends the rest.

use super::look::settled;
use crate::{
    api::meta,
    runtime::{
        apiserver::inputs::{self, Input},
        base::keys::{ConfigKey, ObjectKey},
        managed::workers::{WorkerLimits, work},
        testing::scripted::Harness,
    },
};
use serde_json::json;
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::sleep;

const CREDENTIALS: &str = "/api/v1/namespaces/s/secrets/c";

/// A port at rest: lists tell of it, and watches of all that was read.
async fn resting() -> (Harness, ObjectKey) {
    let (harness, key) = settled().await;
    let (kind, name) = ("ClusterProviderConfig".to_owned(), "default".to_owned());
    let config = Input::Config(ConfigKey { kind, namespace: String::new(), name });
    harness.provider.inputs.is_now(&config, inputs::spec_version("", 0));
    sleep(Duration::from_secs(2)).await;
    assert!(harness.provider.rests(&key));
    (harness, key)
}

#[tokio::test(start_paused = true)]
async fn what_lists_or_watches_no_longer_vouch_for_does_not_rest() {
    let (harness, key) = resting().await;
    harness.cloud.same.store(false, Ordering::SeqCst);
    assert!(!harness.provider.rests(&key), "lists have stopped, or tell of a change");
    harness.cloud.same.store(true, Ordering::SeqCst);
    assert!(harness.provider.rests(&key));
    harness.server.put(CREDENTIALS, json!({"data": {"k": "eQ=="}}));
    sleep(Duration::from_secs(1)).await;
    assert!(!harness.provider.rests(&key), "other credentials are to be tried");
    harness.pass(&key).await;
    assert!(harness.provider.rests(&key), "they were");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_edits_or_asks_for_does_not_rest() {
    for edit in [
        json!({"status": {"atProvider": {"status": "DOWN"}}}),
        json!({"status": {"conditions": []}}),
        json!({"metadata": {"annotations": {(meta::EXTERNAL_NAME): "another"}}}),
        json!({"metadata": {"annotations": {(meta::POLL_INTERVAL): "1s"}}}),
    ] {
        let (harness, key) = resting().await;
        harness.change(&key, |object| json_patch(object, &edit));
        assert!(!harness.provider.rests(&key), "{edit}");
    }
    let (harness, key) = resting().await;
    harness.provider.tracked.asked(&key, "p", harness.provider.clock.monotonic());
    assert!(!harness.provider.rests(&key), "it is wanted otherwise");
    harness.remove(&key);
    assert!(!harness.provider.rests(&key), "it is gone");
}

#[tokio::test(start_paused = true)]
async fn what_another_takes_over_does_not_rest() {
    let (harness, key) = resting().await;
    let taker = harness.key("network.Port", "taker");
    let annotations = json!({(meta::EXTERNAL_NAME): "i", (meta::TAKE_OVER): "true"});
    harness.put(&taker, json!({"annotations": annotations}), json!({"forProvider": {"networkId": "n"}}));
    assert!(!harness.provider.rests(&key));
}

#[tokio::test(start_paused = true)]
async fn a_poll_of_what_rests_asks_nothing_and_a_wish_is_heard_at_once() {
    let (harness, key) = resting().await;
    harness.server.calls();
    let limits = WorkerLimits { poll: Duration::from_secs(60), min_poll: Duration::from_secs(1), rate: 1 };
    harness.provider.queue.put(key.clone(), crate::runtime::base::queue::Lane::Poll, Duration::ZERO);
    let working = tokio::spawn(work(harness.provider.clone(), limits));
    sleep(Duration::from_secs(600)).await;
    assert_eq!((harness.server.calls(), harness.cloud.asked()), (vec![], vec![]));
    assert_eq!(harness.provider.queue.len(), 1, "it is polled on");
    harness.provider.queue.add(key.clone());
    sleep(Duration::from_secs(1)).await;
    assert_ne!(harness.server.calls(), Vec::<String>::new(), "a pass reads what it needs");
    working.abort();
}

/// Sets fields, as a merge patch does.
fn json_patch(object: &mut serde_json::Value, patch: &serde_json::Value) {
    match (object, patch) {
        (serde_json::Value::Object(fields), serde_json::Value::Object(patch)) => {
            patch.iter().for_each(|(name, patch)| {
                json_patch(fields.entry(name.clone()).or_insert(serde_json::Value::Null), patch);
            });
        }
        (object, patch) => object.clone_from(patch),
    }
}
