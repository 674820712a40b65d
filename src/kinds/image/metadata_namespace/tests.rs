use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::{Value, json};

fn next(wanted: Value, seen: Value) -> String {
    about("image.MetadataNamespace", wanted).named("N").next(Goal::Match, seen)
}

#[test]
fn an_update_says_what_it_does_not_change_and_keeps_the_marker() {
    let seen = json!({"id": "N", "namespace": "N", "displayName": "old", "description": "d", "visibility": "public"});
    let body = r#"{"description":"d [kupenstack:u:o]","display_name":"new","namespace":"N","protected":false,"visibility":"public"}"#;
    assert_eq!(next(json!({"displayName": "new"}), seen), format!("PUT /metadefs/namespaces/N {body}"));
}

#[test]
fn definitions_are_replaced_added_and_taken_away_one_by_one() {
    let wanted = || json!({"properties": {"a": {"title": "A"}, "b": {"title": "B"}}});
    let with = |properties: Value| next(wanted(), json!({"namespace": "N", "properties": properties}));
    let at = "/metadefs/namespaces/N/properties";
    let (a, b) = (json!({"title": "A"}), json!({"title": "B"}));
    assert_eq!(with(json!({"a": {"title": "X"}})), format!(r#"PUT {at}/a {{"name":"a","title":"A"}}"#));
    assert_eq!(with(json!({ "a": a })), format!(r#"POST {at} {{"name":"b","title":"B"}}"#));
    assert_eq!(with(json!({"a": a, "b": b, "c": {}})), format!("DELETE {at}/c"));
    let types =
        |name: &str, prefix: &str| json!({"resourceTypeAssociations": [{"name": name, "prefix": prefix}]});
    let at = "/metadefs/namespaces/N/resource_types";
    assert_eq!(next(types("t", "y_"), types("t", "x_")), format!("DELETE {at}/t"));
    assert_eq!(next(types("t", "y_"), json!({})), format!(r#"POST {at} {{"name":"t","prefix":"y_"}}"#));
}

#[test]
fn the_name_inside_a_property_is_none_of_its_definition() {
    let told = json!({"namespace": "N", "properties": {"a": {"name": "a", "title": "A"}}});
    match about("image.MetadataNamespace", json!({})).named("N").found(&[Answer::Body(told)]) {
        Found::One { body, .. } => assert_eq!(body["properties"], json!({"a": {"title": "A"}})),
        other => panic!("{other:?}"),
    }
}
