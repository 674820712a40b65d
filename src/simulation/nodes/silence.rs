//! An agent that gives no sign of life while its pod runs: its pod is made anew, a person is asked when that does not help, and where
//! the cause lies elsewhere nothing is done.

use super::{
    super::{examples::Example, lifecycle::phase, testbed::Testbed},
    lifecycle::{made, passes, says, want},
    *,
};
use std::time::Duration;

/// What is the matter with a node beside its agent.
type Change = dyn Fn(&Testbed<Cluster>, &Example);

/// nova-compute has given its last sign.
fn silence(testbed: &Testbed<Cluster>) {
    testbed.world.hosts.change("compute/services", |it| {
        (it["state"], it["updated_at"]) = (json!("down"), json!("2026-11-29T03:12:00.000000"));
    });
    testbed.world.api.calls();
}

/// How often a pod was deleted since it fell silent.
fn restarts(testbed: &Testbed<Cluster>) -> usize {
    testbed.world.api.calls().iter().filter(|call| **call == format!("DELETE {POD}")).count()
}

fn agent(testbed: &Testbed<Cluster>, example: &Example) -> Value {
    let agents = testbed.object(example).unwrap().status.at_provider["agents"].clone();
    agents.as_array().unwrap().iter().find(|it| it["binary"] == "nova-compute").unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_silent_agent_is_back_without_a_hand_whatever_request_is_lost() {
    let (testbed, example) = made(&[]).await;
    silence(&testbed);
    let back = phase("mend", &testbed, &example, std::slice::from_ref(&example)).await;
    assert_eq!(restarts(&back), 1);
    let agent = agent(&back, &example);
    assert_eq!((&agent["alive"], &agent["restarts"]), (&json!(true), &json!(1)), "it is counted");
    assert!(back.world.node()["metadata"]["annotations"][remedy::ANNOTATION].is_string());
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_stays_silent_is_restarted_three_times_ever_later_and_then_a_person_is_asked() {
    let (testbed, example) = made(&[]).await;
    silence(&testbed);
    *testbed.world.stubborn.lock() = true;
    let mut minutes = vec![];
    for minute in 0..60 {
        passes(&testbed, &example, 1).await;
        minutes.extend((0..restarts(&testbed)).map(|_| minute));
    }
    assert_eq!(minutes.len(), 3, "{minutes:?}");
    assert!(minutes[1] - minutes[0] >= 6 && minutes[2] - minutes[1] >= 12, "{minutes:?}");
    let why = says(&testbed, &example, "Stalled");
    let told = "nova-compute on n1 gives no sign of life since 2026-11-29T03:12:00Z; its pod nova-compute-x runs; \
        its pod was made anew 3 times, the last time at ";
    assert!(why.starts_with("True ") && why.contains(told), "{why}");
    assert_eq!(agent(&testbed, &example)["remedy"], "GivenUp");
    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    passes(&testbed, &example, 2).await;
    assert!(restarts(&testbed) > 0, "on the next day it is tried again");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_restarted_on_a_node_that_is_disabled_or_not_reached_or_while_all_are_silent() {
    let disabled = |testbed: &Testbed<Cluster>, example: &Example| {
        want(testbed, example, json!({"disabled": true}));
    };
    let by_others = |testbed: &Testbed<Cluster>, _: &Example| {
        testbed.world.hosts.change("compute/services", |it| it["status"] = json!("disabled"));
    };
    let unreachable = |testbed: &Testbed<Cluster>, _: &Example| {
        let mut node = testbed.world.node();
        node["status"]["conditions"][0]["status"] = json!("Unknown");
        testbed.world.api.put(NODE, node);
    };
    let outage = |testbed: &Testbed<Cluster>, _: &Example| {
        for host in ["n2", "n3"] {
            testbed.world.hosts.add(
                "compute/services",
                json!({"id": host, "binary": "nova-compute", "host": host, "status": "enabled", "state": "down"}),
            );
        }
    };
    let cases: [(&str, &Change); 4] = [
        ("disabled", &disabled),
        ("disabled by others", &by_others),
        ("unreachable", &unreachable),
        ("outage", &outage),
    ];
    for (case, change) in cases {
        let (testbed, example) = made(&[]).await;
        change(&testbed, &example);
        silence(&testbed);
        passes(&testbed, &example, 30).await;
        assert_eq!(restarts(&testbed), 0, "{case}");
        if case == "outage" {
            let why = says(&testbed, &example, "Ready");
            assert!(why.contains("all others of its kind are silent too"), "{why}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_takes_along_how_often_its_agents_were_restarted() {
    let (testbed, example) = made(&[]).await;
    silence(&testbed);
    passes(&testbed, &example, 3).await;
    assert_eq!(restarts(&testbed), 1);
    testbed
        .change(&example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    passes(&testbed, &example, 20).await;
    assert!(testbed.object(&example).is_none());
    assert_eq!(testbed.world.node()["metadata"]["annotations"], json!({}));
}
