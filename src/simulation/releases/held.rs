//! Components while their ProviderConfig holds all changes: they are compared, and nothing is installed, upgraded or removed.

use super::{
    super::{examples::Example, testbed::Testbed},
    keystone::{generated, keystone, records},
    *,
};

const CONFIG: &str = "/apis/component.kupenstack.io/v1alpha1/clusterproviderconfigs/default";

fn changes(testbed: &Testbed<Cluster>, said: &str) {
    let mut config = testbed.server.get(CONFIG).unwrap();
    config["spec"]["changes"] = json!(said);
    testbed.server.put(CONFIG, config);
}

/// A life in which no object of the cluster changes; what `Synced` says after it.
async fn waits(testbed: &Testbed<Cluster>, example: &Example) -> String {
    changes(testbed, "Held");
    let before = testbed.world.api.all_but("");
    testbed.live(example, std::slice::from_ref(example), None).await;
    assert_eq!(testbed.world.api.all_but(""), before, "{}", example.key);
    let object = testbed.object(example).unwrap();
    let synced = object.condition("Synced").unwrap();
    assert_eq!((synced.status.as_str(), synced.reason.as_str()), ("False", "ChangesHeld"), "{}", example.key);
    synced.message.clone().unwrap_or_default()
}

async fn goes_on(testbed: &Testbed<Cluster>, example: &Example) {
    changes(testbed, "Automatic");
    testbed.live(example, std::slice::from_ref(example), None).await;
}

async fn deleted(testbed: &Testbed<Cluster>, example: &Example) {
    testbed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    assert!(waits(testbed, example).await.ends_with("held back: its deletion"));
    goes_on(testbed, example).await;
    assert!(testbed.object(example).is_none());
}

#[tokio::test(start_paused = true)]
async fn while_changes_are_held_no_release_is_installed_upgraded_or_removed() {
    let (testbed, example) = keystone();
    assert!(waits(&testbed, &example).await.ends_with("held back: its creation"));
    goes_on(&testbed, &example).await;
    testbed.well(&example).unwrap();
    let values = json!({"conf": {"ini": "[token]"}});
    testbed.change(&example, |object| object["spec"]["forProvider"]["values"] = values);
    waits(&testbed, &example).await;
    let up_to_date = testbed.object(&example).unwrap().condition("UpToDate").cloned().unwrap();
    assert_eq!((up_to_date.status.as_str(), up_to_date.reason.as_str()), ("False", "ChangesHeld"));
    goes_on(&testbed, &example).await;
    assert_eq!(records(&testbed), ["1 superseded", "2 deployed"]);
    deleted(&testbed, &example).await;
}

#[tokio::test(start_paused = true)]
async fn while_changes_are_held_no_password_is_made_or_removed() {
    let (testbed, example) = (Testbed::<Cluster>::new(), generated());
    testbed.server.put(&example.path, example.manifest.clone());
    assert!(waits(&testbed, &example).await.ends_with("held back: its creation"));
    goes_on(&testbed, &example).await;
    assert_eq!(testbed.published(&example).len(), 2);
    deleted(&testbed, &example).await;
}
