//! From when on an external resource is somebody's.

use crate::{
    api::meta,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, testing::scripted::Harness},
};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn what_was_just_made_is_its_makers_before_anybody_looks_again() {
    let harness = Harness::new(KINDS.as_slice());
    harness.provider.index.lock().ownership.listed("compute.KeyPair");
    let mine = harness.key("compute.KeyPair", "mine");
    harness.put(&mine, json!({}), json!({"forProvider": {"publicKey": "ssh-ed25519 k"}}));
    let made = json!({"keypair": {"name": "mine", "type": "ssh", "public_key": "ssh-ed25519 k", "fingerprint": "f", "user_id": "u"}});
    harness.cloud.answers("POST /os-keypairs", made);
    harness.pass(&mine).await;
    harness.cloud.asked();
    assert!(harness.says(&mine, "Ready").starts_with("True"), "{:?}", harness.get(&mine));

    let theirs = ObjectKey { namespace: "b".into(), ..harness.key("compute.KeyPair", "theirs") };
    let object = json!({"apiVersion": "compute.kupenstack.io/v1alpha1", "kind": "KeyPair", "spec": {"forProvider": {}},
        "metadata": {"name": "theirs", "namespace": "b", "uid": "theirs", "resourceVersion": "1", "creationTimestamp": "2020-01-01T00:00:00Z",
            "annotations": {(meta::EXTERNAL_NAME): "mine"}}});
    let mut index = harness.provider.index.lock();
    index.apply(&theirs, &serde_json::from_value(object).unwrap()).unwrap();
    index.ownership.saw(&theirs, "mine");
    let rival = index.ownership.rival(&theirs, "mine");
    assert_eq!(rival.map(|rival| rival.key), Some(mine.clone()), "however old it is");
    assert_eq!(index.ownership.rival(&mine, "mine"), None);
}
