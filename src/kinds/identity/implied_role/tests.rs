use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.ImpliedRole", external_name, params }
}

#[test]
fn it_is_there_where_keystone_tells_of_it() {
    let implication = asked(None, json!({"priorRoleId": "p", "impliedRoleId": "i"}));
    assert_eq!(implication.said(Goal::Exist, None), "PUT /roles/p/implies/i");
    let told = json!({"role_inference": {"prior_role": {"id": "p"}, "implies": {"id": "i"}}});
    let body = json!({"id": "p/i", "prior_role_id": "p", "implied_role_id": "i"});
    let there = Found::One { external_name: "p/i".to_owned(), body };
    assert_eq!(implication.parse(Answer::Body(told)), there);
    assert_eq!(implication.parse(Answer::Gone), Found::Absent);
    assert_eq!(asked(Some("p/i"), json!({})).reads(), r#"[Get { path: "/roles/p/implies/i" }]"#);
}
