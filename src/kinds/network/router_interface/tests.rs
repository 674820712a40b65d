use super::*;

fn wanted(subnet: Option<&str>, port: Option<&str>) -> RouterInterfaceParameters {
    let text = |value: Option<&str>| value.map(str::to_owned);
    RouterInterfaceParameters { router_id: text(Some("r")), subnet_id: text(subnet), port_id: text(port) }
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
