//! Neutron QoS DSCP marking rules: <https://docs.openstack.org/api-ref/network/v2/#qos-dscp-marking-rules>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How packets are marked.
pub struct QosDscpMarkingRule;

/// What can be wanted of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosDscpMarkingRuleParameters {
    /// Id of the QoS policy that the rule belongs to. A policy has one.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "required": true, "immutable": true}))]
    pub qos_policy_id: Option<String>,
    /// Mark of packets that leave.
    #[schemars(extend("x-os" = {"required": true}, "enum" = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56]))]
    pub dscp_mark: Option<u8>,
}

/// What only the cloud says of the rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosDscpMarkingRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for QosDscpMarkingRule {
    type Parameters = QosDscpMarkingRuleParameters;
    type Observation = QosDscpMarkingRuleObservation;
    const INFO: Info = Info {
        kind: "QoSDSCPMarkingRule",
        plural: "qosdscpmarkingrules",
        short: "osqdmr",
        about: "A QoSDSCPMarkingRule marks the packets that leave under a QoS policy of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-dscp-marking-rules",
        columns: &[Column { name: "MARK", field: "dscpMark" }],
        external_name: "the ids of policy and rule: <policy>/<rule>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(
        Rest { unique: Some(&[]), ..Rest::plain("dscp_marking_rules", "dscp_marking_rule") }
            .below("qos/policies", "qos_policy_id"),
    );
}
