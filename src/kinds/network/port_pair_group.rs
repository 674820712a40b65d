//! Port pair groups of service function chaining: <https://docs.openstack.org/api-ref/network/v2/#service-function-chaining>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Service functions that do the same.
pub struct PortPairGroup;

/// What can be wanted of a port pair group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortPairGroupParameters {
    /// Ids of the port pairs that share the load; a list replaces all that the group has. A port pair is in one group at most,
    /// and all of a group have the same correlation.
    #[schemars(extend("x-os" = {"ref": "network.PortPair", "set": true, "wire": "port_pairs"}), length(max = 1000))]
    pub port_pair_ids: Option<Vec<String>>,
    /// How packets are shared out, and what the service functions make of them.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub port_pair_group_parameters: Option<GroupParameters>,
    /// Whether the service function only gets copies, such as an intrusion detection. Such a group has one port pair, and no two
    /// of them follow each other in a chain.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub tap_enabled: Option<bool>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// How packets are shared out, and what the service functions make of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupParameters {
    /// Fields of a packet that say which port pair gets it: those alike in all of them go the same way. Any of eth_src, eth_dst,
    /// ip_src, ip_dst, tcp_src, tcp_dst, udp_src and udp_dst.
    #[schemars(extend("x-os" = {"set": true, "immutable": true, "default": "the cloud's choice"}), inner(regex(pattern = r"^(eth|ip|tcp|udp)_(src|dst)$")), length(max = 8))]
    pub lb_fields: Option<Vec<String>>,
    /// What packets look like behind the service functions, where these change them, as a NAT does: else the cloud does not
    /// find them again.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub ppg_n_tuple_mapping: Option<TupleMapping>,
}

/// What packets look like before service functions that change them, and behind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TupleMapping {
    /// What packets have when they come.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub ingress_n_tuple: Option<Tuple>,
    /// What packets have when they leave.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub egress_n_tuple: Option<Tuple>,
}

/// What packets have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Tuple {
    /// Where they come from, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr"}))]
    pub source_ip_prefix: Option<String>,
    /// Where they go to, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr"}))]
    pub destination_ip_prefix: Option<String>,
    /// First port that they come from.
    #[schemars(extend("x-os" = {"immutable": true}), range(max = 65535))]
    pub source_port_range_min: Option<u32>,
    /// Last port that they come from.
    #[schemars(extend("x-os" = {"immutable": true}), range(max = 65535))]
    pub source_port_range_max: Option<u32>,
    /// First port that they go to.
    #[schemars(extend("x-os" = {"immutable": true}), range(max = 65535))]
    pub destination_port_range_min: Option<u32>,
    /// Last port that they go to.
    #[schemars(extend("x-os" = {"immutable": true}), range(max = 65535))]
    pub destination_port_range_max: Option<u32>,
}

/// What only the cloud says of a port pair group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortPairGroupObservation {
    /// Id of the group.
    pub id: String,
    /// Number of the group in switches.
    pub group_id: u32,
}

impl Kind for PortPairGroup {
    type Parameters = PortPairGroupParameters;
    type Observation = PortPairGroupObservation;
    const INFO: Info = Info {
        kind: "PortPairGroup",
        plural: "portpairgroups",
        short: "osppg",
        about: "A PortPairGroup of OpenStack Neutron is one station of a chain: port pairs of service functions that do the same and share the load.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#service-function-chaining",
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "NUMBER", field: "groupId" },
            Column { name: "TAP", field: "tapEnabled" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "sfc/port_pair_groups",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("port_pair_groups", "port_pair_group")
    });
}
