//! Changes that a server only gets if its spec says so, or that nobody may read.

use super::*;

/// The step that brings an active server from what it has to what is wanted.
fn next(wanted: Value, have: Value) -> Step {
    let kind = Erased::<Server>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "s", external_name: Some("i"), creating: false, marker: &marker };
    let mut have: Map<String, Value> = serde_json::from_value(have).unwrap();
    have.entry("status").or_insert_with(|| json!("ACTIVE"));
    have.entry("powerState").or_insert_with(|| json!("active"));
    let observed = Observed { at_provider: have, ..Observed::default() };
    let params = serde_json::from_value(wanted).unwrap();
    let shapes = AnyKind::shapes(&kind).unwrap();
    let mut diff = crate::kind::diff::diff(&shapes.params, &params, &observed.at_provider);
    let secret = "adminPassSecretRef";
    diff.fields.extend(params.contains_key(secret).then(|| secret.to_owned()));
    let secrets = [("adminPass".to_owned(), "new".into())].into();
    let key = AnyKey { secrets: &secrets, ..AnyKey::new(&params, meta, shapes) };
    AnyKind::step(&kind, Goal::Match, &key, Some(&observed), &diff).unwrap()
}

#[test]
fn another_image_is_refused_unless_the_spec_lets_it_clear_the_root_disk() {
    let image = |change: Value| json!({"imageId": "b", "imageChange": change});
    let have = json!({"imageId": "a"});
    for change in [json!(null), json!("refuse")] {
        let Step::Refuse(why) = next(image(change), have.clone()) else { panic!("it was rebuilt") };
        assert!(why.contains("imageChange"), "{why}");
    }
    let Step::Send(request) = next(image(json!("rebuild")), have) else { panic!("it was not rebuilt") };
    assert_eq!(request.body.unwrap(), json!({"rebuild": {"imageRef": "b"}}));
    assert_eq!(
        request.secrets.keys().collect::<Vec<_>>(),
        ["/rebuild/adminPass"],
        "or Nova makes up another"
    );
    let paused =
        next(image(json!("rebuild")), json!({"imageId": "a", "status": "PAUSED", "powerState": "paused"}));
    assert!(matches!(paused, Step::Refuse(_)), "{paused:?}");
}

#[test]
fn another_password_is_a_secret_of_an_action() {
    let wanted = json!({"adminPassSecretRef": {"name": "s", "key": "k"}});
    let Step::Send(request) = next(wanted.clone(), json!({})) else { panic!("nothing is sent") };
    assert_eq!(request.body.unwrap(), json!({"changePassword": {}}));
    assert_eq!(request.secrets.keys().collect::<Vec<_>>(), ["/changePassword/adminPass"]);
    assert!(request.mute, "else its empty answer would prove nothing");
    let stopped = next(wanted, json!({"status": "SHUTOFF", "powerState": "shutoff"}));
    assert!(matches!(stopped, Step::Refuse(_)), "{stopped:?}");
}

#[test]
fn what_is_refused_neither_keeps_a_server_stopped_nor_unlocks_it() {
    let password = json!({"name": "s", "key": "k"});
    let stopped = json!({"status": "SHUTOFF", "powerState": "shutoff"});
    let paused = json!({"status": "PAUSED", "powerState": "paused", "imageId": "a", "flavorId": "a"});
    let rebuild = json!({"imageId": "b", "imageChange": "rebuild", "powerState": "active"});
    let locked = |locked: bool| json!({"locked": locked, "imageId": "a"});
    let failed = json!({"status": "ERROR", "powerState": null, "locked": true});
    for (wanted, have, sent) in [
        (json!({"adminPassSecretRef": password, "powerState": "active"}), stopped.clone(), "os-start"),
        (rebuild, paused.clone(), "unpause"),
        (json!({"flavorId": "b", "powerState": "active"}), paused, "unpause"),
        (json!({"imageId": "b", "powerState": "shutoff"}), locked(false), "os-stop"),
        (json!({"imageId": "b", "locked": true}), locked(false), "lock"),
        (json!({"imageId": "b", "locked": true}), locked(true), "refused"),
        (json!({"adminPassSecretRef": password, "locked": true}), stopped, "lock"),
        (json!({"imageId": "b", "imageChange": "rebuild", "locked": true}), locked(true), "unlock"),
        (json!({"flavorId": "b", "locked": true}), locked(true), "unlock"),
        (json!({"powerState": "active", "locked": true}), failed.clone(), "refused"),
        (json!({"powerState": "active", "locked": false}), failed, "unlock"),
    ] {
        let said = match next(wanted.clone(), have.clone()) {
            Step::Send(request) => request.body.unwrap().as_object().unwrap().keys().next().unwrap().clone(),
            Step::Refuse(_) => "refused".to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(said, sent, "{wanted} {have}");
    }
}
