//! One request and long ones, up to the end and back.

use super::*;
use crate::runtime::plan::pass_result::Requeue;
use std::{sync::atomic::Ordering, time::Duration};

#[tokio::test(start_paused = true)]
async fn a_create_is_followed_by_a_comparison_and_a_long_request_whose_end_brings_the_next_look() {
    let (harness, key) = wanted();
    harness.cloud.slow(Duration::from_secs(1));
    harness.cloud.answers("POST /games/chess", game(json!({})));
    harness.cloud.answers(COMPARE, game(json!({"missing": "32 pieces", "broken": "no pieces"})));
    harness.cloud.answers("POST /games/chess/parts flow", Value::Null);
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert_eq!(harness.get(&key).unwrap().external_name(), Some("chess"));
    assert_eq!(harness.says(&key, "Ready"), "False Unavailable: installing 32 pieces");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(harness.cloud.asked().len(), 3);
    assert_eq!(harness.provider.queue.due(), 1);
    harness.cloud.same.store(true, Ordering::SeqCst);
    harness.cloud.answers(COMPARE, game(json!({})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll, "what was seen before its end does not count");
    assert!(harness.says(&key, "Ready").starts_with("True"));
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_drift_is_mended_like_a_field_that_differs() {
    let (harness, key) = installed().await;
    harness.cloud.same.store(false, Ordering::SeqCst);
    let drifted = || game(json!({"differ": ["board", "clock"]}));
    harness.change(&key, |object| object["spec"]["managementPolicies"] = json!(["Observe"]));
    harness.cloud.answers(COMPARE, drifted());
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(harness.says(&key, "UpToDate"), "False UpdateRestricted: differs in: board; clock");
    harness.change(&key, |object| {
        object["spec"]["managementPolicies"] = json!(["*"]);
        object["metadata"]["generation"] = json!(2);
    });
    // The answer to the update is no comparison.
    harness.cloud.answers(COMPARE, drifted()).answers("PUT /games/chess", game(json!({})));
    harness.cloud.answers(COMPARE, drifted());
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    assert_eq!(harness.says(&key, "UpToDate"), "False UpdateRequested: differs in: board; clock");
    harness.cloud.answers(COMPARE, game(json!({})));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert!(harness.says(&key, "UpToDate").starts_with("True"));
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_request_breaks_off_what_still_flows() {
    let (harness, key) = installed().await;
    harness.cloud.same.store(false, Ordering::SeqCst);
    harness.cloud.slow(Duration::from_secs(60));
    harness.cloud.answers(COMPARE, game(json!({"missing": "a rook"})));
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    settle().await;
    harness.cloud.slow(Duration::ZERO);
    harness
        .cloud
        .answers(COMPARE, game(json!({"differ": ["board"]})))
        .answers("PUT /games/chess", Value::Null);
    harness.cloud.answers(COMPARE, game(json!({})));
    harness.pass(&key).await;
    tokio::time::advance(Duration::from_secs(120)).await;
    settle().await;
    assert!(!harness.cloud.asked().iter().any(|line| line.contains("flow")));
}

#[tokio::test(start_paused = true)]
async fn a_deletion_may_be_a_long_request_too() {
    let (harness, key) = installed().await;
    harness.cloud.same.store(false, Ordering::SeqCst);
    harness.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    harness.cloud.answers(COMPARE, game(json!({}))).answers("DELETE /games/chess/parts flow", Value::Null);
    assert_eq!(harness.pass(&key).await, Requeue::Soon);
    settle().await;
    assert_eq!(harness.provider.queue.due(), 1);
    harness.cloud.answers(COMPARE, game(json!({"missing": "all gone"})));
    harness.cloud.answers("DELETE /games/chess", Value::Null).answers(COMPARE, Value::Null);
    harness.pass(&key).await;
    assert!(harness.get(&key).is_none());
    harness.cloud.asked();
}
