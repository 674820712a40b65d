//! Neutron QoS minimum bandwidth rules: <https://docs.openstack.org/api-ref/network/v2/#qos-minimum-bandwidth-rules>

use super::security_group_rule::Direction;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The least that must be able to flow.
pub struct QosMinimumBandwidthRule;

/// What can be wanted of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosMinimumBandwidthRuleParameters {
    /// Id of the QoS policy that the rule belongs to. A policy has one for each direction.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "required": true, "immutable": true}))]
    pub qos_policy_id: Option<String>,
    /// Fewest kilobits a second.
    #[schemars(extend("x-os" = {"required": true}), range(max = 2_147_483_647))]
    pub min_kbps: Option<u32>,
    /// Which packets it is about, seen from the port.
    #[schemars(extend("x-os" = {"default": "egress"}))]
    pub direction: Option<Direction>,
}

/// What only the cloud says of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosMinimumBandwidthRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for QosMinimumBandwidthRule {
    type Parameters = QosMinimumBandwidthRuleParameters;
    type Observation = QosMinimumBandwidthRuleObservation;
    const INFO: Info = Info {
        kind: "QoSMinimumBandwidthRule",
        plural: "qosminimumbandwidthrules",
        short: "osqmbr",
        about: "A QoSMinimumBandwidthRule says how much must be able to flow under a QoS policy of OpenStack Neutron; Nova places servers accordingly.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-minimum-bandwidth-rules",
        columns: &[
            Column { name: "MIN-KBPS", field: "minKbps" },
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
            ..Rest::plain("minimum_bandwidth_rules", "minimum_bandwidth_rule")
        }
        .below("qos/policies", "qos_policy_id"),
    );
}
