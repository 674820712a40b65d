use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

/// SHA-256 of `ab`.
const ID: &str = "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603";

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.EC2Credential", external_name, params }
}

#[test]
fn its_access_key_is_the_uid_and_its_id_in_keystone_a_digest_of_that() {
    let credential = asked(None, json!({}));
    let reads = credential.reads();
    assert!(
        reads.contains("path: \"/credentials\"") && reads.contains(&format!("Equals(\"id\", \"{ID}\")")),
        "{reads}"
    );
    let blob = r#"{\"access\":\"ab\",\"secret\":\"hush\"}"#;
    assert_eq!(
        credential.said(Goal::Exist, None),
        format!(
            r#"POST /credentials {{"credential":{{"blob":"{blob}","project_id":"mine","type":"ec2","user_id":"me"}}}}"#
        )
    );
    let chosen =
        asked(None, json!({"access": "mine", "userId": "u", "projectId": "p"})).said(Goal::Exist, None);
    assert!(chosen.contains(r#"{\"access\":\"mine\","#) && chosen.contains(r#""user_id":"u""#), "{chosen}");
}

#[test]
fn the_secret_key_is_in_nothing_that_is_shown() {
    let blob = json!({"access": "ab", "secret": "hush", "trust_id": "t"}).to_string();
    let told =
        json!({"credential": {"id": ID, "type": "ec2", "user_id": "me", "project_id": "p", "blob": blob}});
    let Found::One { external_name, body } = asked(Some("ab"), json!({})).parse(Answer::Body(told)) else {
        panic!()
    };
    assert_eq!(external_name, "ab");
    let shown = json!({"id": "ab", "access": "ab", "credential_id": ID, "type": "ec2", "user_id": "me", "project_id": "p", "trust_id": "t"});
    assert_eq!(body, shown);
}

#[test]
fn it_is_changed_and_deleted_by_its_id_in_keystone_and_keeps_what_it_was_made_with() {
    let have =
        || Some(json!({"id": "ab", "access": "ab", "trust_id": "t", "user_id": "me", "project_id": "p"}));
    let credential = asked(Some("ab"), json!({"secretSecretRef": {"name": "n", "key": "k"}}));
    assert_eq!(credential.said(Goal::Vanish, have()), format!("DELETE /credentials/{ID}"));
    let changed = credential.changed("secretSecretRef", have().unwrap());
    let blob = r#"{\"access\":\"ab\",\"secret\":\"hush\",\"trust_id\":\"t\"}"#;
    assert_eq!(changed, format!(r#"PATCH /credentials/{ID} {{"credential":{{"blob":"{blob}"}}}}"#));
}
