use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::{Value, json};

#[test]
fn the_uuid_is_ours_to_choose_and_traits_and_aggregates_are_told_beside() {
    let provider = about("placement.ResourceProvider", json!({"traits": ["CUSTOM_A"]}));
    assert_eq!(provider.creates(), r#"POST /resource_providers {"name":"m","uuid":"u"}"#);
    let own = json!({"uuid": "u", "name": "m", "generation": 4});
    let told =
        [json!({"traits": ["CUSTOM_B"], "resource_provider_generation": 4}), json!({"aggregates": []}), own];
    let Found::One { external_name, body } = provider.found(&told.map(Answer::Body)) else { panic!() };
    assert_eq!((external_name.as_str(), &body["traits"]), ("u", &json!(["CUSTOM_B"])));
    assert_eq!(provider.found(&[Answer::Gone, Answer::Gone, Answer::Gone]), Found::Absent);
}

#[test]
fn under_a_uuid_that_people_chose_one_of_another_name_is_not_what_our_create_made() {
    let recognises = |wanted: Value, name: &str| {
        about("placement.ResourceProvider", wanted).recognises(json!({"id": "u", "name": name}))
    };
    assert!(recognises(json!({}), "host-1"));
    assert!(recognises(json!({"uuid": "u"}), "m"));
    assert!(!recognises(json!({"uuid": "u"}), "host-1"));
    assert!(!recognises(json!({"uuid": "u", "name": "n"}), "m"));
}

#[test]
fn it_can_leave_its_parent() {
    let provider = about("placement.ResourceProvider", json!({"parentProviderUuid": ""})).named("u");
    let seen = json!({"id": "u", "name": "n", "parentProviderUuid": "p"});
    let update = r#"PUT /resource_providers/u {"name":"n","parent_provider_uuid":null}"#;
    assert_eq!(provider.next(Goal::Match, seen), update);
}

#[test]
fn changes_of_lists_say_which_generation_they_know() {
    let provider =
        about("placement.ResourceProvider", json!({"name": "n", "traits": ["CUSTOM_A"]})).named("u");
    let next = |name: &str, traits| {
        provider.next(Goal::Match, json!({"id": "u", "name": name, "traits": traits, "generation": 4}))
    };
    assert_eq!(next("m", json!([])), r#"PUT /resource_providers/u {"name":"n"}"#);
    let body = r#"{"resource_provider_generation":4,"traits":["CUSTOM_A"]}"#;
    assert_eq!(next("n", json!([])), format!("PUT /resource_providers/u/traits {body}"));
}
