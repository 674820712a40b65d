//! Tap mirrors of Neutron: <https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A port whose packets are copied to an address outside.
pub struct TapMirror;

/// What can be wanted of a tap mirror.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapMirrorParameters {
    /// Id of the port whose packets are copied.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true}))]
    pub port_id: Option<String>,
    /// Address that gets the copies.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "ip"}))]
    pub remote_ip: Option<String>,
    /// How the copies travel.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["erspanv1", "gre"]))]
    pub mirror_type: Option<String>,
    /// Which packets are copied, and by which tunnel.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub directions: Option<MirrorDirections>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the tap mirror. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// Ids of the tunnels by which copies travel, for one direction or both. No two of a cloud are the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MirrorDirections {
    /// Of packets that come to the port.
    #[schemars(extend("x-os" = {"wire": "IN"}), range(max = 4294967295u32))]
    pub r#in: Option<u32>,
    /// Of packets that leave the port.
    #[schemars(extend("x-os" = {"wire": "OUT"}), range(max = 4294967295u32))]
    pub out: Option<u32>,
}

/// What only the cloud says of a tap mirror.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapMirrorObservation {
    /// Id of the tap mirror.
    pub id: String,
}

impl Kind for TapMirror {
    type Parameters = TapMirrorParameters;
    type Observation = TapMirrorObservation;
    const INFO: Info = Info {
        kind: "TapMirror",
        plural: "tapmirrors",
        short: "ostapm",
        about: "A TapMirror of OpenStack Neutron copies the packets of a port to an address outside, by GRE or ERSPAN.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service",
        columns: &[
            Column { name: "TYPE", field: "mirrorType" },
            Column { name: "REMOTE", field: "remoteIp" },
            Column { name: "PORT", field: "portId" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "taas/tap_mirrors",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("tap_mirrors", "tap_mirror")
    });
}
