//! Neutron QoS minimum packet rate rules: <https://docs.openstack.org/api-ref/network/v2/#qos-minimum-packet-rate-rules>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fewest packets that must be able to pass.
pub struct QosMinimumPacketRateRule;

/// What can be wanted of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosMinimumPacketRateRuleParameters {
    /// Id of the QoS policy that the rule belongs to. A policy has one for each direction, or one for any.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "required": true, "immutable": true}))]
    pub qos_policy_id: Option<String>,
    /// Fewest thousands of packets a second.
    #[schemars(extend("x-os" = {"required": true}), range(max = 2_147_483_647))]
    pub min_kpps: Option<u32>,
    /// Which packets it is about, seen from the port; any where the back end can't tell.
    #[schemars(extend("x-os" = {"default": "egress"}, "enum" = ["any", "egress", "ingress"]))]
    pub direction: Option<String>,
}

/// What only the cloud says of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosMinimumPacketRateRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for QosMinimumPacketRateRule {
    type Parameters = QosMinimumPacketRateRuleParameters;
    type Observation = QosMinimumPacketRateRuleObservation;
    const INFO: Info = Info {
        kind: "QoSMinimumPacketRateRule",
        plural: "qosminimumpacketraterules",
        short: "osqmpr",
        about: "A QoSMinimumPacketRateRule says how many packets must be able to pass under a QoS policy of OpenStack Neutron; Nova places servers accordingly.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-minimum-packet-rate-rules",
        columns: &[
            Column { name: "MIN-KPPS", field: "minKpps" },
            Column { name: "DIRECTION", field: "direction" },
        ],
        external_name: "the ids of policy and rule: <policy>/<rule>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(
        Rest {
            unique: Some(&[("direction", "egress")]),
            ..Rest::plain("minimum_packet_rate_rules", "minimum_packet_rate_rule")
        }
        .below("qos/policies", "qos_policy_id"),
    );
}
