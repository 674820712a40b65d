//! Port pairs of service function chaining: <https://docs.openstack.org/api-ref/network/v2/#service-function-chaining>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The way into a service function and out of it.
pub struct PortPair;

/// What can be wanted of a port pair.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortPairParameters {
    /// Id of the port by which packets come to the service function. A device has to use the port already, such as a server.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true, "wire": "ingress"}))]
    pub ingress_port_id: Option<String>,
    /// Id of the port by which packets leave the service function: another one of the same device, or the same port.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true, "wire": "egress"}))]
    pub egress_port_id: Option<String>,
    /// What the service function is like.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub service_function_parameters: Option<ServiceFunctionParameters>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the port pair. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What a service function is like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceFunctionParameters {
    /// Header by which the service function tells packets of one chain from those of another. Without one the cloud takes the
    /// header away before the service function, and puts it back behind.
    #[schemars(extend("x-os" = {"immutable": true, "default": "none"}, "enum" = ["mpls", "nsh"]))]
    pub correlation: Option<String>,
    /// How much of its group's load it gets, compared with the other port pairs.
    #[schemars(extend("x-os" = {"immutable": true, "default": 1}))]
    pub weight: Option<u32>,
}

/// What only the cloud says of a port pair.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortPairObservation {
    /// Id of the port pair.
    pub id: String,
}

impl Kind for PortPair {
    type Parameters = PortPairParameters;
    type Observation = PortPairObservation;
    const INFO: Info = Info {
        kind: "PortPair",
        plural: "portpairs",
        short: "osppr",
        about: "A PortPair of OpenStack Neutron is the way into a service function, such as a firewall on a server, and out of it.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#service-function-chaining",
        columns: &[
            Column { name: "INGRESS", field: "ingressPortId" },
            Column { name: "EGRESS", field: "egressPortId" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "sfc/port_pairs",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("port_pairs", "port_pair")
    });

    /// Neutron keeps the parameters as they are sent, and fails to put a port pair without all of them into a group.
    fn complete(_: &PortPairParameters, pair: &mut Map<String, Value>) {
        if let Some(Value::Object(parameters)) = pair.get_mut("service_function_parameters") {
            parameters.entry("correlation").or_insert(Value::Null);
            parameters.entry("weight").or_insert(json!(1));
        }
    }
}

#[cfg(test)]
mod tests;
