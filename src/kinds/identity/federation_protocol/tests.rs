use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.FederationProtocol", external_name, params }
}

#[test]
fn the_list_below_its_identity_provider_tells_all_of_it() {
    let protocol = asked(None, json!({"identityProviderId": "idp", "mappingId": "m"}));
    let reads = protocol.reads();
    assert!(
        reads.contains("/OS-FEDERATION/identity_providers/idp/protocols\"")
            && reads.contains("Equals(\"id\", \"n\")"),
        "{reads}"
    );
    let listed = json!({"id": "n", "mapping_id": "m", "remote_id_attribute": "HTTP_X"});
    let body = json!({"id": "n", "identity_provider_id": "idp", "protocol_id": "n", "mapping_id": "m", "remote_id_attribute": "HTTP_X"});
    let found = Found::One { external_name: "idp/n".to_owned(), body };
    assert_eq!(protocol.parse(Answer::Items(vec![listed])), found);
    assert_eq!(protocol.parse(Answer::Items(vec![])), Found::Absent);
    let made = Answer::Body(json!({"protocol": {"id": "n", "mapping_id": "m"}}));
    assert_eq!(protocol.parse(made), Found::Named("idp/n".to_owned()), "that says too little");
}

#[test]
fn what_the_address_says_is_in_no_body() {
    let params = json!({"identityProviderId": "idp", "protocolId": "openid", "mappingId": "m"});
    let path = "/OS-FEDERATION/identity_providers/idp/protocols/openid";
    let body = r#"{"protocol":{"mapping_id":"m"}}"#;
    assert_eq!(asked(None, params.clone()).said(Goal::Exist, None), format!("PUT {path} {body}"));
    let have = || {
        Some(
            json!({"id": "openid", "identity_provider_id": "idp", "protocol_id": "openid", "mapping_id": "other"}),
        )
    };
    let named = || asked(Some("idp/openid"), params.clone());
    assert_eq!(named().said(Goal::Match, have()), format!("PATCH {path} {body}"));
    assert_eq!(named().said(Goal::Vanish, have()), format!("DELETE {path}"));
}
