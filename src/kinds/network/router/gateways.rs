//! Gateways of a router beside the first. Neutron adds and removes them by actions, which leave the others alone.

use super::fields::{RouterObservation, RouterParameters};
use crate::kind::{Key, Step, TypedObserved, diff, request::Method, rest::requests::Requests, rest::wire};
use serde_json::{Map, Value, json};

const FIELD: &str = "extraExternalGateways";

/// What must not be there goes first: it may have an address that another is to have.
pub(super) fn next(
    requests: &Requests<'_>,
    key: &Key<'_, RouterParameters>,
    seen: &TypedObserved<'_, RouterParameters, RouterObservation>,
) -> Option<Step> {
    let refuse = |why: &str| Some(Step::Refuse(why.to_owned()));
    if seen.params.extra_external_gateways.is_none() {
        return refuse(
            "extraExternalGateways: this cloud's Neutron lacks the extension external-gateway-multihoming",
        );
    }
    if seen.params.external_gateway_info.is_none() {
        return refuse(
            "extraExternalGateways: the router has no first gateway; give externalGatewayInfo a networkId",
        );
    }
    let shape = &key.any.shapes.params;
    let items = |fields: &Map<String, Value>| {
        fields.get(FIELD).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (missing, surplus) =
        diff::apart(shape.field(FIELD)?, &items(key.any.params), &items(&seen.any.at_provider));
    let send = |action: &str, gateways: Vec<Value>| {
        let fields = wire::encode(shape, &[(FIELD.to_owned(), Value::Array(gateways))].into_iter().collect());
        requests.below(Method::Put, action, Some(json!({ "router": fields })))
    };
    match (surplus.is_empty(), missing.is_empty()) {
        (false, _) => Some(send("remove_external_gateways", surplus)),
        (true, false) => Some(send("add_external_gateways", missing)),
        (true, true) => None,
    }
}
