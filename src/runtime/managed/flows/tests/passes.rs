//! Images through whole passes: record, data, and what becomes of both when something dies.

use crate::{
    api::meta,
    kind::{failure::Class, marker::Marker},
    kinds::KINDS,
    runtime::{
        base::keys::ObjectKey, managed::flows::FORGOTTEN, plan::pass_result::Requeue,
        testing::scripted::Harness,
    },
};
use serde_json::{Value, json};
use std::time::Duration;

fn harness(method: &str) -> (Harness, ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("image.Image", "web");
    let source = json!({"url": "http://h/x", "method": method});
    let spec = json!({"forProvider": {"containerFormat": "bare", "diskFormat": "raw", "source": source}});
    harness.put(&key, json!({}), spec);
    (harness, key)
}

fn image(harness: &Harness, key: &ObjectKey, id: &str, more: Value) -> Value {
    let owner = harness.provider.index.lock().owner(key);
    let marker = Marker { uid: key.name.clone(), owner };
    let mut image = json!({"id": id, "name": "web", "container_format": "bare", "disk_format": "raw",
        "tags": [marker.text()]});
    image.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    image
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_data_follow_the_record_and_their_end_brings_the_next_look() {
    let (harness, key) = harness("upload");
    harness.cloud.answers("POST /images", image(&harness, &key, "i", json!({"status": "queued"})));
    harness.cloud.answers("PUT /images/i/file from http://h/x", Value::Null);
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert!(
        harness.says(&key, "Ready").ends_with("uploading")
            && harness.says(&key, "Synced").starts_with("True")
    );
    assert_eq!(harness.get(&key).unwrap().external_name(), Some("i"));
    settle().await;
    assert_eq!(harness.provider.queue.due(), 1);
    harness.cloud.answers("GET /images/i", image(&harness, &key, "i", json!({"status": "active"})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert!(harness.says(&key, "Ready").starts_with("True"));
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_failed_says_why_and_is_begun_anew_only_later() {
    let (harness, key) = harness("upload");
    let queued = image(&harness, &key, "i", json!({"status": "queued"}));
    harness.cloud.answers("POST /images", queued.clone());
    harness.cloud.refuses("PUT /images/i/file from http://h/x", Class::Terminal);
    harness.pass(&key).await;
    settle().await;
    for _ in 0..3 {
        harness.cloud.answers("GET /images/i", queued.clone());
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        assert!(
            harness.says(&key, "Synced").ends_with("create failed: refused"),
            "{}",
            harness.says(&key, "Synced")
        );
        tokio::time::advance(Duration::from_secs(100)).await;
    }
    tokio::time::advance(Duration::from_secs(300)).await;
    harness.cloud.answers("GET /images/i", queued).answers("PUT /images/i/file from http://h/x", Value::Null);
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    settle().await;
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_cloud_forgot_in_the_middle_makes_way_for_a_new_one() {
    let (harness, key) = harness("upload");
    harness.change(&key, |object| {
        object["metadata"]["annotations"] = json!({(meta::EXTERNAL_NAME): "i"});
        object["metadata"]["finalizers"] = json!([meta::FINALIZER]);
    });
    let saving = image(&harness, &key, "i", json!({"status": "saving"}));
    harness.cloud.answers("GET /images/i", saving.clone());
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert!(harness.says(&key, "Ready").contains("an earlier request broke off"));
    tokio::time::advance(FORGOTTEN).await;
    harness.cloud.answers("GET /images/i", saving).answers("DELETE /images/i", Value::Null);
    harness.cloud.answers("GET /images/i", Value::Null);
    let half_a_minute = Duration::from_secs(30);
    assert_eq!(harness.pass(&key).await, Requeue::NotBefore(half_a_minute), "one 404 is not enough");
    tokio::time::advance(half_a_minute).await;
    harness.cloud.answers("GET /images/i", Value::Null);
    harness.cloud.answers("POST /images", image(&harness, &key, "j", json!({"status": "queued"})));
    harness.cloud.answers("PUT /images/j/file from http://h/x", Value::Null);
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    settle().await;
    assert_eq!(harness.get(&key).unwrap().external_name(), Some("j"));
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn an_import_that_fails_is_tried_ever_more_slowly_and_says_why() {
    let (harness, key) = harness("webDownload");
    let queued = |more: Value| {
        let mut image = image(&harness, &key, "i", json!({"status": "queued"}));
        image.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        image
    };
    let look = |status: &str| {
        let failed = json!({"status": status, "os_glance_failed_import": "file"});
        harness.cloud.answers("GET /images/i", queued(failed));
        if status == "queued" {
            harness
                .cloud
                .answers("GET /images/i/tasks", json!([{"status": "failure", "message": "no such file"}]));
        }
    };
    harness.cloud.answers("POST /images", queued(json!({}))).answers("POST /images/i/import", Value::Null);
    look("importing");
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert!(harness.says(&key, "Ready").ends_with("image status is importing"));
    look("queued");
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert!(harness.says(&key, "Ready").ends_with("the image's import failed: no such file"));
    harness.later(10);
    look("queued");
    harness.cloud.answers("POST /images/i/import", Value::Null);
    look("queued");
    assert!(matches!(harness.pass(&key).await, Requeue::NotBefore(_)));
    assert!(harness.says(&key, "Synced").ends_with("ever more slowly: a step of the creation"));
    assert!(harness.says(&key, "Ready").ends_with("the image's import failed: no such file"));
    harness.cloud.asked();
}
