use crate::{
    kind::{
        Found, Goal,
        any::AnyKind,
        request::{Answer, Read},
    },
    kinds::{KINDS, tests::asked::about},
};
use serde_json::{Value, json};

fn interface(port: &str, network: &str, address: &str) -> Value {
    json!({"port_id": port, "net_id": network, "fixed_ips": [{"ip_address": address}]})
}

/// The status' words for what is wanted and what Nova tells.
fn shown(wanted: &Value, told: &[Value]) -> Value {
    let answers = [
        Answer::Body(json!({"server": {"id": "i", "key_name": null, "status": "ACTIVE"}})),
        Answer::Body(json!({"interfaceAttachments": told})),
    ];
    let found = about("compute.Server", json!({"interfaces": wanted})).named("i").found(&answers);
    let Found::One { body, .. } = found else { panic!("{found:?}") };
    let kind: &dyn AnyKind = KINDS.iter().find(|kind| kind.id() == "compute.Server").unwrap().as_ref();
    kind.observe(&body).unwrap().at_provider["interfaces"].clone()
}

/// The request that brings a server with these interfaces to those that are wanted.
fn next(wanted: &Value, have: &Value, status: &str) -> String {
    let have = json!({"interfaces": have, "status": status, "powerState": "active"});
    about("compute.Server", json!({"interfaces": wanted})).named("i").next(Goal::Match, have)
}

#[test]
fn an_interface_is_the_items_that_names_it_most_particularly_and_else_too_much() {
    let (any, at) = (json!({"networkId": "n"}), json!({"networkId": "n", "fixedIp": "10.0.0.2"}));
    let port = json!({"portId": "p"});
    let told =
        [interface("p", "n", "10.0.0.3"), interface("q", "n", "10.0.0.2"), interface("r", "n", "10.0.0.4")];
    let all = json!([any, at, port]);
    assert_eq!(shown(&all, &told), all, "each has its own");
    assert_eq!(shown(&json!([any, any]), &told[..1]), json!([any]), "the second is missing");
    assert_eq!(shown(&json!([at]), &told[..2]), json!([at, {"portId": "p"}]), "the other is too much");
    let six = json!([{"networkId": "n", "fixedIp": "FD00::0:2"}]);
    assert_eq!(shown(&six, &[interface("p", "n", "fd00::2")]), six, "the same address");
    assert_eq!(shown(&json!([]), &told[..1]), json!([{"portId": "p"}]));
}

#[test]
fn what_is_missing_is_attached_before_what_is_too_much_is_detached() {
    let (any, at) =
        (json!({"networkId": "n"}), json!({"networkId": "n", "fixedIp": "10.0.0.2", "tag": "in"}));
    let (port, surplus) = (json!({"portId": "p"}), json!({"portId": "old"}));
    let attach = |what: &str| format!(r#"POST /servers/i/os-interface {{"interfaceAttachment":{what}}}"#);
    for (wanted, have, sent) in [
        (json!([any, port]), json!([any, surplus]), attach(r#"{"port_id":"p"}"#)),
        (json!([any, any]), json!([any]), attach(r#"{"net_id":"n"}"#)),
        (
            json!([at]),
            json!([]),
            attach(r#"{"fixed_ips":[{"ip_address":"10.0.0.2"}],"net_id":"n","tag":"in"}"#),
        ),
        (json!([any, port]), json!([any, port, surplus]), "DELETE /servers/i/os-interface/old".to_owned()),
        (json!([]), json!([surplus]), "DELETE /servers/i/os-interface/old".to_owned()),
    ] {
        assert_eq!(next(&wanted, &have, "ACTIVE"), sent);
    }
    assert_eq!(next(&json!([any]), &json!([any]), "ACTIVE"), "Done");
    let refused = next(&json!([any]), &json!([]), "SUSPENDED");
    assert!(refused.starts_with("Refuse") && refused.contains("SUSPENDED"), "{refused}");
}

#[test]
fn a_create_has_them_as_its_networks_and_a_look_asks_for_them() {
    let network = json!({"networkId": "n"});
    let creates = |list: Value| about("compute.Server", json!({"interfaces": list})).creates();
    assert!(creates(json!([network])).contains(r#""networks":[{"uuid":"n"}]"#));
    assert!(creates(json!([])).contains(r#""networks":"none""#));
    let told = [Answer::Body(json!({"server": {"id": "i", "key_name": null, "status": "ACTIVE"}}))];
    let kept = about("compute.Server", json!({"interfaces": [network]})).named("i");
    let path = "/servers/i/os-interface".to_owned();
    assert!(matches!(kept.found(&told), Found::More(reads) if reads == [Read::Get { path }]));
    let not = about("compute.Server", json!({"networks": [network]})).named("i");
    assert!(matches!(not.found(&told), Found::One { .. }), "nobody asks what nobody keeps");
}
