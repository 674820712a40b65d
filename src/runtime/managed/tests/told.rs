//! What an event and the log tell of a pass, so that one leads to the other.

use crate::{
    kind::failure::Class,
    kinds::KINDS,
    runtime::testing::{lines::Lines, scripted::Harness},
};
use serde_json::{Value, json};

#[tokio::test]
async fn an_event_has_the_request_ids_and_every_line_of_the_pass_names_its_object() {
    let lines = Lines::default();
    let level = tracing::Level::DEBUG;
    let log = tracing_subscriber::fmt().json().with_max_level(level).with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(log);
    let harness = Harness::new(KINDS.as_slice());
    let key = harness.key("network.Network", "n");
    harness.put(&key, json!({}), json!({"forProvider": {}}));
    harness.cloud.refuses("POST /networks", Class::Terminal);
    harness.pass(&key).await;
    let events = harness.server.list("/api/v1/namespaces/a/events");
    let [event] = &events[..] else { panic!("{events:?}") };
    let annotations = &event["metadata"]["annotations"];
    assert_eq!(annotations["kupenstack.io/request-id"], "req-of-the-service");
    assert!(annotations["kupenstack.io/global-request-id"].as_str().unwrap().starts_with("req-"));
    let lines = lines.text();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ours = lines.iter().filter(|line| line["target"].as_str().unwrap().starts_with("kupenstack"));
    let nameless: Vec<_> = ours.filter(|line| line["span"]["object"] != json!(key.to_string())).collect();
    assert!(nameless.is_empty(), "{nameless:#?}");
    assert!(lines.iter().any(|line| line["fields"]["message"] == "scripted"));
}
