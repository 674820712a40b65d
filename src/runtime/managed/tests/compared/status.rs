//! Conditions of the kind's own, and a status that does not change more often than others can bear.

use super::*;
use crate::runtime::managed::calm::CALM;
use std::{sync::atomic::Ordering, time::Duration};

fn types(harness: &Harness, key: &ObjectKey) -> Vec<String> {
    harness.get(key).unwrap().status.conditions.iter().map(|c| c.r#type.clone()).collect()
}

async fn look(harness: &Harness, key: &ObjectKey, more: Value) {
    harness.cloud.same.store(false, Ordering::SeqCst);
    harness.cloud.answers(COMPARE, game(more));
    harness.pass(key).await;
    harness.cloud.asked();
}

#[tokio::test(start_paused = true)]
async fn a_kinds_own_conditions_come_last_stay_while_nothing_is_seen_and_go_when_they_are_not_said() {
    let (harness, key) = installed().await;
    assert_eq!(types(&harness, &key), ["Synced", "Ready", "UpToDate", "Fair"]);
    assert_eq!(harness.says(&key, "Fair"), "True RulesKept: ");
    tokio::time::advance(CALM).await;
    look(&harness, &key, json!({"rules": "a pawn went back"})).await;
    assert_eq!(harness.says(&key, "Fair"), "False RulesBroken: a pawn went back");
    tokio::time::advance(2 * CALM).await;
    harness.cloud.refuses(COMPARE, crate::kind::failure::Class::Transient);
    harness.pass(&key).await;
    assert!(harness.says(&key, "Synced").starts_with("False"));
    assert_eq!(harness.says(&key, "Fair"), "False RulesBroken: a pawn went back");
    look(&harness, &key, json!({"rules": "unknown"})).await;
    assert_eq!(types(&harness, &key), ["Synced", "Ready", "UpToDate"]);
}

#[tokio::test(start_paused = true)]
async fn con_3_a_kind_sets_no_condition_that_is_not_its_own() {
    for r#type in ["Alien", "Ready"] {
        let (harness, key) = installed().await;
        look(&harness, &key, json!({"rules": r#type})).await;
        let why = format!("the condition {type} is none of the kind's own (UnexpectedValue)");
        assert!(harness.says(&key, "Synced").ends_with(&why), "{}", harness.says(&key, "Synced"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_calm_kinds_status_is_written_seldom_and_the_last_one_is_not_lost() {
    let (harness, key) = installed().await;
    let score = || harness.get(&key).unwrap().status.at_provider["score"].clone();
    for points in 1..5 {
        tokio::time::advance(Duration::from_secs(1)).await;
        look(&harness, &key, json!({"score": points})).await;
        assert_eq!(score(), 0, "others have seen a status a moment ago");
    }
    tokio::time::advance(CALM - Duration::from_secs(5)).await;
    assert_eq!(harness.provider.queue.due(), 0);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(harness.provider.queue.due(), 1, "nothing else would bring a pass");
    harness.cloud.same.store(true, Ordering::SeqCst);
    harness.cloud.answers(COMPARE, game(json!({"score": 4})));
    harness.pass(&key).await;
    assert_eq!(score(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_waits_for_is_written_at_once() {
    let (harness, key) = installed().await;
    look(&harness, &key, json!({"broken": "a piece is lost"})).await;
    assert_eq!(harness.says(&key, "Ready"), "False Unavailable: a piece is lost");
    look(&harness, &key, json!({"broken": "two pieces are lost"})).await;
    assert_eq!(harness.says(&key, "Ready"), "False Unavailable: a piece is lost", "only its text is new");
    look(&harness, &key, json!({"rules": "a pawn went back"})).await;
    assert!(
        harness.says(&key, "Ready").starts_with("True") && harness.says(&key, "Fair").starts_with("False")
    );
    harness.change(&key, |object| object["metadata"]["generation"] = json!(2));
    look(&harness, &key, json!({"rules": "a pawn went back", "score": 3})).await;
    assert_eq!(harness.get(&key).unwrap().status.observed_generation, Some(2));
}
