use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn one_that_is_made_from_another_is_made_by_an_action() {
    let plain = about("blockstorage.VolumeGroup", json!({"groupType": "t", "volumeTypes": ["v"]}));
    let description = r#""description":"[kupenstack:u:o]""#;
    let body = format!(r#"{{"group":{{{description},"group_type":"t","name":"m","volume_types":["v"]}}}}"#);
    assert_eq!(plain.creates(), format!("POST /groups {body}"));
    let copy = about("blockstorage.VolumeGroup", json!({"groupSnapshotId": "s", "deleteVolumes": true}));
    let body = format!(r#"{{"create-from-src":{{{description},"group_snapshot_id":"s","name":"m"}}}}"#);
    assert_eq!(copy.creates(), format!("POST /groups/action {body}"));
}

#[test]
fn it_is_deleted_by_an_action_once() {
    let group = about("blockstorage.VolumeGroup", json!({"deleteVolumes": true})).named("g");
    let end = |status: &str| group.next(Goal::Vanish, json!({"id": "g", "status": status}));
    assert_eq!(end("available"), r#"POST /groups/g/action {"delete":{"delete-volumes":true}}"#);
    assert_eq!(end("deleting"), r#"Wait("the group's deletion")"#);
}

#[test]
fn an_answer_without_a_status_is_good_for_the_name() {
    let group = about("blockstorage.VolumeGroup", json!({}));
    let found = |group_of: serde_json::Value| group.found(&[Answer::Body(json!({ "group": group_of }))]);
    assert_eq!(found(json!({"id": "g", "name": "m"})), Found::Named("g".to_owned()));
    assert!(matches!(found(json!({"id": "g", "status": "creating"})), Found::One { .. }));
}
