use super::*;
use crate::kind::{
    Found, Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::{Answer, Request},
};

/// The next request below a router: the action, and the body.
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
        Step::Send(Request { path, body: Some(body), .. }) => {
            format!("{}{}", path.trim_start_matches("/routers/i"), body["router"])
        }
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

#[test]
fn the_gateways_address_comes_from_the_first_subnet_that_has_one_left() {
    let params = json!({"externalGatewayInfo": {"networkId": "n"}, "externalSubnetIds": ["s", "t"]});
    let sent = crate::kinds::tests::asked::about("network.Router", params).creates();
    let gateway = r#""external_gateway_info":{"external_fixed_ips":[{"subnet_id":"s"}],"network_id":"n"}"#;
    assert!(sent.contains(gateway) && !sent.contains("external_subnet_ids"), "{sent}");
}

#[test]
fn gateways_come_and_go_beside_the_first_one_by_what_they_are() {
    let gateway = |network: &str, ip: &str| json!({"networkId": network, "externalFixedIps": [{"subnetId": "s", "ipAddress": ip}]});
    let sent = |network: &str, ip: &str| json!({"external_gateways": [{"network_id": network, "external_fixed_ips": [{"subnet_id": "s", "ip_address": ip}]}]});
    let have = |extra: &[Value]| json!({"externalGatewayInfo": {"networkId": "a", "enableSnat": true}, "extraExternalGateways": extra});
    let wanted =
        |extra: Value| json!({"externalGatewayInfo": {"networkId": "a"}, "extraExternalGateways": extra});
    let b = json!([{"networkId": "b"}]);
    let added = r#"/add_external_gateways{"external_gateways":[{"network_id":"b"}]}"#;
    assert_eq!(next(&wanted(b.clone()), &have(&[])), added);
    assert_eq!(next(&wanted(b.clone()), &have(&[gateway("b", "192.0.2.7")])), "Done");
    assert_eq!(
        next(&wanted(b.clone()), &have(&[gateway("c", "192.0.2.9"), gateway("b", "192.0.2.7")])),
        format!("/remove_external_gateways{}", sent("c", "192.0.2.9"))
    );
    assert_eq!(
        next(&wanted(json!([gateway("b", "192.0.2.8")])), &have(&[gateway("b", "192.0.2.7")])),
        format!("/remove_external_gateways{}", sent("b", "192.0.2.7")),
        "another address is another gateway"
    );
    let two = json!([{"networkId": "b"}, {"networkId": "b"}]);
    assert_eq!(next(&wanted(two), &have(&[gateway("b", "192.0.2.7")])), added, "two on one network");
    assert_eq!(
        next(&wanted(json!([])), &have(&[gateway("b", "192.0.2.7")])),
        format!("/remove_external_gateways{}", sent("b", "192.0.2.7"))
    );
}

#[test]
fn a_cloud_that_has_one_gateway_a_router_says_so_and_so_does_a_router_without_a_first_one() {
    let wanted =
        json!({"externalGatewayInfo": {"networkId": "a"}, "extraExternalGateways": [{"networkId": "b"}]});
    let lacks = next(&wanted, &json!({"externalGatewayInfo": {"networkId": "a"}}));
    assert!(lacks.contains("external-gateway-multihoming"), "{lacks}");
    let none = json!({"externalGatewayInfo": {}, "extraExternalGateways": [{"networkId": "b"}]});
    let no_first = next(&none, &json!({"extraExternalGateways": []}));
    assert!(no_first.contains("give externalGatewayInfo a networkId"), "{no_first}");
}

#[test]
fn the_first_of_all_gateways_is_told_by_its_own_fields() {
    let kind = Erased::<Router>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "r", external_name: Some("i"), creating: false, marker: &marker };
    let params = Map::new();
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    for (info, all, extra) in [
        (
            json!({"network_id": "a"}),
            json!([{"network_id": "a"}, {"network_id": "b"}]),
            json!([{"networkId": "b"}]),
        ),
        (json!({"network_id": "a"}), json!([{"network_id": "a"}]), json!([])),
        (Value::Null, json!([]), json!([])),
        (json!({"network_id": "a"}), Value::Null, Value::Null),
    ] {
        let router = json!({"id": "i", "external_gateway_info": info, "external_gateways": all});
        let Found::One { body, .. } = kind.parse(&key, &[Answer::Body(json!({ "router": router }))]).unwrap()
        else {
            panic!("{router}")
        };
        let told = (&kind as &dyn AnyKind).observe(&body).unwrap().at_provider;
        assert_eq!(told.get("extraExternalGateways").cloned().unwrap_or_default(), extra, "{router}");
    }
}
