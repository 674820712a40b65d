use crate::{
    kind::{
        Found,
        request::{Answer, Read},
    },
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn a_port_that_is_given_names_it_and_one_on_a_network_may_be_another() {
    let given = about("compute.InterfaceAttachment", json!({"serverId": "s", "portId": "p"}));
    assert_eq!(given.reads(), [Read::Get { path: "/servers/s/os-interface/p".to_owned() }]);
    assert_eq!(given.creates(), r#"POST /servers/s/os-interface {"interfaceAttachment":{"port_id":"p"}}"#);
    let made = about(
        "compute.InterfaceAttachment",
        json!({"serverId": "s", "networkId": "n", "fixedIp": "10.0.0.9"}),
    );
    let body = r#"{"interfaceAttachment":{"fixed_ips":[{"ip_address":"10.0.0.9"}],"net_id":"n"}}"#;
    assert_eq!(made.creates(), format!("POST /servers/s/os-interface {body}"));
    assert!(matches!(made.reads().as_slice(), [Read::List { .. }]));
    let there = [Answer::Items(vec![json!({"net_id": "n", "port_id": "p"})])];
    assert_eq!(made.found(&there), Found::Ambiguous(vec!["s/p".to_owned()]), "a person must choose");
    assert_eq!(made.found(&[Answer::Items(vec![])]), Found::Absent);
}

#[test]
fn the_wanted_address_is_shown_among_several_however_it_is_spelt() {
    for wanted in ["10.0.0.9", "FD00:0::9"] {
        let spec = json!({"serverId": "s", "networkId": "n", "fixedIp": wanted});
        let told = json!({"interfaceAttachment": {"port_id": "p", "net_id": "n", "port_state": "ACTIVE",
            "fixed_ips": [{"ip_address": "fd00::1"}, {"ip_address": "fd00::9"}, {"ip_address": "10.0.0.9"}]}});
        let found = about("compute.InterfaceAttachment", spec).found(&[Answer::Body(told)]);
        let Found::One { external_name, body } = found else { panic!("{found:?}") };
        assert_eq!(external_name, "s/p");
        assert_eq!((&body["fixed_ip"], &body["status"]), (&json!(wanted), &json!("ACTIVE")));
    }
}
