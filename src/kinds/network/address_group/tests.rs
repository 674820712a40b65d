use super::*;
use crate::kind::{
    Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
};
use serde_json::Value;

/// The next request for a group that is to have these addresses.
fn next(wanted: &Value, have: &Value) -> String {
    let kind = Erased::<AddressGroup>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "g", external_name: Some("i"), creating: false, marker: &marker };
    let fields = |addresses: &Value| serde_json::from_value(json!({ "addresses": addresses })).unwrap();
    let (params, observed) = (fields(wanted), Observed { at_provider: fields(have), ..Observed::default() });
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let diff = (&kind as &dyn AnyKind).diff(&params, &observed).unwrap();
    match kind.step(Goal::Match, &key, Some(&observed), &diff).unwrap() {
        Step::Send(request) => format!("{} {}", request.path, request.body.unwrap()),
        other => format!("{other:?}"),
    }
}

#[test]
fn addresses_come_before_others_go_and_spellings_of_one_are_the_same() {
    let have = json!(["10.0.0.0/8", "2001:db8::/32"]);
    for (wanted, sent) in [
        (
            json!(["10.0.0.0/8", "192.0.2.7/32"]),
            r#"/address-groups/i/add_addresses {"addresses":["192.0.2.7/32"]}"#,
        ),
        (json!(["10.9.0.0/8"]), r#"/address-groups/i/remove_addresses {"addresses":["2001:db8::/32"]}"#),
        (json!(["2001:DB8:0::/32", "10.0.0.0/8"]), "Done"),
    ] {
        assert_eq!(next(&wanted, &have), sent, "{wanted}");
    }
}
