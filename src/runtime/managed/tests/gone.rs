//! Resources that are gone: nothing of them is left, whoever removed the finalizer and whatever was under way.

use crate::{
    api::meta,
    kind::marker::Marker,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, testing::scripted::Harness},
};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn harness() -> Harness {
    Harness::new(KINDS.as_slice())
}

fn network(harness: &Harness) -> ObjectKey {
    let key = harness.key("network.Network", "n");
    let metadata = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    harness.put(&key, metadata, json!({"forProvider": {"mtu": 1400}}));
    key
}

fn answer(mtu: u32) -> Value {
    json!({"network": {"id": "i", "status": "ACTIVE", "mtu": mtu}})
}

#[tokio::test(start_paused = true)]
async fn a_resource_whose_finalizer_somebody_removes_leaves_nothing_behind() {
    let harness = harness();
    let key = network(&harness);
    harness.cloud.answers("GET /networks/i", answer(1400));
    harness.pass(&key).await;
    harness.cloud.asked();
    assert_eq!(harness.provider.tracked.len(), 1);
    harness.remove(&key);
    assert_eq!(harness.provider.tracked.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_we_release_leaves_nothing_behind_once_the_watch_says_that_it_is_gone() {
    let harness = harness();
    let key = network(&harness);
    harness.change(&key, |object| {
        object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z");
        object["metadata"]["finalizers"] = json!([meta::FINALIZER, "somebody/else"]);
    });
    harness.cloud.answers("GET /networks/i", Value::Null);
    harness.pass(&key).await;
    tokio::time::advance(MINUTE).await;
    harness.cloud.answers("GET /networks/i", Value::Null);
    harness.change(&key, |object| object["metadata"]["finalizers"] = json!([meta::FINALIZER]));
    harness.pass(&key).await;
    harness.cloud.asked();
    assert!(harness.get(&key).is_none(), "the API server let it go");
    harness.remove(&key);
    assert_eq!(harness.provider.tracked.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_ends_after_its_resource_brings_nothing_back() {
    let harness = harness();
    let key = network(&harness);
    harness.cloud.slow(MINUTE);
    harness.cloud.answers("GET /networks/i", answer(1500)).answers("PUT /networks/i", answer(1400));
    let (provider, own) = (harness.provider.clone(), key.clone());
    let pass = tokio::spawn(async move { provider.reconcile(&own).await });
    tokio::time::sleep(MINUTE / 2).await;
    harness.remove(&key);
    pass.await.unwrap();
    harness.cloud.asked();
    assert_eq!(harness.provider.tracked.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_upload_ends_with_its_resource() {
    let harness = harness();
    let key = harness.key("image.Image", "web");
    let source = json!({"url": "http://h/x", "method": "upload"});
    let spec = json!({"forProvider": {"containerFormat": "bare", "diskFormat": "raw", "source": source}});
    harness.put(&key, json!({}), spec);
    let owner = harness.provider.index.lock().owner(&key);
    let marker = Marker { uid: key.name.clone(), owner };
    let image = json!({"id": "i", "name": "web", "container_format": "bare", "disk_format": "raw",
        "tags": [marker.text()], "status": "queued"});
    harness.cloud.answers("POST /images", image);
    harness.cloud.slow(MINUTE);
    harness.pass(&key).await;
    assert!(harness.says(&key, "Ready").ends_with("uploading"));
    harness.remove(&key);
    tokio::time::sleep(2 * MINUTE).await;
    assert_eq!(harness.cloud.asked().len(), 1, "the data are not sent any more");
}
