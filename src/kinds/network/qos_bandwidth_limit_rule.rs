//! Neutron QoS bandwidth limit rules: <https://docs.openstack.org/api-ref/network/v2/#qos-bandwidth-limit-rules>

use super::security_group_rule::Direction;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most that may flow.
pub struct QosBandwidthLimitRule;

/// What can be wanted of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosBandwidthLimitRuleParameters {
    /// Id of the QoS policy that the rule belongs to. A policy has one for each direction.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "required": true, "immutable": true}))]
    pub qos_policy_id: Option<String>,
    /// Most kilobits a second.
    #[schemars(extend("x-os" = {"required": true}), range(max = 2_147_483_647))]
    pub max_kbps: Option<u32>,
    /// Most kilobits of a burst; 0 for the cloud's choice, which is 80 % of maxKbps where Open vSwitch is used.
    #[schemars(extend("x-os" = {"default": 0}), range(max = 2_147_483_647))]
    pub max_burst_kbps: Option<u32>,
    /// Which packets it is about, seen from the port.
    #[schemars(extend("x-os" = {"default": "egress"}))]
    pub direction: Option<Direction>,
}

/// What only the cloud says of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosBandwidthLimitRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for QosBandwidthLimitRule {
    type Parameters = QosBandwidthLimitRuleParameters;
    type Observation = QosBandwidthLimitRuleObservation;
    const INFO: Info = Info {
        kind: "QoSBandwidthLimitRule",
        plural: "qosbandwidthlimitrules",
        short: "osqblr",
        about: "A QoSBandwidthLimitRule says how much may flow at most under a QoS policy of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-bandwidth-limit-rules",
        columns: &[
            Column { name: "MAX-KBPS", field: "maxKbps" },
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
            ..Rest::plain("bandwidth_limit_rules", "bandwidth_limit_rule")
        }
        .below("qos/policies", "qos_policy_id"),
    );
}
