use super::*;
use crate::kind::{
    Meta,
    key::Shapes,
    marker::Marker,
    request::{Method, service::COMPUTE},
    shape::Shape,
};

fn said(verb: &str, first: &str, second: &str) -> Request {
    Request::new(&COMPUTE, Method::Post, format!("/{verb}/{first}/{second}"), None)
}

const PAIR: Pair = Pair {
    ids: ["flavor_id", "tenant_id"],
    list: |flavor| format!("/flavors/{flavor}/access"),
    items: "access",
    item: "tenant_id",
    join: |first, second| said("join", first, second),
    part: |first, second| said("part", first, second),
};

fn ask<T>(params: &Value, name: Option<&str>, question: impl FnOnce(&AnyKey<'_>) -> T) -> T {
    let text = json!({"type": "string"});
    let project = json!({"type": "string", "x-os": {"wire": "tenant_id"}});
    let schema = json!({"properties": {"flavorId": text, "projectId": project}});
    let shapes = Shapes { params: Shape::of(&schema).unwrap(), state: Shape::default() };
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "a", external_name: name, marker: &marker, creating: false };
    let params = serde_json::from_value(params.clone()).unwrap();
    question(&AnyKey::new(&params, meta, &shapes))
}

fn sent(step: Step) -> String {
    match step {
        Step::Send(request) => request.path,
        other => format!("{other:?}"),
    }
}

#[test]
fn two_that_belong_together_are_known_by_the_external_name_or_else_by_the_spec() {
    let spec = json!({"flavorId": "f", "projectId": "p"});
    for (params, name, path) in [
        (&spec, None, Some("/flavors/f/access")),
        (&spec, Some("g/q"), Some("/flavors/g/access")),
        (&json!({}), Some("g/q"), Some("/flavors/g/access")),
        (&json!({"flavorId": "f"}), None, None),
        (&spec, Some("g/q/r"), None),
        (&spec, Some("/q"), None),
    ] {
        let paths = ask(params, name, |key| PAIR.reads(key));
        let paths: Vec<_> = paths
            .iter()
            .map(|read| match read {
                Read::List { path, .. } => path.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(paths, path.into_iter().collect::<Vec<_>>(), "{params} {name:?}");
    }
    assert!(ask(&spec, Some("g"), |key| PAIR.parse(key, &[])).is_err(), "a name of another form");
}

#[test]
fn they_are_together_where_the_list_says_so_and_once_they_were_brought_together() {
    let spec = json!({"flavorId": "f", "projectId": "p"});
    let found = |answer: Answer| ask(&spec, None, |key| PAIR.parse(key, &[answer]).unwrap());
    let body = json!({"id": "f/p", "flavor_id": "f", "tenant_id": "p"});
    let there = Found::One { external_name: "f/p".to_owned(), body };
    assert_eq!(found(Answer::Items(vec![json!({"tenant_id": "p"})])), there);
    assert_eq!(found(Answer::Body(Value::Null)), there);
    assert_eq!(found(Answer::Items(vec![])), Found::Absent);
    assert_eq!(found(Answer::Gone), Found::Absent);
}

#[test]
fn they_are_brought_together_and_taken_apart_and_nothing_is_changed() {
    let spec = json!({"flavorId": "f", "projectId": "p"});
    let (seen, none) = (Observed::default(), Diff::default());
    let step = |goal, seen, diff: &Diff| ask(&spec, None, |key| sent(PAIR.step(goal, key, seen, diff)));
    assert_eq!(step(Goal::Exist, None, &none), "/join/f/p");
    let other = ask(&spec, Some("g/q"), |key| sent(PAIR.step(Goal::Exist, key, None, &none)));
    assert_eq!(other, r#"Refuse("the external-name says something else than the spec")"#);
    assert_eq!(step(Goal::Exist, Some(&seen), &none), "Done");
    assert_eq!(step(Goal::Vanish, Some(&seen), &none), "/part/f/p");
    let other = Diff { fields: vec!["projectId".to_owned()], immutable: vec![] };
    assert_eq!(step(Goal::Match, Some(&seen), &other), r#"Refuse("OpenStack can't change projectId")"#);
}
