//! Volumes that are restored from backups: their metadata, and so the marker on them, are those of the backup's volume.

use crate::{
    api::meta,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, testing::scripted::Harness},
};
use serde_json::{Value, json};

/// Two volumes, the source of a backup and the one that is restored from it; the latter with these annotations beside its name.
fn both(annotations: Value) -> (Harness, ObjectKey, ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    let keys = ["source", "restored"].map(|name| harness.key("blockstorage.Volume", name));
    let [source, restored] = keys;
    let metadata = |name: &str, more: &Value| {
        let mut all = json!({(meta::EXTERNAL_NAME): name});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"annotations": all, "finalizers": [meta::FINALIZER]})
    };
    harness.put(&source, metadata("s", &json!({})), json!({"forProvider": {}}));
    harness.put(&restored, metadata("r", &annotations), json!({"forProvider": {"backupId": "b"}}));
    (harness, source, restored)
}

fn made() -> Value {
    json!({(meta::CREATE_SUCCEEDED): "2026-11-21T06:00:00Z"})
}

fn volume(harness: &Harness, marked: &ObjectKey, status: &str) -> Value {
    let owner = harness.provider.index.lock().owner(marked);
    let mut metadata = json!({"kupenstack": format!("[kupenstack:{}:{owner}]", marked.name)});
    if status == "available" {
        metadata["src_backup_id"] = json!("b");
    }
    json!({"volume": {"id": "r", "status": status, "metadata": metadata}})
}

#[tokio::test(start_paused = true)]
async fn one_that_our_create_made_is_ours_and_gets_our_marker_once_it_is_restored() {
    let (harness, source, restored) = both(made());
    harness.cloud.answers("GET /volumes/r", volume(&harness, &source, "creating"));
    harness.pass(&restored).await;
    assert_eq!(harness.cloud.asked().len(), 1, "the restore would wipe our marker out again");
    assert!(harness.says(&restored, "Synced").starts_with("True"), "{}", harness.says(&restored, "Synced"));
    harness.cloud.answers("GET /volumes/r", volume(&harness, &source, "available"));
    harness.cloud.answers("PUT /volumes/r", volume(&harness, &restored, "available"));
    harness.pass(&restored).await;
    let owner = harness.provider.index.lock().owner(&restored);
    let marker = format!("[kupenstack:restored:{owner}]");
    let body = json!({"volume": {"metadata": {"kupenstack": marker, "src_backup_id": "b"}}});
    assert_eq!(harness.cloud.asked()[1], format!("PUT /volumes/r {body}"));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_deleted_before_it_got_our_marker_is_deleted_in_the_cloud() {
    let (harness, source, restored) = both(made());
    harness
        .change(&restored, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    harness.cloud.answers("GET /volumes/r", volume(&harness, &source, "available"));
    harness.cloud.answers("DELETE /volumes/r", Value::Null);
    harness.cloud.answers("GET /volumes/r", Value::Null);
    harness.pass(&restored).await;
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn one_that_somebody_only_named_stays_whose_its_marker_says() {
    let (harness, source, restored) = both(json!({}));
    harness.cloud.answers("GET /volumes/r", volume(&harness, &source, "available"));
    harness.pass(&restored).await;
    harness.cloud.asked();
    assert!(harness.says(&restored, "Synced").contains("belongs to"));
}
