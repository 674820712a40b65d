//! Neutron segments: <https://docs.openstack.org/api-ref/network/v2/#segments>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a network that is realised in one way.
pub struct Segment;

/// What can be wanted of a segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SegmentParameters {
    /// Id of the network that the segment belongs to.
    #[schemars(extend("x-os" = {"ref": "network.Network", "required": true, "immutable": true}))]
    pub network_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Kind of the physical realisation, such as vlan, vxlan, geneve, gre, flat or local.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(max = 32))]
    pub network_type: Option<String>,
    /// Physical network that carries it; of vlan and flat.
    #[schemars(extend("x-os" = {"immutable": true}), length(max = 64))]
    pub physical_network: Option<String>,
    /// VLAN id, VXLAN network identifier or tunnel key.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the cloud's choice"}))]
    pub segmentation_id: Option<u32>,
}

/// What only the cloud says of a segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SegmentObservation {
    /// Id of the segment.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for Segment {
    type Parameters = SegmentParameters;
    type Observation = SegmentObservation;
    const INFO: Info = Info {
        kind: "Segment",
        plural: "segments",
        short: "osseg",
        about: "A Segment is a part of a network of OpenStack Neutron that is realised in one way, such as one VLAN of a routed provider network.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#segments",
        columns: &[
            Column { name: "TYPE", field: "networkType" },
            Column { name: "PHYSICAL", field: "physicalNetwork" },
            Column { name: "SEGMENT", field: "segmentationId" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest { tags: false, ..Rest::neutron("segments", "segment") });
}
