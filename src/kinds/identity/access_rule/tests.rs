use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Keep, Read},
    },
    kinds::tests::asked::{Asked, about},
};
use serde_json::{Value, json};

fn rule() -> Asked {
    let params = json!({"userId": "u", "service": "compute", "method": "GET", "path": "/v2.1/servers"});
    about("identity.AccessRule", params)
}

#[test]
fn it_is_found_by_what_it_says_and_later_by_its_id() {
    let kept = |asked: Asked| match asked.reads().first() {
        Some(Read::List { path, keep, .. }) if path == "/users/u/access_rules" => keep.clone(),
        other => panic!("{other:?}"),
    };
    let own = [("service", json!("compute")), ("method", json!("GET")), ("path", json!("/v2.1/servers"))];
    assert_eq!(kept(rule()), Keep::Like(own.into()));
    assert_eq!(kept(rule().named("r")), Keep::Equals("id", "r".to_owned()));
}

#[test]
fn it_tells_which_application_credentials_have_it() {
    let items = |items: Value| Answer::Items(items.as_array().unwrap().clone());
    let credentials = items(json!([{"id": "a", "access_rules": [{"id": "s"}, {"id": "r"}]}, {"id": "b"},
        {"id": "c", "access_rules": [{"id": "s"}]}]));
    let body = json!({"id": "r", "service": "compute", "user_id": "u", "application_credential_ids": ["a"]});
    assert_eq!(
        rule().found(&[items(json!([{"id": "r", "service": "compute"}])), credentials.clone()]),
        Found::One { external_name: "r".to_owned(), body }
    );
    assert_eq!(rule().found(&[items(json!([])), credentials]), Found::Absent);
}

#[test]
fn its_end_takes_it_away_unless_somebody_needs_it() {
    let end = |having: Value| {
        rule().named("r").next(Goal::Vanish, json!({"id": "r", "applicationCredentialIds": having}))
    };
    assert_eq!(end(json!([])), "DELETE /users/u/access_rules/r");
    assert_eq!(end(json!(["a"])), "Leave");
}
