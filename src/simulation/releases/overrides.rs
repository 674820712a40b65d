//! Configuration of single nodes: which agents go when it is introduced, changed and taken back.

use super::{
    super::{examples::Example, testbed::Testbed},
    keystone::{made, passes, want},
    *,
};
use crate::runtime::managed::reconcile::Reconciler;

/// An agent whose nodes with these labels have a configuration of their own.
fn overrides(labels: &Value) -> Value {
    json!({"values": {"conf": {"overrides": {"keystone_agent": {"labels": labels}}}}})
}

fn gpu(debug: bool) -> Value {
    json!([{"label": {"key": "gpu", "values": ["enabled"]}, "conf": {"keystone": {"debug": debug}}}])
}

fn agents(testbed: &Testbed<Cluster>) -> Vec<String> {
    testbed.world.list("/apis/apps/v1", "daemonsets").iter().map(named).collect()
}

/// What the plan says while the change is held back; then it is made.
async fn changed(
    testbed: &Testbed<Cluster>,
    program: &Reconciler,
    example: &Example,
    labels: &Value,
) -> [Value; 2] {
    testbed.change(example, |object| {
        object["spec"]["managementPolicies"] = json!(["Observe", "Create", "Delete"]);
    });
    want(testbed, example, overrides(labels));
    let before = agents(testbed);
    passes(testbed, program, example, 4).await;
    assert_eq!(agents(testbed), before, "nothing is changed while it is held back");
    let plan = json!(testbed.object(example).unwrap().status.at_provider["plan"]);
    testbed.change(example, |object| object["spec"]["managementPolicies"] = json!(["*"]));
    passes(testbed, program, example, 12).await;
    testbed.well(example).unwrap();
    ["replaced", "restarts"].map(|what| plan.get(what).cloned().unwrap_or_else(|| json!([])))
}

#[tokio::test(start_paused = true)]
async fn scenario_14_an_override_that_comes_or_goes_replaces_all_agents_and_one_that_changes_rolls_its_own() {
    let (testbed, example) = made().await;
    let program = testbed.program(&Points::with(|_, _| None));
    want(&testbed, &example, overrides(&json!([])));
    passes(&testbed, &program, &example, 12).await;
    testbed.well(&example).unwrap();
    let all = |testbed: &Testbed<Cluster>| -> Value {
        agents(testbed).iter().map(|name| json!(format!("DaemonSet/{name}"))).collect()
    };
    let (none, usual) = (json!([]), agents(&testbed));
    assert_eq!(usual, ["keystone-agent-default"]);

    let before = all(&testbed);
    assert_eq!(changed(&testbed, &program, &example, &gpu(false)).await, [before, none.clone()]);
    let with = agents(&testbed);
    assert!(with.len() == 2 && !with.contains(&usual[0]), "{with:?}");

    let own: Vec<_> = with.iter().filter(|name| name.ends_with("-gpu")).collect();
    assert_eq!(changed(&testbed, &program, &example, &gpu(true)).await, [none.clone(), json!(own)]);
    assert_eq!(agents(&testbed), with);

    let before = all(&testbed);
    assert_eq!(changed(&testbed, &program, &example, &none).await, [before, none]);
    assert_eq!(agents(&testbed), usual);
}
