use crate::{kind::Goal, kinds::identity::tests::Asked};
use serde_json::json;

#[test]
fn a_change_says_all_of_the_mapping_and_rules_are_just_as_wanted() {
    let asked = |params| Asked { kind: "identity.FederationMapping", external_name: Some("m"), params };
    let rules = json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "sub"}]}]);
    let have = |more| json!({"id": "m", "schema_version": "1.0", "rules": [{"local": [{"user": {"name": "{0}"}}], "remote": [more]}]});
    let same = || Some(have(json!({"type": "sub"})));
    assert_eq!(asked(json!({"rules": rules})).said(Goal::Match, same()), "Done");
    assert_eq!(
        asked(json!({"schemaVersion": "2.0"})).said(Goal::Match, same()),
        format!(
            r#"PATCH /OS-FEDERATION/mappings/m {{"mapping":{{"rules":{rules},"schema_version":"2.0"}}}}"#
        )
    );
    let looser = Some(have(json!({"type": "sub", "regex": true})));
    let step = asked(json!({"rules": rules})).said(Goal::Match, looser);
    assert!(step.starts_with("PATCH") && step.contains(&rules.to_string()), "{step}");
}
