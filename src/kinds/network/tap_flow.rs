//! Tap flows of Neutron: <https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, Statuses, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A port whose packets are copied.
pub struct TapFlow;

/// What can be wanted of a tap flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapFlowParameters {
    /// Id of the tap service that gets the copies.
    #[schemars(extend("x-os" = {"ref": "network.TapService", "required": true, "immutable": true}))]
    pub tap_service_id: Option<String>,
    /// Id of the port whose packets are copied.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true, "wire": "source_port"}))]
    pub source_port_id: Option<String>,
    /// Which packets are copied, seen from the port: those that come (IN), that leave (OUT), or all.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["BOTH", "IN", "OUT"]))]
    pub direction: Option<String>,
    /// Tags of the VLANs whose packets are copied, such as 1-5,9.
    #[schemars(extend("x-os" = {"immutable": true, "default": "all"}), regex(pattern = r"^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$"), length(max = 1024))]
    pub vlan_filter: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the tap flow. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a tap flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapFlowObservation {
    /// Id of the tap flow.
    pub id: String,
    /// ACTIVE, DOWN, PENDING_CREATE, PENDING_DELETE or ERROR.
    pub status: String,
}

impl Kind for TapFlow {
    type Parameters = TapFlowParameters;
    type Observation = TapFlowObservation;
    const INFO: Info = Info {
        kind: "TapFlow",
        plural: "tapflows",
        short: "ostapf",
        about: "A TapFlow of OpenStack Neutron copies the packets of a port to a tap service.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "DIRECTION", field: "direction" },
            Column { name: "PORT", field: "sourcePortId" },
        ],
        ..Info::of(&NETWORK)
    };
    const STATUSES: Option<Statuses> = Some(Statuses::of("tap flow", &["ACTIVE"]));
    const REST: Option<Rest> = Some(Rest {
        path: "taas/tap_flows",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("tap_flows", "tap_flow")
    });
}
