//! Creates without an answer: what is sent, what is written down, and what is said.

use crate::{
    api::meta,
    kind::failure::Class,
    kinds::KINDS,
    runtime::{base::keys::ObjectKey, plan::pass_result::Requeue, testing::scripted::Harness},
};
use serde_json::{Value, json};

fn harness(kind: &str) -> (Harness, ObjectKey) {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key(kind, "n");
    (harness, key)
}

/// With the marker of its resource.
fn network(harness: &Harness, key: &ObjectKey, id: &str) -> Value {
    let owner = harness.provider.index.lock().owner(key);
    json!({"id": id, "status": "ACTIVE", "description": format!("[kupenstack:n:{owner}]")})
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_given_up_and_took_effect_after_all_is_said_until_one_is_left() {
    let (harness, key) = harness("network.Network");
    harness.put(&key, json!({}), json!({"forProvider": {}}));
    harness.cloud.refuses("POST /networks", Class::Unanswered);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    let mut waited = 0;
    loop {
        harness.cloud.answers("GET /networks", json!([]));
        // After this look a second create may be sent.
        harness.cloud.answers("POST /networks", json!({"network": network(&harness, &key, "i")}));
        let then = harness.pass(&key).await;
        if then == Requeue::Poll {
            break;
        }
        let Requeue::NotBefore(wait) = then else { panic!("{then:?}") };
        let said = harness.says(&key, "Synced");
        assert!(
            said.contains("no clear answer came to the last create (refused)"),
            "why is told as long: {said}"
        );
        let wait = u32::try_from(wait.as_secs()).unwrap();
        waited += wait;
        harness.wait(wait).await;
        harness.cloud.forget();
    }
    assert_eq!(waited, 65, "a minute, and two looks");
    harness.cloud.asked();
    let look = |others: &[&str]| {
        harness.cloud.answers("GET /networks/i", json!({"network": network(&harness, &key, "i")}));
        let all: Vec<_> = others.iter().map(|id| network(&harness, &key, id)).collect();
        harness.cloud.answers("GET /networks", json!(all));
    };
    // Marks are a second apart, although the clock stood still.
    harness.wait(70).await;
    look(&["i", "late"]);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let said = harness.says(&key, "Synced");
    assert!(said.starts_with("False") && said.contains("i is managed") && said.ends_with(": late"), "{said}");
    assert!(harness.says(&key, "Ready").starts_with("True"));
    look(&["i"]);
    // One is looked at, as after any search.
    harness.cloud.answers("GET /networks/i", json!({"network": network(&harness, &key, "i")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert!(harness.says(&key, "Synced").starts_with("True"), "somebody deleted it");
    harness.cloud.answers("GET /networks/i", json!({"network": network(&harness, &key, "i")}));
    harness.pass(&key).await;
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_its_place_in_vain_was_not_sent_and_needs_nobody() {
    let (harness, key) = harness("compute.ServerGroup");
    harness.put(&key, json!({}), json!({"forProvider": {"policy": "affinity"}}));
    harness.cloud.refuses("PLACE compute", Class::Transient);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    assert_eq!(harness.says(&key, "Synced"), "False ReconcileError: create failed: refused");
    assert_eq!(harness.get(&key).unwrap().annotation(meta::CREATE_PENDING), None);
    harness.cloud.asked();
    let group = json!({"server_group": {"id": "i", "policy": "affinity", "members": []}});
    harness.cloud.answers("POST /os-server-groups", group);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn what_is_found_no_more_says_so_from_the_first_look_on_until_it_is_there_again() {
    let (harness, key) = harness("network.Network");
    let metadata = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    harness.put(&key, metadata, json!({"forProvider": {}}));
    let look = |answer: Value| {
        harness.cloud.answers("GET /networks/i", answer);
    };
    look(json!({"network": network(&harness, &key, "i")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.wait(60).await;
    let ready = || harness.says(&key, "Ready").starts_with("True");
    for (answer, there) in [
        (Value::Null, false),
        (json!({"network": network(&harness, &key, "i")}), true),
        (Value::Null, false),
        (Value::Null, false),
    ] {
        look(answer);
        harness.pass(&key).await;
        assert_eq!(ready(), there);
        assert_eq!(harness.says(&key, "UpToDate").starts_with("True"), there);
        harness.wait(10).await;
    }
    harness.wait(30).await;
    look(Value::Null);
    harness.cloud.answers("POST /networks", json!({"network": network(&harness, &key, "j")}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    harness.cloud.asked();
    assert!(ready());
    let events = harness.server.list("/api/v1/namespaces/a/events").into_iter();
    assert_eq!(events.filter(|event| event["reason"] == "ExternalResourceNotFound").count(), 1, "counted");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_with_a_marker_of_somebody_else_which_would_then_find_it_as_his_own() {
    for spec in
        [json!({"tags": ["[kupenstack:theirs:o]"]}), json!({"description": "mine [kupenstack:theirs:o]"})]
    {
        let (harness, key) = harness("network.Network");
        harness.put(&key, json!({}), json!({ "forProvider": spec }));
        harness.pass(&key).await;
        let said = harness.says(&key, "Synced");
        assert!(said.starts_with("False") && said.contains("ends like the provider's marker"), "{said}");
        assert!(harness.cloud.asked().is_empty());
    }
}
