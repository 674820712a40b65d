//! Neutron local IPs: <https://docs.openstack.org/api-ref/network/v2/#local-ips-local-ips>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, awaited::Awaited, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An address that means another port on every compute node.
pub struct LocalIp;

/// What can be wanted of a local IP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalIpParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the network that the address comes from.
    #[schemars(extend("x-os" = {"ref": "network.Network", "immutable": true, "default": "that of localPortId"}))]
    pub network_id: Option<String>,
    /// Id of the port whose address it is.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "untilReady": true, "default": "one that Neutron makes"}))]
    pub local_port_id: Option<String>,
    /// The address. Needed where the port has several.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "ip", "default": "the cloud's choice"}))]
    pub local_ip_address: Option<String>,
    /// Whether packets are given the address of the port behind it (translate), or keep the local one (passthrough).
    #[schemars(extend("x-os" = {"immutable": true, "default": "translate"}, "enum" = ["passthrough", "translate"]))]
    pub ip_mode: Option<String>,
    /// Project that owns the local IP. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a local IP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalIpObservation {
    /// Id of the local IP.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for LocalIp {
    type Parameters = LocalIpParameters;
    type Observation = LocalIpObservation;
    const INFO: Info = Info {
        kind: "LocalIP",
        plural: "localips",
        short: "oslip",
        about: "A LocalIP is an address of OpenStack Neutron that means another port on every compute node.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#local-ips-local-ips",
        columns: &[
            Column { name: "ADDRESS", field: "localIpAddress" },
            Column { name: "MODE", field: "ipMode" },
        ],
        requires: &[&["networkId", "localPortId"]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest { tags: false, ..Rest::neutron("local_ips", "local_ip") });

    fn awaits(params: &LocalIpParameters) -> Vec<Awaited> {
        let network = params.network_id.as_deref().filter(|_| params.local_port_id.is_none());
        super::shared::subnets(network, None)
    }
}
