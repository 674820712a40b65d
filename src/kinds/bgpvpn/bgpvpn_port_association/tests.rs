use crate::{kind::Goal, kinds::tests::asked::about};
use serde_json::{Value, json};

fn route(what: Value) -> Value {
    json!({"bgpvpnId": "v", "portId": "p", "routes": [what]})
}

#[test]
fn a_route_says_what_it_is_by_what_it_has() {
    let made = |what| about("bgpvpn.BGPVPNPortAssociation", route(what)).creates();
    let body = |route: &str| {
        format!(
            r#"POST /bgpvpn/bgpvpns/v/port_associations {{"port_association":{{"port_id":"p","routes":[{route}]}}}}"#
        )
    };
    let prefix = r#"{"local_pref":7,"prefix":"10.1.0.0/16","type":"prefix"}"#;
    assert_eq!(made(json!({"prefix": "10.1.0.0/16", "localPref": 7})), body(prefix));
    assert_eq!(made(json!({"bgpvpnId": "w"})), body(r#"{"bgpvpn_id":"w","type":"bgpvpn"}"#));
}

#[test]
fn an_update_of_anything_else_says_the_routes_that_are_there() {
    let wanted = json!({"bgpvpnId": "v", "portId": "p", "advertiseFixedIps": false});
    let association = about("bgpvpn.BGPVPNPortAssociation", wanted).named("v/a");
    let has = json!({"bgpvpnId": "v", "portId": "p", "advertiseFixedIps": true, "routes": [{"prefix": "10.1.0.0/16"}]});
    let routes = r#""routes":[{"prefix":"10.1.0.0/16","type":"prefix"}]"#;
    assert_eq!(
        association.next(Goal::Match, has),
        format!(
            r#"PUT /bgpvpn/bgpvpns/v/port_associations/a {{"port_association":{{"advertise_fixed_ips":false,{routes}}}}}"#
        )
    );
}
