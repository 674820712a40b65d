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

use crate::kind::{ConnectionDetails, Ready, marker};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Room for people in a description.
const DESCRIPTION: usize = marker::room_beside(255);

/// An address on a subnet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FixedIp {
    /// Id of the subnet.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "default": "the one that the address belongs to"}))]
    pub subnet_id: Option<String>,
    /// The address.
    #[schemars(extend("x-os" = {"normalise": "ip", "default": "any of the subnet's"}))]
    pub ip_address: Option<String>,
}

/// Connection details of what has addresses: the first one, and all as a JSON list.
fn addresses<'a>(all: impl Iterator<Item = &'a str>) -> ConnectionDetails {
    let all: Vec<_> = all.collect();
    let Some(first) = all.first() else { return ConnectionDetails::new() };
    let list = serde_json::Value::from(all.clone()).to_string();
    [("address".to_owned(), (*first).into()), ("addresses".to_owned(), list.into())].into()
}

/// By Neutron's status; in which ones it can be used depends on what it is.
fn ready(what: &str, status: &str, usable: &[&str]) -> Ready {
    match status {
        _ if usable.contains(&status) => Ready::Yes,
        "ERROR" => Ready::Failed(format!("{what} status is ERROR")),
        other => Ready::Not(format!("{what} status is {other}")),
    }
}

/// What is meant to be down can be used when it is.
fn usable(admin_state_up: Option<bool>) -> &'static [&'static str] {
    if admin_state_up == Some(false) { &["ACTIVE", "DOWN"] } else { &["ACTIVE"] }
}
