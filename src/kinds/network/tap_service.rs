//! Tap services of Neutron: <https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, Statuses, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A port that gets copies of packets.
pub struct TapService;

/// What can be wanted of a tap service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapServiceParameters {
    /// Id of the port that gets the copies. It must be of the same project.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true}))]
    pub port_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the tap service. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a tap service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TapServiceObservation {
    /// Id of the tap service.
    pub id: String,
    /// ACTIVE, DOWN, PENDING_CREATE, PENDING_DELETE or ERROR.
    pub status: String,
}

impl Kind for TapService {
    type Parameters = TapServiceParameters;
    type Observation = TapServiceObservation;
    const INFO: Info = Info {
        kind: "TapService",
        plural: "tapservices",
        short: "ostaps",
        about: "A TapService of OpenStack Neutron is a port that gets copies of the packets of other ports. TapFlows say of which.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#tap-as-a-service",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "PORT", field: "portId" }],
        ..Info::of(&NETWORK)
    };
    const STATUSES: Option<Statuses> = Some(Statuses::of("tap service", &["ACTIVE"]));
    const REST: Option<Rest> = Some(Rest {
        path: "taas/tap_services",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("tap_services", "tap_service")
    });
}
