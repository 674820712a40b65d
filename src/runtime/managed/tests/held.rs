//! Whole passes while the ProviderConfig holds all changes to its cloud.

use crate::{
    api::meta,
    kind::{Goal, diff::Diff, failure::Class},
    kinds::KINDS,
    runtime::{
        apiserver::inputs::{Input, spec_version},
        base::keys::{ConfigKey, ObjectKey},
        plan::{
            effect::Effect,
            hold::Hold,
            outcome::Outcome,
            pass_result::Requeue,
            state::{Assessment, ExternalObservation, PassState, StepError},
        },
        testing::scripted::Harness,
    },
};
use serde_json::{Value, json};
use std::time::Duration;

const CONFIG: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default";
const HOLDS: &str = "ClusterProviderConfig \"default\" holds all changes (spec.changes: Held)";

/// The ProviderConfig says so from now on, and its watch tells it.
async fn changes(harness: &Harness, said: &str) {
    harness.wait(1).await;
    let mut config = harness.server.get(CONFIG).unwrap();
    config["spec"]["changes"] = json!(said);
    let generation = config["metadata"]["generation"].as_i64().unwrap_or_default() + 1;
    config["metadata"]["generation"] = json!(generation);
    harness.server.put(CONFIG, config);
    let config = harness.server.get(CONFIG).unwrap();
    let uid = config["metadata"]["uid"].as_str().unwrap_or_default();
    let key =
        ConfigKey { kind: "ClusterProviderConfig".into(), namespace: String::new(), name: "default".into() };
    harness.provider.inputs.is_now(&Input::Config(key), spec_version(uid, generation));
}

async fn held(kind: &str, name: &str) -> (Harness, ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    changes(&harness, "Held").await;
    let key = harness.key(kind, name);
    (harness, key)
}

fn named() -> Value {
    json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]})
}

fn network(mtu: u32) -> Value {
    json!({"network": {"id": "i", "status": "ACTIVE", "mtu": mtu}})
}

fn events(harness: &Harness) -> usize {
    let all = harness.server.list("/api/v1/namespaces/a/events").into_iter();
    all.filter(|event| event["reason"] == "ChangesHeld").count()
}

