//! Whether somebody is needed, as the conditions say it.

use crate::{
    api::condition::STALLED,
    kind::failure::Class,
    kinds::KINDS,
    runtime::{plan::pass_result::Requeue, testing::scripted::Harness},
};
use serde_json::{Value, json};

fn network() -> Value {
    json!({"network": {"id": "i", "status": "ACTIVE", "tags": []}})
}

#[tokio::test(start_paused = true)]
async fn stalled_is_said_once_while_only_a_person_can_mend_it_and_is_gone_after() {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    harness.put(&key, json!({}), json!({"forProvider": {}}));
    let stalled = || {
        let conditions = harness.get(&key).unwrap().status.conditions;
        conditions.into_iter().find(|c| c.r#type == STALLED)
    };
    harness.cloud.refuses("POST /networks", Class::Terminal);
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let first = stalled().unwrap();
    assert_eq!(first.message.as_deref(), Some("create failed: refused"));
    harness.later(60);
    harness.cloud.refuses("POST /networks", Class::Terminal);
    harness.pass(&key).await;
    assert_eq!(stalled().unwrap(), first, "since then");
    harness.cloud.answers("POST /networks", network());
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    assert_eq!(stalled(), None);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_no_matter_for_a_person_while_something_that_is_referred_to_is_on_its_way() {
    let harness = Harness::new(KINDS.as_slice());
    let (key, project) = (harness.key("network.Network", "n"), harness.key("identity.Project", "p"));
    let named = json!({"annotations": {(crate::api::meta::EXTERNAL_NAME): "p-id"}});
    harness.put(&project, named, json!({"forProvider": {}}));
    let spec = json!({"forProvider": {"projectId": "p-id", "projectIdRef": {"name": "p"}}});
    harness.put(&key, json!({}), spec);
    harness.cloud.refuses("POST /networks", Class::Terminal);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    let why = "create failed: refused; Project \"p\", which it refers to, is not ready yet";
    assert_eq!(harness.says(&key, "Synced"), format!("False ReconcileError: {why}"));
    assert!(harness.get(&key).unwrap().status.conditions.iter().all(|c| c.r#type != STALLED));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_an_unexpected_form_is_an_error_and_says_what_is_wrong() {
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    let named = json!({"annotations": {(crate::api::meta::EXTERNAL_NAME): "i"}});
    harness.put(&key, named, json!({"forProvider": {}}));
    harness.cloud.answers("GET /networks/i", json!({"network": {"id": "i", "status": ["ACTIVE"]}}));
    assert_eq!(harness.pass(&key).await, Requeue::Poll);
    let said = harness.says(&key, STALLED);
    assert!(said.starts_with("True UnexpectedValue: observe failed: unexpected value in "), "{said}");
}
