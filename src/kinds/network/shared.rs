//! What Neutron's kinds share.

use crate::kind::{
    ConnectionDetails, Step,
    awaited::{Awaited, Which},
    marker,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Room for people in a description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);

/// An address on a subnet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FixedIp {
    /// Id of the subnet.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "default": "the one that the address belongs to", "orElse": ["ipAddress"]}))]
    pub subnet_id: Option<String>,
    /// The address.
    #[schemars(extend("x-os" = {"normalise": "ip", "default": "any of the subnet's"}))]
    pub ip_address: Option<String>,
}

/// A network without the subnets that are to come gives no address, or not the one that is wanted, and that stays so.
pub(super) fn subnets(network: Option<&str>, wanted: Option<&[FixedIp]>) -> Vec<Awaited> {
    let anywhere = wanted.is_none_or(|all| all.iter().any(|ip| ip.subnet_id.is_none()));
    let network = network.filter(|network| anywhere && !network.is_empty());
    network.into_iter().map(|network| Awaited::having("network.Subnet", "networkId", network)).collect()
}

/// A create with an address of the first of these subnets that has one left: the object at a JSON pointer says which
/// one.
pub(super) fn from_one_of(
    subnets: &[String],
    create: Step,
    at: &str,
    says: fn(&str) -> (&'static str, Value),
) -> Step {
    let Step::Send(mut request) = create else { return create };
    let mut bodies = subnets.iter().map(|subnet| {
        let mut body = request.body.clone().unwrap_or_default();
        if let Some(Value::Object(object)) = body.pointer_mut(at) {
            let (field, value) = says(subnet);
            object.insert(field.to_owned(), value);
        }
        body
    });
    (request.body, request.instead) = (bodies.next(), bodies.collect());
    Step::Send(request)
}

/// The way from a port to the outside: an interface of a router on its subnet.
pub(super) fn way_out(port: Option<&str>) -> Option<Awaited> {
    let port = port.filter(|port| !port.is_empty())?.to_owned();
    let which = Which::Told { field: "subnetId", by: "network.Port", id: port, at: ("fixedIps", "subnetId") };
    Some(Awaited { kind: "network.RouterInterface", which, instead: "" })
}

/// Connection details of what has addresses: the first one, and all as a JSON list.
pub(super) fn addresses<'a>(all: impl Iterator<Item = &'a str>) -> ConnectionDetails {
    let all: Vec<_> = all.collect();
    let Some(first) = all.first() else { return ConnectionDetails::new() };
    let list = Value::from(all.clone()).to_string();
    [("address".to_owned(), (*first).into()), ("addresses".to_owned(), list.into())].into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::request::{Method, Request, service::NETWORK};
    use serde_json::json;

    #[test]
    fn an_address_comes_from_the_first_subnet_that_has_one_left_and_else_from_the_next_ones() {
        let body = json!({"router": {"a": 1, "gateway": {"b": 2}}});
        let step = Step::Send(Request::new(&NETWORK, Method::Post, "/routers", Some(body)));
        let subnets = ["s", "t", "u"].map(str::to_owned);
        let says: fn(&str) -> (&'static str, Value) = |subnet| ("subnet_id", json!(subnet));
        let Step::Send(request) = from_one_of(&subnets, step, "/router/gateway", says) else {
            panic!("nothing is sent")
        };
        let from = |subnet: &str| json!({"router": {"a": 1, "gateway": {"b": 2, "subnet_id": subnet}}});
        assert_eq!((request.body.unwrap(), request.instead), (from("s"), vec![from("t"), from("u")]));
        let refused = Step::Refuse("no".to_owned());
        assert!(matches!(from_one_of(&subnets, refused, "/router", says), Step::Refuse(_)));
    }
}
