use crate::{kind::Goal, kinds::identity::tests::Asked};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.Trust", external_name, params }
}

#[test]
fn who_trusts_and_where_follow_from_the_credentials() {
    let params = json!({"trusteeUserId": "t", "impersonation": false, "roles": [{"name": "member"}]});
    assert_eq!(
        asked(None, params).said(Goal::Exist, None),
        r#"POST /OS-TRUST/trusts {"trust":{"description":"[kupenstack:a-b:o]","impersonation":false,"project_id":"mine","roles":[{"name":"member"}],"trustee_user_id":"t","trustor_user_id":"me"}}"#
    );
    let rightless = asked(None, json!({"trusteeUserId": "t", "trustorUserId": "u"})).said(Goal::Exist, None);
    assert!(
        rightless.contains(r#""trustor_user_id":"u""#) && !rightless.contains("project_id"),
        "{rightless}"
    );
    assert!(asked(None, json!({})).reads().contains(r#"("trustor_user_id", "me")"#));
}

#[test]
fn what_is_used_up_is_not_made_again() {
    let params = || json!({"trusteeUserId": "t", "remainingUses": 1});
    assert!(asked(None, params()).said(Goal::Exist, None).starts_with("POST"));
    let step = asked(Some("gone"), params()).said(Goal::Exist, None);
    assert!(step.contains("Refuse") && step.contains("used up"), "{step}");
    assert!(asked(Some("gone"), json!({"trusteeUserId": "t"})).said(Goal::Exist, None).starts_with("POST"));
}

#[test]
fn uses_that_are_left_are_no_difference() {
    let have = json!({"id": "x", "remaining_uses": 2});
    assert_eq!(asked(Some("x"), json!({"remainingUses": 5})).said(Goal::Match, Some(have)), "Done");
}
