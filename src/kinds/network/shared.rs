//! What Neutron's kinds share.

use crate::kind::{
    ConnectionDetails,
    awaited::{Awaited, Which},
    marker,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    let list = serde_json::Value::from(all.clone()).to_string();
    [("address".to_owned(), (*first).into()), ("addresses".to_owned(), list.into())].into()
}
