//! Neutron QoS policies: <https://docs.openstack.org/api-ref/network/v2/#qos-policies-qos>
//!
//! Their rules belong to resources of their own and are never sent.

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rules of quality that networks, ports and addresses share.
pub struct QosPolicy;

/// What can be wanted of a QoS policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosPolicyParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether every project can use the policy.
    #[schemars(extend("x-os" = {"default": false}))]
    pub shared: Option<bool>,
    /// Whether the policy applies to the project's networks that name none. A project can have one such policy.
    #[schemars(extend("x-os" = {"default": false}))]
    pub is_default: Option<bool>,
    /// Project that owns the policy.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the policy has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a QoS policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct QosPolicyObservation {
    /// Id of the policy.
    pub id: String,
    /// Rules that the policy has, whoever made them.
    pub rules: Vec<ObservedQosRule>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

/// A rule that the policy has; what does not belong to its type is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ObservedQosRule {
    /// Id of the rule.
    pub id: String,
    /// Type: bandwidth_limit, dscp_marking, minimum_bandwidth, packet_rate_limit or minimum_packet_rate.
    pub r#type: String,
    /// Which packets it is about, seen from the port: ingress, egress or any.
    pub direction: String,
    /// Most kilobits a second.
    pub max_kbps: u32,
    /// Most kilobits of a burst.
    pub max_burst_kbps: u32,
    /// Fewest kilobits a second.
    pub min_kbps: u32,
    /// Mark of the packets.
    pub dscp_mark: u8,
    /// Most thousands of packets a second.
    pub max_kpps: u32,
    /// Most thousands of packets of a burst.
    pub max_burst_kpps: u32,
    /// Fewest thousands of packets a second.
    pub min_kpps: u32,
}

impl Kind for QosPolicy {
    type Parameters = QosPolicyParameters;
    type Observation = QosPolicyObservation;
    const INFO: Info = Info {
        kind: "QoSPolicy",
        plural: "qospolicies",
        short: "osqos",
        about: "A QoSPolicy of OpenStack Neutron has rules of quality for networks, ports, floating IPs and routers' gateways.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#qos-policies-qos",
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "SHARED", field: "shared" },
            Column { name: "DEFAULT", field: "isDefault" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "qos/policies",
        tags_below: Some("policies"),
        ..Rest::neutron("policies", "policy")
    });
}
