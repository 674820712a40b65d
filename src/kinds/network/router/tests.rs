use super::*;
use crate::kind::{
    Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::Request,
};
use serde_json::Value;

/// The next request's body for a router that is to be distributed.
fn next(wanted: &Value, have: &Value) -> String {
    let kind = Erased::<Router>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "r", external_name: Some("i"), creating: false, marker: &marker };
    let params = serde_json::from_value(wanted.clone()).unwrap();
    let observed =
        Observed { at_provider: serde_json::from_value(have.clone()).unwrap(), ..Observed::default() };
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let diff = (&kind as &dyn AnyKind).diff(&params, &observed).unwrap();
    match kind.step(Goal::Match, &key, Some(&observed), &diff).unwrap() {
        Step::Send(Request { body: Some(body), .. }) => body["router"].to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_router_is_down_while_it_becomes_distributed_and_up_again_after() {
    let wanted = json!({"adminStateUp": true, "distributed": true, "name": "b"});
    for (up, distributed, name, sent) in [
        (true, false, "a", r#"{"admin_state_up":false}"#),
        (false, false, "a", r#"{"distributed":true}"#),
        (false, true, "a", r#"{"admin_state_up":true,"name":"b"}"#),
        (true, true, "b", "Done"),
    ] {
        let have = json!({"adminStateUp": up, "distributed": distributed, "name": name});
        assert_eq!(next(&wanted, &have), sent, "{have}");
    }
    let unsaid = next(&json!({"ha": true}), &json!({"adminStateUp": true, "ha": false}));
    assert!(unsaid.contains("set spec.forProvider.adminStateUp"), "{unsaid}");
    assert_eq!(next(&json!({"ha": true}), &json!({"adminStateUp": false})), r#"{"ha":true}"#);
}
