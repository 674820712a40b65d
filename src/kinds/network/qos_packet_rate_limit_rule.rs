//! Neutron QoS packet rate limit rules: <https://docs.openstack.org/api-ref/network/v2/#qos-packet-rate-limit-rules>

use super::security_group_rule::Direction;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most packets that may pass.
pub struct QosPacketRateLimitRule;

/// What can be wanted of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosPacketRateLimitRuleParameters {
    /// Id of the QoS policy that the rule belongs to. A policy has one for each direction.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "required": true, "immutable": true}))]
    pub qos_policy_id: Option<String>,
    /// Most thousands of packets a second.
    #[schemars(extend("x-os" = {"required": true}), range(max = 2_147_483_647))]
    pub max_kpps: Option<u32>,
    /// Most thousands of packets of a burst; 0 for the cloud's choice.
    #[schemars(extend("x-os" = {"default": 0}), range(max = 2_147_483_647))]
    pub max_burst_kpps: Option<u32>,
    /// Which packets it is about, seen from the port.
    #[schemars(extend("x-os" = {"default": "egress"}))]
    pub direction: Option<Direction>,
}

/// What only the cloud says of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosPacketRateLimitRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for QosPacketRateLimitRule {
    type Parameters = QosPacketRateLimitRuleParameters;
    type Observation = QosPacketRateLimitRuleObservation;
    const INFO: Info = Info {
        kind: "QoSPacketRateLimitRule",
        plural: "qospacketratelimitrules",
        short: "osqplr",
        about: "A QoSPacketRateLimitRule says how many packets may pass at most under a QoS policy of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-packet-rate-limit-rules",
        columns: &[
            Column { name: "MAX-KPPS", field: "maxKpps" },
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
            ..Rest::plain("packet_rate_limit_rules", "packet_rate_limit_rule")
        }
        .below("qos/policies", "qos_policy_id"),
    );
}
