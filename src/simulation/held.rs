//! Every kind while its ProviderConfig holds all changes: nothing is sent but looks, it is said what waits, and what waited is done
//! afterwards.

use super::{
    examples::{self, Example},
    lifecycle::{Case, cases, need},
    points::{Points, Trouble},
    testbed::Testbed,
};
use crate::kinds::KINDS;
use serde_json::json;
use std::time::Duration;

const CONFIGS: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs";

fn changes(testbed: &Testbed, said: &str) {
    for config in testbed.server.list(CONFIGS) {
        let path = format!("{CONFIGS}/{}", config["metadata"]["name"].as_str().unwrap());
        let mut config = config;
        config["spec"]["changes"] = json!(said);
        testbed.server.put(&path, config);
    }
}

/// Some passes in which nothing is sent to the cloud but looks; what `Synced` says after them.
async fn waits(testbed: &Testbed, example: &Example, all: &[Example]) -> String {
    changes(testbed, "Held");
    let (before, points) = (testbed.census(), Points::with(|_, _| None));
    let program = testbed.program(&points);
    // What is not ready is looked at for ever.
    for _ in 0..5 {
        testbed.tell(&program, all);
        program.reconcile(&example.key).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let sent = points.passed();
    let written: Vec<_> =
        sent.iter().filter(|line| line.starts_with("cloud ") && !line.starts_with("cloud GET ")).collect();
    assert!(written.is_empty(), "{}: {written:#?}", example.key);
    assert_eq!(testbed.census(), before, "{}", example.key);
    let object = testbed.object(example).unwrap();
    let synced = object.condition("Synced").unwrap();
    assert_eq!((synced.status.as_str(), synced.reason.as_str()), ("False", "ChangesHeld"), "{}", example.key);
    synced.message.clone().unwrap_or_default()
}

/// A life without a hold.
async fn goes_on(testbed: &Testbed, example: &Example, all: &[Example]) {
    changes(testbed, "Automatic");
    testbed.live(example, all, None).await;
}

async fn life(case: &Case, all: &[Example]) {
    let (testbed, example) = (Testbed::new(), examples::of(all, case.kind));
    need(&testbed, example, all, case.beside).await;
    testbed.server.put(&example.path, example.manifest.clone());
    let made = KINDS.iter().any(|kind| kind.id() == case.kind && !kind.options().singleton);
    // What nobody creates is there, and differs if it can.
    if made || case.change.as_object().is_some_and(|change| !change.is_empty()) {
        let said = waits(&testbed, example, all).await;
        let told =
            if made { said.ends_with("held back: its creation") } else { said.contains("held back: ") };
        assert!(told, "{}: {said}", example.key);
    }
    goes_on(&testbed, example, all).await;
    testbed.well(example).unwrap_or_else(|why| panic!("{}: {why}", example.key));
    if let Some(change) = case.change.as_object().filter(|change| !change.is_empty()) {
        testbed.change(example, |object| {
            object["spec"]["forProvider"].as_object_mut().unwrap().extend(change.clone());
        });
        waits(&testbed, example, all).await;
        goes_on(&testbed, example, all).await;
        testbed.well(example).unwrap_or_else(|why| panic!("{}: {why}", example.key));
    }
    testbed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    let said = waits(&testbed, example, all).await;
    assert!(said.ends_with("held back: its deletion"), "{}: {said}", example.key);
    goes_on(&testbed, example, all).await;
    assert!(testbed.object(example).is_none(), "{}", example.key);
}

#[tokio::test(start_paused = true)]
async fn while_changes_are_held_no_kind_sends_any_and_afterwards_what_waited_is_done() {
    let all = examples::all();
    for case in cases() {
        life(&case, &all).await;
    }
}

/// The program dies after its create took effect and before it knows; then changes are held.
#[tokio::test(start_paused = true)]
async fn what_a_create_made_before_the_hold_is_adopted_during_it() {
    let (all, testbed) = (examples::all(), Testbed::new());
    let example = examples::of(&all, "network.Network");
    testbed.server.put(&example.path, example.manifest.clone());
    let dies = |_, line: &str| line.starts_with("cloud POST ").then_some(Trouble::DieUnanswered);
    testbed.live_with(&Points::with(dies), example, &all).await;
    let incomplete = testbed.object(example).unwrap();
    assert!(incomplete.create_incomplete() && incomplete.external_name().is_none());
    let said = waits(&testbed, example, &all).await;
    assert!(said.ends_with("held back: the rest of its creation"), "its tags: {said}");
    let adopted = testbed.object(example).unwrap().external_name().map(str::to_owned);
    assert!(adopted.is_some());
    goes_on(&testbed, example, &all).await;
    testbed.well(example).unwrap();
    assert_eq!(testbed.object(example).unwrap().external_name(), adopted.as_deref());
    assert_eq!(testbed.census()["networks"].len(), 1);
}
