use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Read},
    },
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn nova_makes_it_and_glance_tells_of_it_and_deletes_it() {
    let snapshot = about("compute.ServerSnapshot", json!({"serverId": "s", "metadata": {"a": "b"}}));
    let body = r#"{"createImage":{"metadata":{"a":"b","kupenstack":"[kupenstack:u:o]"},"name":"m"}}"#;
    assert_eq!(snapshot.creates(), format!("POST /servers/s/action {body}"));
    assert_eq!(snapshot.found(&[Answer::Body(json!({"image_id": "i"}))]), Found::Named("i".to_owned()));
    let [Read::OthersList { keep, .. }] = &snapshot.reads()[..] else {
        panic!("nowhere to look for the marker")
    };
    let image = |name: &str| json!({"id": "i", "name": name, "kupenstack": "[kupenstack:u:o]"});
    assert!(keep.accepts(&image("m")));
    assert!(!keep.accepts(&image("web-shelved")), "of a server that was booted from it");
    let named = snapshot.named("i");
    assert!(matches!(named.reads().as_slice(), [Read::OtherService { .. }]));
    assert_eq!(named.next(Goal::Vanish, json!({"id": "i"})), "DELETE /images/i");
}

#[test]
fn properties_of_the_image_are_its_metadata_and_one_that_is_deleted_is_gone() {
    let snapshot = about("compute.ServerSnapshot", json!({"metadata": {"a": "b"}})).named("i");
    let image = |status: &str| {
        let image = json!({"id": "i", "name": "n", "status": status, "a": "b", "file": "/v2/images/i/file"});
        snapshot.found(&[Answer::Body(image)])
    };
    let Found::One { body, .. } = image("active") else { panic!() };
    assert_eq!(body["metadata"], json!({"a": "b"}));
    assert_eq!(image("deleted"), Found::Absent);
}
