use super::*;
use crate::kinds::tests::asked::{Asked, about};
use std::slice;

fn wanted(router: &str, subnet: Option<&str>, port: Option<&str>) -> Asked {
    about("network.RouterInterface", json!({"routerId": router, "subnetId": subnet, "portId": port}))
}

fn port(owner: &str, subnets: &[&str]) -> Value {
    let fixed: Vec<_> = subnets.iter().map(|s| json!({"subnet_id": s, "ip_address": "::1"})).collect();
    json!({"id": "p", "device_id": "r", "device_owner": owner, "fixed_ips": fixed, "status": "ACTIVE"})
}

#[test]
fn an_interface_is_the_routers_port_on_the_subnet() {
    let inner = "network:router_interface";
    for (port, wanted, want) in [
        (port(inner, &["a"]), wanted("r", Some("a"), None), Some(("a", "r/p/a"))),
        (port(inner, &["a", "b"]), wanted("r", Some("b"), None), Some(("b", "r/p/b"))),
        (port(inner, &["a"]), wanted("r", Some("b"), None), None),
        (port(inner, &["a"]), wanted("other", Some("a"), None), None),
        (port(inner, &["a"]), wanted("r", None, Some("p")), Some(("a", "r/p"))),
        (port(inner, &["a"]), wanted("r", None, Some("q")), None),
        (port("network:router_interface_distributed", &["a"]), wanted("r", None, None), Some(("a", "r/p"))),
        (port("network:ha_router_replicated_interface", &["a"]), wanted("r", None, None), Some(("a", "r/p"))),
        (port("network:router_gateway", &["a"]), wanted("r", Some("a"), None), None),
    ] {
        let told = wanted.found(&[Answer::Items(vec![port.clone()])]);
        let told = match &told {
            Found::One { external_name, body } => {
                Some((body["subnet_id"].as_str().unwrap(), external_name.as_str()))
            }
            _ => None,
        };
        assert_eq!(told, want, "{port}");
    }
}

#[test]
fn interfaces_that_share_a_port_are_told_apart_by_their_subnets() {
    let shared = Answer::Body(json!({"port": port("network:router_interface", &["a", "b"])}));
    let gone = Answer::Body(json!({"port": port("network:router_interface", &["a"])}));
    let second = wanted("r", Some("b"), None).named("r/p/b");
    assert!(matches!(second.found(slice::from_ref(&shared)), Found::One { .. }));
    assert!(matches!(second.found(&[gone]), Found::Absent), "another one's port is not its own");
    let answer = Answer::Body(json!({"id": "r", "port_id": "p", "subnet_id": "b"}));
    let Found::One { external_name, .. } = wanted("r", Some("b"), None).found(&[answer]) else {
        panic!("it was made")
    };
    assert_eq!(external_name, "r/p/b");
    let by_name = about("network.RouterInterface", json!({})).named("r/p/b");
    let Found::One { body, .. } = by_name.found(slice::from_ref(&shared)) else { panic!("it is there") };
    assert_eq!(body["subnet_id"], "b");
    let seen = json!({"routerId": "r", "subnetId": "b", "id": "p", "routes": []});
    assert_eq!(
        by_name.next(Goal::Vanish, seen),
        r#"PUT /routers/r/remove_router_interface {"subnet_id":"b"}"#
    );
    let as_it_was = wanted("r", Some("a"), None).named("r/p");
    let Found::One { external_name, .. } = as_it_was.found(&[shared]) else { panic!("it is there") };
    assert_eq!(external_name, "r/p", "a name that is recorded stays");
}

#[test]
fn routes_through_an_interface_are_taken_off_the_router_before_it_where_that_is_wanted() {
    let inner = Answer::Body(json!({"port": port("network:router_interface", &["a", "b"])}));
    let subnet = |cidr: &str| Answer::Body(json!({"subnet": {"cidr": cidr}}));
    let route = |hop: &str| json!({"destination": "192.0.2.0/24", "nexthop": hop});
    let router = json!({"router": {"routes": [route("10.0.0.9"), route("fd00::9"), route("10.9.0.9")]}});
    let forced = |force: bool| {
        let params = json!({"routerId": "r", "subnetId": "a", "forceDelete": force});
        about("network.RouterInterface", params).named("r/p")
    };
    let asked = forced(true).found(slice::from_ref(&inner));
    let paths = ["/routers/r", "/subnets/a", "/subnets/b"].map(|path| Read::Get { path: path.to_owned() });
    assert!(matches!(asked, Found::More(reads) if reads == paths));
    assert!(matches!(forced(false).found(slice::from_ref(&inner)), Found::One { .. }), "nobody asks in vain");
    let answers = [inner, Answer::Body(router), subnet("10.0.0.0/24"), subnet("fd00::/64")];
    let Found::One { body, .. } = forced(true).found(&answers) else { panic!("it is there") };
    assert_eq!(body["routes"], json!([route("10.0.0.9"), route("fd00::9")]));
    let gone = |routes: &Value| {
        let seen = json!({"routerId": "r", "subnetId": "a", "id": "p", "routes": routes});
        forced(true).next(Goal::Vanish, seen)
    };
    let routes = format!(r#"{{"router":{{"routes":{}}}}}"#, body["routes"]);
    assert_eq!(gone(&body["routes"]), format!("PUT /routers/r/remove_extraroutes {routes}"));
    assert_eq!(gone(&json!([])), r#"PUT /routers/r/remove_router_interface {"subnet_id":"a"}"#);
}
