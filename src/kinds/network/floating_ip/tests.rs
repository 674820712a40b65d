use super::*;

#[test]
fn a_port_and_its_address_are_sent_together_with_every_update() {
    let params = |port: &str, address: Option<&str>| FloatingIpParameters {
        port_id: Some(port.to_owned()),
        fixed_ip_address: address.map(str::to_owned),
        ..Default::default()
    };
    for (body, wanted, sent) in [
        (
            json!({"fixed_ip_address": "10.0.0.2"}),
            params("p", Some("10.0.0.2")),
            json!({"port_id": "p", "fixed_ip_address": "10.0.0.2"}),
        ),
        (
            json!({"port_id": "q"}),
            params("q", Some("10.0.0.2")),
            json!({"port_id": "q", "fixed_ip_address": "10.0.0.2"}),
        ),
        (json!({"port_id": "q"}), params("q", None), json!({"port_id": "q"})),
        (json!({"port_id": null}), params("", None), json!({"port_id": null})),
        (
            json!({"description": "d"}),
            FloatingIpParameters::default(),
            json!({"description": "d", "port_id": "p", "fixed_ip_address": "10.0.0.1"}),
        ),
    ] {
        let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
        associate(&mut body, &wanted, &params("p", Some("10.0.0.1")));
        assert_eq!(Value::Object(body), sent);
    }
}

#[test]
fn an_address_comes_from_the_first_subnet_that_has_one_left() {
    let create = |params: Value| crate::kinds::tests::asked::about("network.FloatingIP", params).creates();
    let one = create(json!({"floatingNetworkId": "n", "subnetIds": ["s", "t"]}));
    assert!(one.contains(r#""subnet_id":"s""#) && !one.contains("subnet_ids"), "{one}");
}
