use super::*;
use crate::kinds::tests::asked::about;
use std::slice;

fn wanted(subnet: Option<&str>, port: Option<&str>) -> RouterInterfaceParameters {
    let text = |value: Option<&str>| value.map(str::to_owned);
    RouterInterfaceParameters {
        router_id: text(Some("r")),
        subnet_id: text(subnet),
        port_id: text(port),
        force_delete: None,
    }
}

fn port(owner: &str, subnets: &[&str]) -> Value {
    let fixed: Vec<_> = subnets.iter().map(|s| json!({"subnet_id": s, "ip_address": "::1"})).collect();
    json!({"id": "p", "device_id": "r", "device_owner": owner, "fixed_ips": fixed, "status": "ACTIVE"})
}

#[test]
fn an_interface_is_the_routers_port_on_the_subnet() {
    let inner = "network:router_interface";
    for (port, router, wanted, want) in [
        (port(inner, &["a"]), "r", wanted(Some("a"), None), Some("a")),
        (port(inner, &["a", "b"]), "r", wanted(Some("b"), None), Some("b")),
        (port(inner, &["a"]), "r", wanted(Some("b"), None), None),
        (port(inner, &["a"]), "other", wanted(Some("a"), None), None),
        (port(inner, &["a"]), "r", wanted(None, Some("p")), Some("a")),
        (port(inner, &["a"]), "r", wanted(None, Some("q")), None),
        (port("network:router_interface_distributed", &["a"]), "r", wanted(None, None), Some("a")),
        (port("network:ha_router_replicated_interface", &["a"]), "r", wanted(None, None), Some("a")),
        (port("network:router_gateway", &["a"]), "r", wanted(Some("a"), None), None),
    ] {
        let subnet = match found(&port, router, &wanted) {
            Some(Found::One { external_name, body }) => {
                assert_eq!(external_name, "r/p");
                body["subnet_id"].as_str().map(str::to_owned)
            }
            _ => None,
        };
        assert_eq!(subnet.as_deref(), want, "{port} {wanted:?}");
    }
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
