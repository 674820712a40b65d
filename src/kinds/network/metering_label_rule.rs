//! Neutron metering label rules: <https://docs.openstack.org/api-ref/network/v2/#metering-labels-and-rules-metering-labels-metering-label-rules>

use super::security_group_rule::Direction;
use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace, Rights,
        request::service::NETWORK,
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Traffic that a label counts.
pub struct MeteringLabelRule;

/// What can be wanted of a rule: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MeteringLabelRuleParameters {
    /// Id of the label.
    #[schemars(extend("x-os" = {"ref": "network.MeteringLabel", "required": true, "immutable": true}))]
    pub metering_label_id: Option<String>,
    /// Which packets it is about, seen from the server.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub direction: Option<Direction>,
    /// Addresses that packets come from, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "default": "any", "excludes": ["remoteIpPrefix"]}))]
    pub source_ip_prefix: Option<String>,
    /// Addresses that packets go to, in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "default": "any", "excludes": ["remoteIpPrefix"]}))]
    pub destination_ip_prefix: Option<String>,
    /// The older, deprecated way: addresses of the servers' own side in CIDR notation, the source for egress and the destination
    /// for ingress. Those of one direction of a label must not overlap.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "excludes": ["sourceIpPrefix", "destinationIpPrefix"]}))]
    pub remote_ip_prefix: Option<String>,
    /// Whether the traffic is not counted rather than counted.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub excluded: Option<bool>,
}

/// What only the cloud says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MeteringLabelRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for MeteringLabelRule {
    type Parameters = MeteringLabelRuleParameters;
    type Observation = MeteringLabelRuleObservation;
    const INFO: Info = Info {
        kind: "MeteringLabelRule",
        plural: "meteringlabelrules",
        short: "osmlblr",
        about: "A MeteringLabelRule says which traffic a metering label of OpenStack Neutron counts.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#metering-labels-and-rules-metering-labels-metering-label-rules",
        columns: &[
            Column { name: "DIRECTION", field: "direction" },
            Column { name: "SOURCE", field: "sourceIpPrefix" },
            Column { name: "DESTINATION", field: "destinationIpPrefix" },
            Column { name: "EXCLUDED", field: "excluded" },
        ],
        rights: Rights::System,
        // Neutron takes two that are alike, and no word that tells them apart.
        marker: MarkerPlace::None,
        requires: &[&["sourceIpPrefix", "destinationIpPrefix", "remoteIpPrefix"]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "metering/metering-label-rules",
        update: Update::None,
        ..Rest::plain("metering_label_rules", "metering_label_rule")
    });
}
