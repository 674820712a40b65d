//! What the reconciler promises about the requests that it makes, each promise by itself, with a network.

use super::{
    examples::{self, Example},
    points::{Points, Trouble},
    testbed::Testbed,
};
use serde_json::{Value, json};

/// A testbed with one network.
struct One {
    testbed: Testbed,
    network: Example,
}

impl One {
    fn new(spec: Value) -> Self {
        let all = examples::all();
        let mut network = examples::of(&all, "network.Network").clone();
        network.manifest["spec"] = spec;
        let testbed = Testbed::new();
        testbed.server.put(&network.path, network.manifest.clone());
        Self { testbed, network }
    }

    async fn made() -> Self {
        let one = Self::new(json!({"forProvider": {"description": "d"}}));
        one.live().await;
        one
    }

    /// One life; the methods of its requests to the cloud.
    async fn live(&self) -> Vec<String> {
        self.troubled(|_| None).await
    }

    /// One life in which requests to the cloud meet trouble.
    async fn troubled(&self, fate: impl Fn(&str) -> Option<Trouble> + Send + Sync + 'static) -> Vec<String> {
        let points = Points::with(move |_, line| line.strip_prefix("cloud ").and_then(&fate));
        let all = [self.network.clone()];
        let passed = self.testbed.live_with(&points, &self.network, &all).await;
        let asked = passed.iter().filter_map(|line| line.strip_prefix("cloud "));
        asked.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    }

    fn delete(&self) {
        let now = json!("2027-01-01T00:00:00Z");
        self.testbed.change(&self.network, |object| object["metadata"]["deletionTimestamp"] = now);
    }

    fn networks(&self) -> Vec<Value> {
        self.testbed.world.cloud.lock().content().remove("networks").unwrap_or_default()
    }

    /// Somebody changes the network behind our back.
    fn theirs(&self, fields: &Value) {
        let mut cloud = self.testbed.world.cloud.lock();
        assert!(cloud.overwrite("networks", fields), "it is there");
    }
}

/// The first request that this is true of.
fn first(
    of: impl Fn(&str) -> bool + Send + Sync + 'static,
    trouble: Trouble,
) -> impl Fn(&str) -> Option<Trouble> + Send + Sync {
    let left = std::sync::atomic::AtomicBool::new(true);
    move |line| (of(line) && left.swap(false, std::sync::atomic::Ordering::SeqCst)).then_some(trouble)
}

#[tokio::test(start_paused = true)]
async fn a_create_without_an_answer_is_found_by_its_marker_and_not_sent_again() {
    let one = One::new(json!({"forProvider": {"description": "d"}}));
    let asked = one.troubled(first(|line| line.starts_with("POST"), Trouble::CutAfter)).await;
    assert_eq!(one.networks().len(), 1);
    one.testbed.well(&one.network).unwrap();
    assert_eq!(asked.iter().filter(|method| *method == "POST").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn ext_3_a_404_to_a_delete_is_believed_only_after_a_look() {
    let one = One::made().await;
    one.delete();
    // As Neutron did, when a subnet vanished while its network was being deleted: the network stayed.
    let asked = one.troubled(first(|line| line.starts_with("DELETE"), Trouble::Refused(404))).await;
    assert_eq!(one.networks(), Vec::<Value>::new(), "it is deleted after all");
    assert_eq!(asked, ["GET", "DELETE", "GET", "GET", "DELETE", "GET"]);
}

#[tokio::test(start_paused = true)]
async fn ext_5_nothing_is_asked_for_before_there_is_something_to_ask_for() {
    let one = One::new(json!({"forProvider": {"description": "d"}}));
    assert_eq!(one.live().await, ["POST"], "and its answer is all that is needed");
}

#[tokio::test(start_paused = true)]
async fn ext_1_a_look_changes_nothing() {
    let one = One::made().await;
    one.testbed.change(&one.network, |object| {
        object["spec"]["managementPolicies"] = json!(["Observe"]);
        object["spec"]["forProvider"] = json!({"mtu": 1400});
    });
    assert_eq!(one.live().await, ["GET"]);
}

#[tokio::test(start_paused = true)]
async fn ini_2_and_3_what_is_wanted_initially_counts_at_the_create_and_never_again() {
    let one = One::new(json!({"forProvider": {"description": "d"}, "initProvider": {"mtu": 1400}}));
    one.live().await;
    assert_eq!(one.networks()[0]["mtu"], 1400);
    one.theirs(&json!({"mtu": 9000}));
    let mut asked = one.live().await;
    one.testbed.change(&one.network, |object| object["spec"]["initProvider"] = json!({"mtu": 1300}));
    asked.extend(one.live().await);
    assert_eq!(asked, ["GET", "GET"], "somebody else scales it, and is left alone");
}

#[tokio::test(start_paused = true)]
async fn rec_4_and_5_a_settled_resource_costs_one_read_and_no_write() {
    let one = One::made().await;
    one.testbed.server.calls();
    assert_eq!(one.live().await, ["GET"]);
    let calls = one.testbed.server.calls();
    // A program that has just started does not know yet that its usage is recorded; nothing else is written.
    let writes: Vec<_> = calls
        .iter()
        .filter(|call| !call.starts_with("GET") && !call.contains("providerconfigusages"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
}
