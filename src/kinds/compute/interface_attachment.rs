//! Interfaces of Nova servers: <https://docs.openstack.org/api-ref/compute/#port-interfaces-servers-os-interface>
//!
//! No object of their own: a port that the server owns. External-name is `<serverId>/<portId>`.

use crate::{
    api::crd::Column,
    kind::{
        Found, Info, Key, Kind, KindError, MarkerPlace, Options, Statuses, normalise, plain_parse,
        request::{Answer, service::COMPUTE},
        rest::{Rest, Update, listing::Listing},
        rival::Rival,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A port's place in a server.
pub struct InterfaceAttachment;

/// What can be wanted of an interface. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct InterfaceAttachmentParameters {
    /// Id of the server.
    #[schemars(extend("x-os" = {"ref": "compute.Server", "untilReady": true, "required": true, "immutable": true}))]
    pub server_id: Option<String>,
    /// Id of the port to attach. It stays when the interface goes. Where the server's securityGroups are set, they replace
    /// those of the port.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "excludes": ["networkId", "fixedIp"]}))]
    pub port_id: Option<String>,
    /// Id of the network to make a port on. The port is deleted with the interface. Where the answer to the creation is
    /// lost and the server has interfaces on that network, a person is asked which of them is the new one.
    #[schemars(extend("x-os" = {"ref": "network.Network", "immutable": true, "wire": "net_id", "excludes": ["portId"]}))]
    pub network_id: Option<String>,
    /// Address of the port to make.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "ip", "needs": ["networkId"], "default": "the network's choice"}))]
    pub fixed_ip: Option<String>,
    /// Tag by which the server can tell the interface.
    #[schemars(extend("x-os" = {"immutable": true, "since": "2.70"}), length(min = 1, max = 60))]
    pub tag: Option<String>,
}

/// What only the cloud says of an interface.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct InterfaceAttachmentObservation {
    /// Id of the port.
    pub id: String,
    /// Status of the port: ACTIVE, DOWN, BUILD or ERROR. That of a server that does not run is DOWN.
    pub status: String,
    /// Addresses of the port.
    pub fixed_ips: Vec<InterfaceAddress>,
    /// MAC address of the port.
    #[schemars(extend("x-os" = {"wire": "mac_addr"}))]
    pub mac_address: String,
}

/// An address of an interface.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct InterfaceAddress {
    /// Id of the subnet.
    pub subnet_id: String,
    /// The address.
    pub ip_address: String,
}

impl Kind for InterfaceAttachment {
    type Parameters = InterfaceAttachmentParameters;
    type Observation = InterfaceAttachmentObservation;
    const INFO: Info = Info {
        kind: "InterfaceAttachment",
        plural: "interfaceattachments",
        short: "osifatt",
        about: "An InterfaceAttachment gives a port of OpenStack Neutron to a server of Nova that exists already.",
        docs: "https://docs.openstack.org/api-ref/compute/#port-interfaces-servers-os-interface",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ADDRESS", field: "fixedIps[0].ipAddress" },
        ],
        external_name: "the ids of server and port: <server>/<port>",
        marker: MarkerPlace::NaturalKey,
        requires: &[&["portId", "networkId"]],
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> = Some(
        Rest {
            path: "os-interface",
            update: Update::None,
            unique: Some(&[("net_id", "")]),
            ..Rest::plain("interfaceAttachments", "interfaceAttachment")
        }
        .below("servers", "server_id"),
    );
    const LISTING: Listing = Listing::None;
    const OPTIONS: Options = Options { imports: false, ..Options::USUAL };
    const STATUSES: Option<Statuses> = Some(Statuses::of("interface", &["ACTIVE", "DOWN"]));

    fn rivals(params: &Self::Parameters) -> Vec<Rival> {
        let server = |id| Rival::named("compute.Server", id, "leave its interfaces out").saying("interfaces");
        params.server_id.as_deref().map(server).into_iter().collect()
    }

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        Some(format!("{}/{}", key.params.server_id.as_deref()?, key.params.port_id.as_deref()?))
    }

    /// One that is found on the network of a create without an answer may be older: a person must choose.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Items(items)) = answers.last() else { return plain_parse::<Self>(key, answers) };
        let server = key.params.server_id.as_deref().unwrap_or_default();
        let ports = items.iter().filter_map(|item| item.get("port_id")?.as_str());
        let names: Vec<_> = ports.map(|port| format!("{server}/{port}")).collect();
        Ok(if names.is_empty() { Found::Absent } else { Found::Ambiguous(names) })
    }

    fn complete_answer(key: &Key<'_, Self::Parameters>, interface: &mut Map<String, Value>) {
        let port = interface.get("port_id").cloned().unwrap_or_default();
        let status = interface.get("port_state").cloned().unwrap_or_default();
        let addresses = interface.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
        let addresses: Vec<_> = addresses.filter_map(|one| one.get("ip_address")?.as_str()).collect();
        let wanted = key.params.fixed_ip.as_deref();
        let same = |wanted: &&str| addresses.iter().any(|have| normalise::ip(have) == normalise::ip(wanted));
        let shown = wanted.filter(same).or(addresses.first().copied());
        let shown = json!(shown);
        let told = [("id", port), ("status", status), ("fixed_ip", shown)];
        interface.extend(told.map(|(name, value)| (name.to_owned(), value)));
    }

    fn complete(_: &Self::Parameters, interface: &mut Map<String, Value>) {
        if let Some(address) = interface.remove("fixed_ip") {
            interface.insert("fixed_ips".to_owned(), json!([{ "ip_address": address }]));
        }
    }
}

#[cfg(test)]
mod tests;
