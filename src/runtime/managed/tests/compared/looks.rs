//! When it is compared again, and where what must not be seen goes.

use super::*;
use crate::runtime::{managed::calm::CALM, plan::pass_result::Requeue};
use std::sync::atomic::Ordering;

#[tokio::test(start_paused = true)]
async fn what_is_sealed_reaches_the_connection_secret_and_nothing_else() {
    let (harness, key) = installed().await;
    let secret = harness.server.get(DETAILS).unwrap();
    assert_eq!(secret["data"], json!({"password": "aHVudGVyMg=="}));
    let object = serde_json::to_string(&harness.get(&key).unwrap()).unwrap();
    assert!(!object.contains("hunter2") && !object.contains("aHVudGVyMg"), "{object}");
    harness.server.remove(DETAILS);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked(), Vec::<String>::new());
    assert_eq!(harness.server.get(DETAILS).unwrap()["data"], secret["data"], "also without a new look");
}

#[tokio::test(start_paused = true)]
async fn while_nothing_changes_nothing_is_asked_and_a_change_brings_a_pass_that_looks() {
    let (harness, key) = installed().await;
    for _ in 0..3 {
        assert_eq!(harness.pass(&key).await, Requeue::Poll);
    }
    assert_eq!(harness.cloud.asked(), Vec::<String>::new());
    assert_eq!(harness.provider.queue.due(), 0);
    harness.cloud.same.store(false, Ordering::SeqCst);
    harness.cloud.compared.lock().take().unwrap().wake();
    assert_eq!(harness.provider.queue.due(), 1);
    harness.cloud.answers(COMPARE, game(json!({"broken": "a piece is lost"})));
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert_eq!(harness.says(&key, "Ready"), "False Unavailable: a piece is lost");
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn another_wish_is_compared_anew_whatever_the_watch_says() {
    let (harness, key) = installed().await;
    tokio::time::advance(CALM).await;
    harness.change(&key, |object| object["spec"]["forProvider"]["players"] = json!(2));
    harness.cloud.answers(COMPARE, game(json!({"players": 2})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked(), [r#"COMPARE /games/chess {"players":2,"version":"1"}"#]);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.cloud.asked(), Vec::<String>::new());
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    harness.provider.tracked.asked(&key, &key.name, tokio::time::Instant::now());
    harness.cloud.answers(COMPARE, game(json!({"players": 2})));
    harness.pass(&key).await;
    assert_eq!(harness.cloud.asked().len(), 1, "somebody asked for a look");
}

#[tokio::test(start_paused = true)]
async fn ini_2_what_was_wanted_at_creation_only_is_compared_until_it_is_complete() {
    let (harness, key) = wanted();
    harness.change(&key, |object| object["spec"]["initProvider"] = json!({"players": 4}));
    harness.cloud.answers("POST /games/chess", game(json!({})));
    harness.cloud.answers(COMPARE, game(json!({"players": 4})));
    harness.pass(&key).await;
    assert_eq!(harness.cloud.asked()[1], r#"COMPARE /games/chess {"players":null,"version":"1"}"#);
}

#[tokio::test(start_paused = true)]
async fn one_name_is_another_object_in_each_namespace() {
    let (harness, key) = installed().await;
    let mut other = harness.get(&key).unwrap();
    (other.metadata.namespace, other.metadata.uid) = ("b".into(), "older".into());
    other.metadata.creation_timestamp = "2020-01-01T00:00:00Z".into();
    let elsewhere = ObjectKey { namespace: "b".into(), ..key.clone() };
    harness.provider.index.lock().apply(&elsewhere, &other).unwrap();
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert!(harness.says(&key, "Synced").starts_with("True"), "{}", harness.says(&key, "Synced"));
}
