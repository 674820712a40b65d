use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.GroupMembership", external_name, params }
}

#[test]
fn it_is_an_address_that_is_there_or_not() {
    let membership = asked(None, json!({"groupId": "g", "userId": "u"}));
    let body = json!({"id": "g/u", "group_id": "g", "user_id": "u"});
    let there = Found::One { external_name: "g/u".to_owned(), body: body.clone() };
    assert_eq!(membership.parse(Answer::Body(Value::Null)), there);
    assert_eq!(membership.parse(Answer::Gone), Found::Absent);
    assert_eq!(membership.said(Goal::Exist, None), "PUT /groups/g/users/u");
    assert_eq!(asked(Some("g/u"), json!({})).said(Goal::Vanish, Some(body)), "DELETE /groups/g/users/u");
}

#[test]
fn what_is_no_membership_is_not_asked_about() {
    let apart = asked(Some("g/u"), json!({"groupId": "g", "userId": "v"})).said(Goal::Exist, None);
    assert!(apart.contains("something else than the spec"), "{apart}");
    for params in [json!({}), json!({"groupId": "g"}), json!({"groupId": "g", "userId": "u/../v"})] {
        assert_eq!(asked(None, params.clone()).reads(), "[]");
        assert!(asked(None, params).said(Goal::Exist, None).contains("set groupId and userId"));
    }
}
