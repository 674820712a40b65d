//! Neutron port forwardings: <https://docs.openstack.org/api-ref/network/v2/#floating-ips-port-forwarding>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, Seen,
        awaited::Awaited,
        request::service::NETWORK,
        rest::{Rest, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A port of a floating IP that leads to a port of a server.
pub struct PortForwarding;

/// What can be wanted of a port forwarding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortForwardingParameters {
    /// Id of the floating IP. It must not lead to a port itself.
    #[schemars(extend("x-os" = {"ref": "network.FloatingIP", "required": true, "immutable": true, "wire": "floatingip_id"}))]
    pub floating_ip_id: Option<String>,
    /// Id of the network's port that packets go to. A router must join its subnet and the external network.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "untilReady": true}))]
    pub internal_port_id: Option<String>,
    /// Which of that port's IPv4 addresses packets go to.
    #[schemars(extend("x-os" = {"required": true, "normalise": "ip"}))]
    pub internal_ip_address: Option<String>,
    /// Port of the server that packets go to.
    #[schemars(extend("x-os" = {"excludes": ["internalPortRange"]}), range(min = 1, max = 65535))]
    pub internal_port: Option<u16>,
    /// Ports of the server that packets go to, such as 8000:8009: as many as externalPortRange has, or one.
    #[schemars(extend("x-os" = {"excludes": ["internalPort"]}))]
    pub internal_port_range: Option<String>,
    /// Port of the floating IP.
    #[schemars(extend("x-os" = {"excludes": ["externalPortRange"]}), range(min = 1, max = 65535))]
    pub external_port: Option<u16>,
    /// Ports of the floating IP, such as 80:89. Neutron changes no forwarding of a range while the floating IP has another one for the same
    /// protocol: delete one of them first.
    #[schemars(extend("x-os" = {"excludes": ["externalPort"]}))]
    pub external_port_range: Option<String>,
    /// Protocol of the packets.
    #[schemars(extend("x-os" = {"required": true}, "enum" = ["dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp"]))]
    pub protocol: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
}

/// What only the cloud says of a port forwarding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortForwardingObservation {
    /// Id of the port forwarding.
    pub id: String,
}

impl Kind for PortForwarding {
    type Parameters = PortForwardingParameters;
    type Observation = PortForwardingObservation;
    const INFO: Info = Info {
        kind: "PortForwarding",
        plural: "portforwardings",
        short: "ospfwd",
        about: "A PortForwarding leads from a port of a floating IP of OpenStack Neutron to a port of a server.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#floating-ips-port-forwarding",
        columns: &[
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "EXTERNAL", field: "externalPort" },
            Column { name: "INTERNAL", field: "internalPort" },
            Column { name: "ADDRESS", field: "internalIpAddress" },
        ],
        external_name: "the ids of floating IP and port forwarding: <floating IP>/<port forwarding>",
        requires: &[&["internalPort", "internalPortRange"], &["externalPort", "externalPortRange"]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(
        Rest { tags: false, ..Rest::neutron("port_forwardings", "port_forwarding") }
            .below("floatingips", "floatingip_id"),
    );

    fn awaits(params: &PortForwardingParameters) -> Vec<Awaited> {
        super::shared::way_out(params.internal_port_id.as_deref()).into_iter().collect()
    }

    /// Neutron compares ranges with nothing but what the update says, fails where an address comes without its range, and
    /// takes any address of another port.
    fn complete_update(
        key: &Key<'_, PortForwardingParameters>,
        _: &Seen<'_, Self>,
        body: &mut Map<String, Value>,
    ) {
        if body.keys().any(|name| name == "internal_port_id" || TOGETHER.contains(&name.as_str())) {
            let all = wire::encode(&key.any.shapes.params, key.any.params);
            body.extend(all.into_iter().filter(|(name, _)| TOGETHER.contains(&name.as_str())));
        }
    }
}

/// Where packets go from where, by the names in the API.
const TOGETHER: [&str; 5] =
    ["internal_ip_address", "internal_port", "internal_port_range", "external_port", "external_port_range"];

#[cfg(test)]
mod tests;
