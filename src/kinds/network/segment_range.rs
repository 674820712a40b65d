//! Neutron segment ranges: <https://docs.openstack.org/api-ref/network/v2/#network-segment-ranges>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Identifiers that new networks get.
pub struct SegmentRange;

/// What can be wanted of a segment range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SegmentRangeParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether networks of every project get identifiers of the range.
    #[schemars(extend("x-os" = {"immutable": true, "default": true}))]
    pub shared: Option<bool>,
    /// Project whose networks get identifiers of the range; only where shared is false.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "needs": ["shared=false"]}))]
    pub project_id: Option<String>,
    /// Kind of the physical realisation of the networks.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["geneve", "gre", "vlan", "vxlan"]))]
    pub network_type: Option<String>,
    /// Physical network that carries them; of vlan.
    #[schemars(extend("x-os" = {"immutable": true}), length(max = 64))]
    pub physical_network: Option<String>,
    /// First identifier.
    #[schemars(extend("x-os" = {"required": true}), range(min = 1))]
    pub minimum: Option<u32>,
    /// Last identifier.
    #[schemars(extend("x-os" = {"required": true}), range(min = 1))]
    pub maximum: Option<u32>,
    /// Tags; a list replaces all tags that the range has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a segment range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SegmentRangeObservation {
    /// Id of the segment range.
    pub id: String,
    /// Whether it comes from the cloud's own configuration; such a range can't be changed.
    pub default: bool,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for SegmentRange {
    type Parameters = SegmentRangeParameters;
    type Observation = SegmentRangeObservation;
    const INFO: Info = Info {
        kind: "SegmentRange",
        plural: "segmentranges",
        short: "ossegr",
        about: "A SegmentRange has identifiers, such as VLAN ids, that new networks of OpenStack Neutron get.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#network-segment-ranges",
        columns: &[
            Column { name: "TYPE", field: "networkType" },
            Column { name: "MINIMUM", field: "minimum" },
            Column { name: "MAXIMUM", field: "maximum" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest::neutron("network_segment_ranges", "network_segment_range"));
}
