//! Between Kubernetes and the wire: names are recased along the shape, free maps and values are left alone.

use crate::kind::shape::{Field, Node, Shape};
use serde_json::{Map, Value};

/// Fields that are values: where a secret lies is of no interest to a cloud, and what it says of one to nobody.
fn open(shape: &Shape) -> impl Iterator<Item = &Field> {
    shape.fields.iter().filter(|field| field.options.secret.is_none())
}

/// Fields of a spec as the API takes them. Names that the shape does not know (references) are left out, and secrets.
pub fn encode(shape: &Shape, fields: &Map<String, Value>) -> Map<String, Value> {
    let known = open(shape).filter_map(|field| Some((field, fields.get(&field.name)?)));
    known.map(|(field, value)| (field.wire.clone(), encode_field(field, value))).collect()
}

fn encode_field(field: &Field, value: &Value) -> Value {
    let clears = field.options.empty_is_null || field.options.r#ref.is_some();
    if clears && value == "" { Value::Null } else { encode_value(&field.node, value) }
}

fn encode_value(node: &Node, value: &Value) -> Value {
    match (node, value) {
        (Node::Object(shape), Value::Object(map)) => Value::Object(encode(shape, map)),
        (Node::List(inner), Value::Array(items)) => {
            items.iter().map(|item| encode_value(inner, item)).collect()
        }
        (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), other) => other.clone(),
    }
}

/// What the API says, as Kubernetes shows it. Unknown names and nulls are left out, and secrets.
pub fn decode(shape: &Shape, body: &Map<String, Value>) -> Map<String, Value> {
    let known = open(shape).filter_map(|field| Some((field, body.get(&field.wire)?)));
    known
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.name.clone(), decode_value(&field.node, value)))
        .collect()
}

fn decode_value(node: &Node, value: &Value) -> Value {
    match (node, value) {
        (Node::Object(shape), Value::Object(map)) => Value::Object(decode(shape, map)),
        (Node::List(inner), Value::Array(items)) => {
            items.iter().map(|item| decode_value(inner, item)).collect()
        }
        (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), other) => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shape() -> Shape {
        let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        Shape::of(&json!({"properties": {
            "adminStateUp": {"type": "boolean"},
            "gatewayIp": {"type": "string", "x-os": {"emptyIsNull": true}},
            "external": {"type": "boolean", "x-os": {"wire": "router:external"}},
            "hostRoutes": {"type": "array", "items": {"type": "object", "properties": {
                "nextHop": {"type": "string", "x-os": {"wire": "nexthop"}}}}},
            "valueSpecs": {"type": "object", "additionalProperties": {"type": "string"}},
            "values": free,
            "overrides": {"type": "array", "items": {"type": "object", "properties": {"freeValues": free}}},
        }}))
        .unwrap()
    }

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn names_are_recased_at_every_depth_but_free_keys_are_not() {
        // A null means something in Helm's values.
        let values = json!({"keepMe": {"andMe": null, "list": [{"meToo": 1}, null]}, "nothing": null});
        let fields =
            map(json!({"adminStateUp": true, "external": false, "hostRoutes": [{"nextHop": "10.0.0.1"}],
            "valueSpecs": {"keepMe": "x"}, "values": values, "overrides": [{"freeValues": values}],
            "networkIdRef": {"name": "n"}}));
        let wire = map(json!({"admin_state_up": true, "router:external": false,
            "host_routes": [{"nexthop": "10.0.0.1"}], "value_specs": {"keepMe": "x"},
            "values": values, "overrides": [{"free_values": values}]}));
        assert_eq!(encode(&shape(), &fields), wire);
        assert_eq!(decode(&shape(), &wire)["values"], values);
    }

    #[test]
    fn an_empty_string_clears_where_the_field_says_so() {
        assert_eq!(encode(&shape(), &map(json!({"gatewayIp": ""}))), map(json!({"gateway_ip": null})));
    }

    #[test]
    fn nulls_and_unknown_names_of_the_answer_are_not_shown() {
        let body = map(json!({"gateway_ip": null, "new_in_2027": 1, "admin_state_up": false}));
        assert_eq!(decode(&shape(), &body), map(json!({"adminStateUp": false})));
    }

    #[test]
    fn a_secret_is_neither_sent_as_a_parameter_nor_shown_when_the_api_tells_it() {
        let schema = json!({"properties": {"keySecretRef": {"type": "object", "x-os": {"secret": "text"}}}});
        let shape = Shape::of(&schema).unwrap();
        assert_eq!(decode(&shape, &map(json!({"key": "hunter2"}))), Map::new());
        assert_eq!(encode(&shape, &map(json!({"keySecretRef": {"name": "n", "key": "k"}}))), Map::new());
    }

    proptest! {
        #[test]
        fn what_is_sent_and_said_back_is_what_was_wanted(
            up: bool, ip in "[0-9.]{1,9}", hops in proptest::collection::vec("[a-z0-9.]{0,9}", 0..4),
            free in proptest::collection::btree_map("[a-zA-Z_]{1,8}", "[a-z]{0,5}", 0..4),
        ) {
            let hops: Vec<_> = hops.iter().map(|h| json!({"nextHop": h})).collect();
            let fields = map(json!({"adminStateUp": up, "gatewayIp": ip, "hostRoutes": hops, "valueSpecs": free}));
            prop_assert_eq!(decode(&shape(), &encode(&shape(), &fields)), fields);
        }
    }
}
