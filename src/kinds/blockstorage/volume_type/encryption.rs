//! The encryption of a volume type: <https://docs.openstack.org/api-ref/block-storage/v3/#volume-type-encryption>

use super::fields::{ControlLocation, VolumeTypeObservation, VolumeTypeParameters};
use crate::kind::{
    Found, Key, Step, TypedObserved,
    request::{Answer, Method, Read},
    rest::{requests::Requests, wire},
};
use serde_json::{Value, json};

/// The answers about the type, and behind them what was told of its encryption.
pub(super) fn split(answers: &[Answer]) -> (&[Answer], Option<&Value>) {
    match answers {
        // Alone it is the answer to a change of it, and no look.
        [answers @ .., Answer::Body(told)] if !answers.is_empty() && told.get("volume_type").is_none() => {
            (answers, Some(told))
        }
        answers => (answers, None),
    }
}

/// Cinder tells of it only where it is asked for it, and only administrators.
pub(super) fn shown(key: &Key<'_, VolumeTypeParameters>, mut found: Found, told: Option<&Value>) -> Found {
    let asked = key.params.encryption.is_some() && key.any.meta.external_name.is_some();
    match (&mut found, told) {
        (Found::One { external_name, .. }, None) if asked => {
            return Found::More(vec![Read::Get { path: format!("/types/{external_name}/encryption") }]);
        }
        (Found::One { body: Value::Object(body), .. }, Some(told)) => {
            let field = |name: &str| told.get(name).cloned().unwrap_or_default();
            let none = told.get("provider").is_none();
            let shown = if none { json!({"provider": ""}) } else { told.clone() };
            body.extend(
                [("encryption", shown), ("encryption_id", field("encryption_id"))]
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        _ => {}
    }
    found
}

/// Made, changed or taken away.
pub(super) fn encrypt(
    requests: &Requests<'_>,
    key: &Key<'_, VolumeTypeParameters>,
    seen: &TypedObserved<'_, VolumeTypeParameters, VolumeTypeObservation>,
) -> Option<Step> {
    let provider = key.params.encryption.as_ref()?.provider.as_deref();
    let mut wanted = wire::encode(&key.any.shapes.params, key.any.params);
    let mut wanted = wanted.remove("encryption").unwrap_or_default();
    let absent = seen.state.encryption_id.is_empty();
    if let Value::Object(wanted) = &mut wanted
        && absent
    {
        wanted.entry("control_location").or_insert_with(|| json!(ControlLocation::FrontEnd));
    }
    let body = json!({ "encryption": wanted });
    let one = format!("encryption/{}", seen.state.encryption_id);
    Some(match (absent, provider == Some("")) {
        (true, true) => return None,
        (true, false) => requests.below(Method::Post, "encryption", Some(body)),
        (false, true) => requests.below(Method::Delete, &one, None),
        (false, false) => requests.below(Method::Put, &one, Some(body)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kind::Goal, kinds::tests::asked::about};
    use std::slice;

    const TYPE: &str = "blockstorage.VolumeType";

    #[test]
    fn encryption_is_asked_for_where_the_spec_is_about_it_and_none_is_an_empty_provider() {
        let one = Answer::Body(json!({"volume_type": {"id": "i", "name": "n"}}));
        let told = |encryption: Value, answers: &[Answer]| {
            about(TYPE, json!({ "encryption": encryption })).named("i").found(answers)
        };
        let path = "/types/i/encryption".to_owned();
        let asked = told(json!({"provider": "luks"}), slice::from_ref(&one));
        assert!(matches!(asked, Found::More(reads) if reads == [Read::Get { path }]));
        for (said, provider, id) in [
            (json!({}), json!(""), Value::Null),
            (json!({"provider": "luks", "encryption_id": "e"}), json!("luks"), json!("e")),
        ] {
            let found = told(json!({"provider": "luks"}), &[one.clone(), Answer::Body(said)]);
            let Found::One { body, .. } = found else { panic!("{found:?}") };
            assert_eq!((&body["encryption"]["provider"], &body["encryption_id"]), (&provider, &id));
        }
        let changed = [Answer::Body(json!({"encryption": {"provider": "luks"}}))];
        assert_eq!(split(&changed).0.len(), 1, "the answer to a change of it says nothing of the type");
        let plain = about(TYPE, json!({"name": "n"})).named("i").found(slice::from_ref(&one));
        assert!(matches!(plain, Found::One { .. }));
        let made = about(TYPE, json!({"encryption": {"provider": "luks"}})).found(&[one]);
        assert!(matches!(made, Found::One { .. }), "what was just made has none");
    }

    #[test]
    fn encryption_is_made_changed_and_taken_away_by_requests_of_its_own() {
        let next = |wanted: Value, have: Value| {
            let wanted = json!({"name": "n", "encryption": wanted});
            about(TYPE, wanted).named("i").next(Goal::Match, have)
        };
        let luks = json!({"provider": "luks", "keySize": 256});
        let there =
            json!({"encryption": {"provider": "plain", "keySize": 256}, "encryptionId": "e", "name": "n"});
        let body = r#"{"encryption":{"key_size":256,"provider":"luks"}}"#;
        let made = body.replace(r#"{"key"#, r#"{"control_location":"front-end","key"#);
        assert_eq!(next(luks.clone(), json!({"name": "n"})), format!("POST /types/i/encryption {made}"));
        assert_eq!(next(luks.clone(), there.clone()), format!("PUT /types/i/encryption/e {body}"));
        assert_eq!(next(json!({"provider": ""}), there), "DELETE /types/i/encryption/e");
        let none = json!({"encryption": {"provider": ""}, "name": "n"});
        assert_eq!(next(json!({"provider": ""}), none), "Done");
        let create = about(TYPE, json!({"name": "n", "encryption": luks})).creates();
        assert!(!create.contains("encryption"), "{create}");
    }
}
