//! Kinds of the networking service, Neutron.

pub mod floating_ip;
#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod network;
pub mod port;
pub mod port_parts;
pub mod router;
pub mod router_interface;
pub mod security_group;
pub mod security_group_rule;
pub mod subnet;

use crate::kind::ConnectionDetails;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Neutron's limit for a description, 255, less the marker behind it.
const DESCRIPTION: usize = 255 - 1 - 70;

/// An address on a subnet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FixedIp {
    /// Id of the subnet; the one that the address belongs to unless set.
    #[schemars(extend("x-os" = {"ref": "network.Subnet"}))]
    pub subnet_id: Option<String>,
    /// The address; any of the subnet's unless set.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub ip_address: Option<String>,
}

/// Connection details of what has addresses: the first one, and all as a JSON list.
fn addresses<'a>(all: impl Iterator<Item = &'a str>) -> ConnectionDetails {
    let all: Vec<_> = all.collect();
    let Some(first) = all.first() else { return ConnectionDetails::new() };
    let list = serde_json::Value::from(all.clone()).to_string();
    [("address".to_owned(), (*first).into()), ("addresses".to_owned(), list.into())].into()
}
