use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.DomainConfiguration", external_name, params }
}

fn params() -> Value {
    json!({"domainId": "d", "identity": {"driver": "ldap"}, "ldap": {"userTreeDn": "ou=x"},
        "passwordSecretRef": {"name": "n", "key": "k"}})
}

#[test]
fn it_lies_below_its_domain_and_the_password_is_among_the_options() {
    assert_eq!(asked(None, params()).reads(), r#"[Get { path: "/domains/d/config" }]"#);
    assert_eq!(
        asked(None, params()).said(Goal::Exist, None),
        r#"PATCH /domains/d/config {"config":{"identity":{"driver":"ldap"},"ldap":{"password":"hush","user_tree_dn":"ou=x"}}}"#
    );
    assert_eq!(asked(None, json!({})).reads(), "[]");
    let told = json!({"config": {"ldap": {"user_tree_dn": "ou=x"}}});
    let body = json!({"id": "d", "domain_id": "d", "ldap": {"user_tree_dn": "ou=x"}});
    let found = Found::One { external_name: "d".to_owned(), body: body.clone() };
    assert_eq!(asked(None, params()).parse(Answer::Body(told)), found);
    assert_eq!(asked(Some("d"), params()).said(Goal::Vanish, Some(body)), "DELETE /domains/d/config");
}

#[test]
fn a_new_password_alone_goes_with_the_options_that_are_wanted_beside_it() {
    let have = json!({"id": "d", "domain_id": "d", "identity": {"driver": "ldap"}, "ldap": {"user_tree_dn": "ou=x"}});
    assert_eq!(
        asked(Some("d"), params()).changed("passwordSecretRef", have),
        r#"PATCH /domains/d/config {"config":{"ldap":{"password":"hush","user_tree_dn":"ou=x"}}}"#
    );
}
