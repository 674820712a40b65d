use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn hosts_come_before_others_go_and_metadata_are_changed_at_once() {
    let wanted = json!({"hosts": ["b"], "metadata": {"x": "1"}});
    let aggregate = about("compute.HostAggregate", wanted).named("7");
    let next = |hosts, metadata| aggregate.next(Goal::Match, json!({"hosts": hosts, "metadata": metadata}));
    let act = |body: &str| format!("POST /os-aggregates/7/action {body}");
    let right = json!({"x": "1"});
    assert_eq!(
        next(json!(["a"]), json!({"x": "2", "y": "3"})),
        act(r#"{"set_metadata":{"metadata":{"x":"1","y":null}}}"#)
    );
    assert_eq!(next(json!(["a"]), right.clone()), act(r#"{"add_host":{"host":"b"}}"#));
    assert_eq!(next(json!(["a", "b"]), right.clone()), act(r#"{"remove_host":{"host":"a"}}"#));
    assert_eq!(next(json!(["b"]), right), "Done");
}

#[test]
fn the_zone_is_refused_among_the_metadata() {
    let wanted = json!({"metadata": {"availability_zone": "z"}});
    let next = about("compute.HostAggregate", wanted).named("7").next(Goal::Match, json!({"metadata": {}}));
    assert!(next.starts_with("Refuse") && next.contains("availabilityZone"), "{next}");
}

#[test]
fn hosts_that_are_too_much_go_before_the_zone_changes() {
    let wanted = json!({"hosts": ["b"], "availabilityZone": "y"});
    let aggregate = about("compute.HostAggregate", wanted).named("7");
    let next = |hosts, zone: &str| {
        aggregate.next(Goal::Match, json!({"hosts": hosts, "availabilityZone": zone, "metadata": {}}))
    };
    let act = |body: &str| format!("POST /os-aggregates/7/action {body}");
    assert_eq!(next(json!(["a"]), "x"), act(r#"{"remove_host":{"host":"a"}}"#));
    let update = r#"PUT /os-aggregates/7 {"aggregate":{"availability_zone":"y"}}"#;
    assert_eq!(next(json!([]), "x"), update);
    assert_eq!(next(json!([]), "y"), act(r#"{"add_host":{"host":"b"}}"#));
}

#[test]
fn one_with_hosts_is_emptied_before_it_is_deleted() {
    let aggregate = about("compute.HostAggregate", json!({"hosts": ["a"]})).named("7");
    let end = |hosts| aggregate.next(Goal::Vanish, json!({ "hosts": hosts }));
    assert_eq!(end(json!(["a"])), r#"POST /os-aggregates/7/action {"remove_host":{"host":"a"}}"#);
    assert_eq!(end(json!([])), "DELETE /os-aggregates/7");
    let unmanaged = about("compute.HostAggregate", json!({})).named("7");
    let end = |hosts| unmanaged.next(Goal::Vanish, json!({ "hosts": hosts }));
    assert!(end(json!(["a"])).contains("set spec.forProvider.hosts to []"), "{}", end(json!(["a"])));
    assert_eq!(end(json!([])), "DELETE /os-aggregates/7");
}

#[test]
fn its_id_is_a_number_and_its_zone_is_no_metadata() {
    let told = json!({"aggregate": {"id": 7, "name": "a", "availability_zone": "z",
        "metadata": {"availability_zone": "z", "x": "1"}}});
    let found = about("compute.HostAggregate", json!({})).named("7").found(&[Answer::Body(told)]);
    let Found::One { external_name, body } = found else { panic!("{found:?}") };
    assert_eq!(
        (external_name.as_str(), &body["id"], &body["metadata"]),
        ("7", &json!("7"), &json!({"x": "1"}))
    );
    let listed = [Answer::Items(vec![json!({"id": 8})])];
    let found = about("compute.HostAggregate", json!({})).found(&listed);
    assert!(format!("{found:?}").contains("/os-aggregates/8"), "{found:?}");
}