#[tokio::test(start_paused = true)]
async fn drift_is_said_and_left_and_all_go_on_at_once_when_the_hold_ends() {
    let (harness, key) = held("network.Network", "n").await;
    harness.put(&key, named(), json!({"forProvider": {"mtu": 1400}}));
    for mtu in [1500, 1450] {
        harness.cloud.answers("GET /networks/i", network(mtu));
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
        let why = format!("False ChangesHeld: {HOLDS}; held back: mtu: {mtu}, wanted 1400");
        assert_eq!(harness.says(&key, "Synced"), why);
        assert!(harness.says(&key, "UpToDate").starts_with("False ChangesHeld: differs in: mtu"));
        assert_eq!(harness.get(&key).unwrap().status.at_provider["mtu"], mtu, "it is looked at all the same");
        harness.wait(60).await;
    }
    assert_eq!(events(&harness), 1);
    assert_eq!(harness.provider.held.counts().iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1]);
    assert_eq!(harness.provider.queue.due(), 0);
    changes(&harness, "Automatic").await;
    assert_eq!(harness.provider.queue.due(), 1, "long before its poll");
    harness.cloud.answers("GET /networks/i", network(1450)).answers("PUT /networks/i", network(1400));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert!(harness.says(&key, "Synced").starts_with("True"));
    assert_eq!(harness.provider.held.counts(), [], "it waits no longer");
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_goes_during_a_hold_waits_no_longer_even_if_a_pass_over_it_ends_later() {
    let (harness, key) = held("network.Network", "n").await;
    harness.put(&key, named(), json!({"forProvider": {"mtu": 1400}}));
    harness.cloud.answers("GET /networks/i", network(1500)).slow(Duration::from_secs(5));
    let gone = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        harness.provider.on_delete(&key);
    };
    tokio::join!(harness.pass(&key), gone);
    assert_eq!(harness.provider.held.counts(), []);
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_and_one_without_an_answer_is_looked_for_and_recorded() {
    let (harness, key) = held("network.Network", "n").await;
    harness.put(&key, json!({}), json!({"forProvider": {}}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let why = format!("{HOLDS}; held back: its creation");
    assert_eq!(harness.says(&key, "Ready"), format!("False Creating: {why}"));
    assert!(harness.get(&key).unwrap().annotation(meta::CREATE_PENDING).is_none());
    changes(&harness, "Automatic").await;
    harness.cloud.refuses("POST /networks", Class::Unanswered);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    changes(&harness, "Held").await;
    let owner = harness.provider.index.lock().owner(&key);
    let own = json!({"id": "i", "status": "ACTIVE", "description": format!("[kupenstack:n:{owner}]")});
    harness.cloud.answers("GET /networks", json!([own]));
    harness.cloud.answers("GET /networks/i", json!({ "network": own }));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked().len(), 3, "no second create");
    let object = harness.get(&key).unwrap();
    assert_eq!((object.external_name(), object.create_incomplete()), (Some("i"), false));
    assert!(
        harness.says(&key, "Ready").starts_with("True") && harness.says(&key, "Synced").starts_with("True")
    );
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_with_its_finalizer_and_is_made_when_the_hold_ends() {
    let (harness, key) = held("network.Network", "n").await;
    harness.put(&key, named(), json!({"forProvider": {}}));
    harness.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    harness.cloud.answers("GET /networks/i", network(1500));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let why = format!("{HOLDS}; held back: its deletion");
    assert_eq!(harness.says(&key, "Ready"), format!("False Deleting: {why}"));
    assert!(harness.get(&key).unwrap().finalized());
    changes(&harness, "Automatic").await;
    let look = |answer| {
        harness.cloud.answers("GET /networks/i", answer);
    };
    look(network(1500));
    harness.cloud.answers("DELETE /networks/i", Value::Null);
    look(Value::Null);
    harness.pass(&key).await;
    harness.cloud.asked();
    assert!(harness.get(&key).is_none());
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_broken_off_by_a_hold_and_begun_anew_after_it() {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("image.Image", "web");
    let source = json!({"url": "http://h/x", "method": "upload"});
    let spec = json!({"forProvider": {"containerFormat": "bare", "diskFormat": "raw", "source": source}});
    harness.put(&key, json!({}), spec);
    let owner = harness.provider.index.lock().owner(&key);
    let image = json!({"id": "i", "name": "web", "container_format": "bare", "disk_format": "raw",
        "tags": [format!("[kupenstack:web:{owner}]")], "status": "queued"});
    harness.cloud.answers("POST /images", image.clone());
    harness.cloud.slow(Duration::from_secs(60));
    harness.pass(&key).await;
    assert!(harness.says(&key, "Ready").ends_with("uploading"));
    changes(&harness, "Held").await;
    harness.cloud.answers("GET /images/i", image.clone());
    harness.pass(&key).await;
    let why = format!("False ChangesHeld: {HOLDS}; held back: the rest of its creation");
    assert_eq!(harness.says(&key, "Synced"), why);
    harness.wait(300).await;
    assert_eq!(harness.cloud.asked().len(), 2, "the data are not sent any more");
    changes(&harness, "Automatic").await;
    harness.cloud.answers("GET /images/i", image);
    harness.pass(&key).await;
    assert!(harness.says(&key, "Ready").ends_with("uploading"));
    harness.cloud.answers("PUT /images/i/file from http://h/x", Value::Null);
    harness.wait(61).await;
    tokio::task::yield_now().await;
    harness.cloud.asked();
}

/// Whatever a plan may say, nothing is sent past the place where changes are sent.
#[tokio::test(start_paused = true)]
async fn the_last_line_sends_nothing_whatever_was_planned() {
    let (harness, key) = held("network.Network", "n").await;
    harness.put(&key, named(), json!({"forProvider": {"mtu": 1400}}));
    let hold = Hold::of(&harness.get(&key).unwrap().spec.provider_config_ref);
    let there = || {
        let diff = Diff { fields: vec!["mtu".into()], immutable: vec![] };
        let it = Assessment { external_name: "i".into(), diff, ..Assessment::default() };
        Some(Ok(ExternalObservation::Here(Box::new(it))))
    };
    for (effect, found) in [
        (Effect::Pursue(Goal::Exist), None),
        (Effect::Pursue(Goal::Match), there()),
        (Effect::Pursue(Goal::Vanish), there()),
        (Effect::TakePlace, None),
    ] {
        let state = |state: &mut PassState| {
            state.connection = Some(Ok(harness.cloud.clone()));
            (state.hold, state.found) = (Some(hold.clone()), found);
        };
        let outcome = harness.provider.perform(&key, state, &effect).await;
        let (Outcome::Stepped(_, _, Err(StepError::Failed(refused))) | Outcome::Placed(Err(refused))) =
            outcome
        else {
            panic!("{effect:?} was performed");
        };
        assert_eq!((refused.reason, refused.message.as_str()), ("ChangesHeld", HOLDS));
    }
    assert!(harness.cloud.asked().is_empty());
}
