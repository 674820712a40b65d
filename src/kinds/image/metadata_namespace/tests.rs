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
fn nothing_is_taken_out_of_a_protected_namespace() {
    for (field, empty, seen) in [
        ("properties", json!({}), json!({"a": {"title": "A"}})),
        ("objects", json!([]), json!([{"name": "a"}])),
        ("tags", json!([]), json!([{"name": "a"}])),
        ("resourceTypeAssociations", json!([]), json!([{"name": "a"}])),
    ] {
        let next = |wanted: bool| {
            let seen = json!({"namespace": "N", "protected": true, (field): seen});
            next(json!({(field): empty, "protected": wanted}), seen)
        };
        assert!(next(true).starts_with("Refuse"), "{field}: {}", next(true));
        assert!(next(false).contains(r#""protected":false"#), "{field}: this comes first");
    }
    let added = json!({"properties": {"a": {"title": "A"}}, "objects": []});
    let seen = json!({"namespace": "N", "protected": true, "objects": [{"name": "a"}]});
    assert!(next(added, seen).starts_with("POST"), "what comes in does");
}

#[test]
fn the_name_inside_a_property_is_none_of_its_definition() {
    let told = json!({"namespace": "N", "properties": {"a": {"name": "a", "title": "A"}}});
    match about("image.MetadataNamespace", json!({})).named("N").found(&[Answer::Body(told)]) {
        Found::One { body, .. } => assert_eq!(body["properties"], json!({"a": {"title": "A"}})),
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults_that_glance_keeps_as_texts_are_those_of_the_spec() {
    let with = |a: Value, b: Value| {
        let properties = json!({"a": {"title": "A", "default": a}, "b": {"title": "B", "default": b}});
        json!({"namespace": "N", "properties": properties, "objects": [{"name": "o", "properties": properties}]})
    };
    let told = |wanted: Value, told: Value| {
        let answer = Answer::Body(told);
        match about("image.MetadataNamespace", wanted).named("N").found(&[answer]) {
            Found::One { body, .. } => {
                let of = |name: &str| {
                    let at = |list: &str| body.pointer(&format!("{list}/properties/{name}/default")).cloned();
                    assert_eq!(at(""), at("/objects/0"));
                    at("").unwrap()
                };
                (of("a"), of("b"))
            }
            other => panic!("{other:?}"),
        }
    };
    for (wanted, text) in
        [(json!(true), "True"), (json!(false), "False"), (json!(0.5), "0.5"), (json!(3), "3")]
    {
        let shown = told(with(wanted.clone(), json!("x")), with(json!(text), json!("True")));
        assert_eq!(shown, (wanted.clone(), json!("True")), "{text}");
        let other = told(with(wanted, json!("x")), with(json!("other"), json!("x")));
        assert_eq!(other, (json!("other"), json!("x")));
    }
}
