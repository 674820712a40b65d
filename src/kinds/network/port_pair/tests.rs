use crate::kinds::tests::asked::about;
use serde_json::json;

#[test]
fn all_parameters_of_a_service_function_are_sent_or_none() {
    let sent = |pair| about("network.PortPair", pair).creates();
    for (given, whole) in [
        (json!({"weight": 2}), r#""service_function_parameters":{"correlation":null,"weight":2}"#),
        (json!({"correlation": "nsh"}), r#""service_function_parameters":{"correlation":"nsh","weight":1}"#),
    ] {
        let request = sent(json!({ "serviceFunctionParameters": given }));
        assert!(request.starts_with("POST /sfc/port_pairs ") && request.contains(whole), "{request}");
    }
    assert!(!sent(json!({})).contains("service_function_parameters"));
}
