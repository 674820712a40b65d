use crate::{kind::Goal, kinds::tests::asked::about};
use serde_json::json;

/// A forwarding of ranges, and one that differs from it in just this.
fn update(field: &str, value: &str) -> String {
    let mut wanted = json!({"floatingIpId": "f", "internalPortId": "p", "internalIpAddress": "10.0.0.2",
        "internalPortRange": "80:89", "externalPortRange": "180:189", "protocol": "tcp", "description": "d"});
    wanted[field] = json!(value);
    let have = json!({"id": "i", "floatingIpId": "f", "internalPortId": "p", "internalIpAddress": "10.0.0.2",
        "internalPortRange": "80:89", "externalPortRange": "180:189", "protocol": "tcp", "description": "d"});
    about("network.PortForwarding", wanted).named("f/i").next(Goal::Match, have)
}

#[test]
fn where_packets_go_is_said_as_a_whole_and_not_unless_that_changes() {
    let put =
        |fields: &str| format!(r#"PUT /floatingips/f/port_forwardings/i {{"port_forwarding":{{{fields}}}}}"#);
    for (field, value, sent) in [
        (
            "internalPortRange",
            "70:79",
            r#""external_port_range":"180:189","internal_ip_address":"10.0.0.2","internal_port_range":"70:79""#,
        ),
        (
            "externalPortRange",
            "170:179",
            r#""external_port_range":"170:179","internal_ip_address":"10.0.0.2","internal_port_range":"80:89""#,
        ),
        (
            "internalIpAddress",
            "10.0.0.3",
            r#""external_port_range":"180:189","internal_ip_address":"10.0.0.3","internal_port_range":"80:89""#,
        ),
        (
            "internalPortId",
            "q",
            r#""external_port_range":"180:189","internal_ip_address":"10.0.0.2","internal_port_id":"q","internal_port_range":"80:89""#,
        ),
        ("protocol", "udp", r#""protocol":"udp""#),
    ] {
        assert_eq!(update(field, value), put(sent), "{field}");
    }
}
