//! Neutron NDP proxies: <https://docs.openstack.org/api-ref/network/v2/#router-ndp-proxy-ndp-proxies>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, awaited::Awaited, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An inner IPv6 address that a router publishes outside.
pub struct NdpProxy;

/// What can be wanted of an NDP proxy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NdpProxyParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the router. It must have enableNdpProxy, and an interface on the port's subnet; both its networks must be of one
    /// address scope.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Id of the port whose address is published.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true, "untilReady": true}))]
    pub port_id: Option<String>,
    /// Which of the port's IPv6 addresses is published.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "ip", "default": "the first that the router reaches"}))]
    pub ip_address: Option<String>,
    /// Project that owns the NDP proxy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an NDP proxy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NdpProxyObservation {
    /// Id of the NDP proxy.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for NdpProxy {
    type Parameters = NdpProxyParameters;
    type Observation = NdpProxyObservation;
    const INFO: Info = Info {
        kind: "NDPProxy",
        plural: "ndpproxies",
        short: "osndp",
        about: "An NDPProxy lets a router of OpenStack Neutron publish an inner IPv6 address outside, so that it is reached from there.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#router-ndp-proxy-ndp-proxies",
        columns: &[Column { name: "ADDRESS", field: "ipAddress" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest { tags: false, ..Rest::neutron("ndp_proxies", "ndp_proxy") });

    fn awaits(params: &NdpProxyParameters) -> Vec<Awaited> {
        super::shared::way_out(params.port_id.as_deref()).into_iter().collect()
    }
}
