use super::*;
use crate::{
    kind::{
        Meta,
        any::{AnyKey, Observed},
        marker::Marker,
    },
    kinds::KINDS,
};
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// Method and body of the next request for the project `p`.
fn step(goal: Goal, wanted: Value, have: Value) -> Result<(String, Value), String> {
    let kind = KINDS.iter().find(|kind| kind.id() == "identity.Project").unwrap();
    let marker = Marker { uid: "u".into(), owner: "o".into() };
    let meta =
        Meta { namespace: "ns", name: "n", external_name: Some("p"), marker: &marker, creating: false };
    let params = map(wanted);
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let observed = Observed { at_provider: map(have), ..Observed::default() };
    let diff = kind.diff(&params, &observed).unwrap();
    match kind.step(goal, &key, Some(&observed), &diff).unwrap() {
        Step::Send(request) => {
            Ok((format!("{} {}", request.method, request.path), request.body.unwrap_or_default()))
        }
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn an_immutable_project_is_unlocked_before_anything_else_changes() {
    let wanted = json!({"name": "b", "options": {"immutable": false}});
    let sent =
        step(Goal::Match, wanted.clone(), json!({"name": "a", "options": {"immutable": true}})).unwrap();
    assert_eq!(sent, ("PATCH /projects/p".to_owned(), json!({"project": {"options": {"immutable": false}}})));
    let (_, body) = step(Goal::Match, wanted, json!({"name": "a", "options": {"immutable": false}})).unwrap();
    assert_eq!(body, json!({"project": {"name": "b"}}));
    let wanted = json!({"name": "b", "options": {"immutable": true}});
    let (_, body) = step(Goal::Match, wanted.clone(), json!({"name": "a", "options": {}})).unwrap();
    assert_eq!(body, json!({ "project": wanted }), "locking and changing is one request");
}

#[test]
fn before_a_project_is_deleted_it_is_unlocked_and_disabled_where_it_acts_as_a_domain() {
    let unlock = json!({"project": {"options": {"immutable": false}}});
    let disable = json!({"project": {"enabled": false}});
    for (have, method, body) in [
        (json!({"isDomain": true, "enabled": true, "options": {"immutable": true}}), "PATCH", unlock),
        (json!({"isDomain": true, "enabled": true}), "PATCH", disable),
        (json!({"isDomain": true, "enabled": false}), "DELETE", json!(null)),
        (json!({"isDomain": false, "enabled": true}), "DELETE", json!(null)),
    ] {
        let wanted = json!({"options": {"immutable": false}});
        let sent = step(Goal::Vanish, wanted, have.clone()).unwrap();
        assert_eq!(sent, (format!("{method} /projects/p"), body), "{have}");
    }
    let locked = json!({"enabled": true, "options": {"immutable": true}});
    assert!(step(Goal::Vanish, json!({}), locked).unwrap_err().contains("immutable to false"));
}
