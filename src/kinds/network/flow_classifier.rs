//! Flow classifiers of service function chaining: <https://docs.openstack.org/api-ref/network/v2/#service-function-chaining>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which packets go through a chain.
pub struct FlowClassifier;

/// What can be wanted of a flow classifier. A packet has to have all that is set. Neutron refuses one that could be about the same
/// packets as another of the project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowClassifierParameters {
    /// Version of IP.
    #[schemars(extend("x-os" = {"immutable": true, "default": "IPv4"}, "enum" = ["IPv4", "IPv6"]))]
    pub ethertype: Option<String>,
    /// Protocol.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}, "enum" = ["icmp", "tcp", "udp"]))]
    pub protocol: Option<String>,
    /// First port that packets come from. Ports are for the protocols tcp and udp.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}), range(max = 65535))]
    pub source_port_range_min: Option<u32>,
    /// Last port that packets come from.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}), range(max = 65535))]
    pub source_port_range_max: Option<u32>,
    /// First port that packets go to. Ports are for the protocols tcp and udp.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}), range(max = 65535))]
    pub destination_port_range_min: Option<u32>,
    /// Last port that packets go to.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}), range(max = 65535))]
    pub destination_port_range_max: Option<u32>,
    /// Where packets come from, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "default": "anywhere"}))]
    pub source_ip_prefix: Option<String>,
    /// Where packets go to, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "default": "anywhere"}))]
    pub destination_ip_prefix: Option<String>,
    /// Id of the port by which packets come into the network. Many clouds can't do without.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "wire": "logical_source_port", "default": "any"}))]
    pub logical_source_port_id: Option<String>,
    /// Id of the port by which packets leave the network.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "wire": "logical_destination_port", "default": "any"}))]
    pub logical_destination_port_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the flow classifier. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a flow classifier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowClassifierObservation {
    /// Id of the flow classifier.
    pub id: String,
}

impl Kind for FlowClassifier {
    type Parameters = FlowClassifierParameters;
    type Observation = FlowClassifierObservation;
    const INFO: Info = Info {
        kind: "FlowClassifier",
        plural: "flowclassifiers",
        short: "osfcls",
        about: "A FlowClassifier of OpenStack Neutron says which packets go through a PortChain.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#service-function-chaining",
        columns: &[
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "SOURCE", field: "sourceIpPrefix" },
            Column { name: "DESTINATION", field: "destinationIpPrefix" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "sfc/flow_classifiers",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("flow_classifiers", "flow_classifier")
    });
}
