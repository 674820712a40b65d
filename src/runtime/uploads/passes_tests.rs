//! Images through whole passes: record, data, and what becomes of both when something dies.

use super::FORGOTTEN;
use crate::{
    api::meta,
    kind::{failure::Class, marker::Marker},
    kinds::KINDS,
    runtime::{index::ObjectKey, scripted::Desk, verdict::Then},
};
use serde_json::{Value, json};
use std::time::Duration;

fn desk(method: &str) -> (Desk, ObjectKey) {
    let desk = Desk::new(KINDS.as_slice());
    let key = desk.key("image.Image", "web");
    let source = json!({"url": "http://h/x", "method": method});
    let spec = json!({"forProvider": {"containerFormat": "bare", "diskFormat": "raw", "source": source}});
    desk.put(&key, json!({}), spec);
    (desk, key)
}

fn image(desk: &Desk, key: &ObjectKey, id: &str, more: Value) -> Value {
    let owner = desk.provider.index.lock().unwrap().owner(key);
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
    let (desk, key) = desk("upload");
    desk.cloud.answers("POST /images", image(&desk, &key, "i", json!({"status": "queued"})));
    desk.cloud.answers("PUT /images/i/file from http://h/x", Value::Null);
    assert_eq!(desk.pass(&key).await, Then::Soon);
    assert!(desk.says(&key, "Ready").ends_with("uploading") && desk.says(&key, "Synced").starts_with("True"));
    assert_eq!(desk.get(&key).unwrap().external_name(), Some("i"));
    settle().await;
    assert_eq!(desk.provider.queue.due(), 1);
    desk.cloud.answers("GET /images/i", image(&desk, &key, "i", json!({"status": "active"})));
    assert_eq!(desk.pass(&key).await, Then::Poll);
    assert!(desk.says(&key, "Ready").starts_with("True"));
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_failed_says_why_and_is_begun_anew_only_later() {
    let (desk, key) = desk("upload");
    let queued = image(&desk, &key, "i", json!({"status": "queued"}));
    desk.cloud.answers("POST /images", queued.clone());
    desk.cloud.refuses("PUT /images/i/file from http://h/x", Class::Terminal);
    desk.pass(&key).await;
    settle().await;
    for _ in 0..3 {
        desk.cloud.answers("GET /images/i", queued.clone());
        assert_eq!(desk.pass(&key).await, Then::Poll);
        assert!(
            desk.says(&key, "Synced").ends_with("create failed: refused"),
            "{}",
            desk.says(&key, "Synced")
        );
        tokio::time::advance(Duration::from_secs(100)).await;
    }
    tokio::time::advance(Duration::from_secs(300)).await;
    desk.cloud.answers("GET /images/i", queued).answers("PUT /images/i/file from http://h/x", Value::Null);
    assert_eq!(desk.pass(&key).await, Then::Soon);
    settle().await;
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_record_that_the_cloud_forgot_in_the_middle_makes_way_for_a_new_one() {
    let (desk, key) = desk("upload");
    desk.change(&key, |object| {
        object["metadata"]["annotations"] = json!({(meta::EXTERNAL_NAME): "i"});
        object["metadata"]["finalizers"] = json!([meta::FINALIZER]);
    });
    let saving = image(&desk, &key, "i", json!({"status": "saving"}));
    desk.cloud.answers("GET /images/i", saving.clone());
    assert_eq!(desk.pass(&key).await, Then::Soon);
    assert!(desk.says(&key, "Ready").contains("an earlier upload broke off"));
    tokio::time::advance(FORGOTTEN).await;
    desk.cloud.answers("GET /images/i", saving).answers("DELETE /images/i", Value::Null);
    desk.cloud.answers("GET /images/i", Value::Null);
    assert_eq!(desk.pass(&key).await, Then::Soon, "one 404 is not enough");
    desk.cloud.answers("GET /images/i", Value::Null);
    desk.cloud.answers("POST /images", image(&desk, &key, "j", json!({"status": "queued"})));
    desk.cloud.answers("PUT /images/j/file from http://h/x", Value::Null);
    assert_eq!(desk.pass(&key).await, Then::Soon);
    settle().await;
    assert_eq!(desk.get(&key).unwrap().external_name(), Some("j"));
    desk.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn an_import_that_fails_is_tried_ever_more_slowly_and_says_why() {
    let (desk, key) = desk("webDownload");
    let queued = |more: Value| {
        let mut image = image(&desk, &key, "i", json!({"status": "queued"}));
        image.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        image
    };
    let look = |status: &str| {
        let failed = json!({"status": status, "os_glance_failed_import": "file"});
        desk.cloud.answers("GET /images/i", queued(failed));
        if status == "queued" {
            desk.cloud.answers("GET /images/i/tasks", json!([{"message": "no such file"}]));
        }
    };
    desk.cloud.answers("POST /images", queued(json!({}))).answers("POST /images/i/import", Value::Null);
    look("importing");
    assert_eq!(desk.pass(&key).await, Then::Soon);
    assert!(desk.says(&key, "Ready").ends_with("image status is importing"));
    look("queued");
    assert_eq!(desk.pass(&key).await, Then::Soon);
    assert!(desk.says(&key, "Ready").ends_with("the image's import failed: no such file"));
    desk.later(10);
    look("queued");
    desk.cloud.answers("POST /images/i/import", Value::Null);
    look("queued");
    assert!(matches!(desk.pass(&key).await, Then::NotBefore(_)));
    assert!(desk.says(&key, "Synced").ends_with("ever more slowly: a step of the creation"));
    assert!(desk.says(&key, "Ready").ends_with("the image's import failed: no such file"));
    desk.cloud.asked();
}
