//! Neutron conntrack helpers: <https://docs.openstack.org/api-ref/network/v2/#routers-conntrack-helper-ct-target>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A helper of a router for a protocol whose connections bring others.
pub struct ConntrackHelper;

/// What can be wanted of a conntrack helper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ConntrackHelperParameters {
    /// Id of the router. It has no two helpers that say the same.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Protocol of the packets.
    #[schemars(extend("x-os" = {"required": true}, "enum" = ["dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp"]))]
    pub protocol: Option<String>,
    /// Port that the packets go to.
    #[schemars(extend("x-os" = {"required": true}), range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Name of the helper, such as ftp, tftp or h323. The cloud says which ones there are, and for which protocols.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 64))]
    pub helper: Option<String>,
}

/// What only the cloud says of a conntrack helper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ConntrackHelperObservation {
    /// Id of the conntrack helper.
    pub id: String,
}

impl Kind for ConntrackHelper {
    type Parameters = ConntrackHelperParameters;
    type Observation = ConntrackHelperObservation;
    const INFO: Info = Info {
        kind: "ConntrackHelper",
        plural: "conntrackhelpers",
        short: "oscth",
        about: "A ConntrackHelper lets a router of OpenStack Neutron follow a protocol whose connections bring others, such as TFTP.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#routers-conntrack-helper-ct-target",
        columns: &[
            Column { name: "HELPER", field: "helper" },
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "PORT", field: "port" },
        ],
        external_name: "the ids of router and conntrack helper: <router>/<conntrack helper>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(
        Rest {
            unique: Some(&[("protocol", ""), ("port", ""), ("helper", "")]),
            ..Rest::plain("conntrack_helpers", "conntrack_helper")
        }
        .below("routers", "router_id"),
    );
}
