//! Ports in BGP VPNs of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-mpls-vpn-interconnection>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Seen,
        request::service::NETWORK,
        rest::{Rest, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A port in a BGP VPN.
pub struct BgpvpnPortAssociation;

/// What can be wanted of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnPortAssociationParameters {
    /// Id of the BGP VPN. Its project must be the port's.
    #[schemars(extend("x-os" = {"ref": "bgpvpn.BGPVPN", "required": true, "immutable": true}))]
    pub bgpvpn_id: Option<String>,
    /// Id of the port.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true}))]
    pub port_id: Option<String>,
    /// Whether the VPN is told of the port's own addresses.
    #[schemars(extend("x-os" = {"default": true}))]
    pub advertise_fixed_ips: Option<bool>,
    /// What the VPN is told to be behind the port; a list replaces all that there is.
    #[schemars(extend("x-os" = {"set": true}), length(max = 100))]
    pub routes: Option<Vec<PortRoute>>,
    /// Project that owns the association. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What is behind a port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortRoute {
    /// A range of addresses, such as 10.1.0.0/16.
    #[schemars(extend("x-os" = {"normalise": "cidr", "excludes": ["bgpvpnId"], "orElse": ["bgpvpnId"]}), length(max = 64))]
    pub prefix: Option<String>,
    /// Id of another VPN of the same project and type, whose routes are passed on.
    #[schemars(extend("x-os" = {"ref": "bgpvpn.BGPVPN"}))]
    pub bgpvpn_id: Option<String>,
    /// How much it is preferred (BGP LOCAL_PREF).
    #[schemars(extend("x-os" = {"default": "the VPN's"}), range(max = 4294967295u32))]
    pub local_pref: Option<u32>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpvpnPortAssociationObservation {
    /// Id of the association.
    pub id: String,
}

impl Kind for BgpvpnPortAssociation {
    type Parameters = BgpvpnPortAssociationParameters;
    type Observation = BgpvpnPortAssociationObservation;
    const INFO: Info = Info {
        group: "bgpvpn",
        kind: "BGPVPNPortAssociation",
        plural: "bgpvpnportassociations",
        short: "osbvprt",
        about: "A BGPVPNPortAssociation connects a port of OpenStack Neutron, and what is behind it, with a BGP VPN. Only in clouds that control routes.",
        docs: super::shared::DOCS,
        columns: &[Column { name: "VPN", field: "bgpvpnId" }, Column { name: "PORT", field: "portId" }],
        external_name: "the ids of VPN and association: <BGP VPN>/<association>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    /// A VPN has a port once.
    const REST: Option<Rest> = Some(
        Rest { unique: Some(&[("port_id", "")]), ..Rest::plain("port_associations", "port_association") }
            .below("bgpvpn/bgpvpns", "bgpvpn_id"),
    );

    fn complete(_: &Self::Parameters, association: &mut Map<String, Value>) {
        typed(association);
    }

    /// An update that says no routes takes all away.
    fn complete_update(
        key: &Key<'_, Self::Parameters>,
        seen: &Seen<'_, Self>,
        association: &mut Map<String, Value>,
    ) {
        let shape = &key.any.shapes.params;
        let told = wire::encode(shape, &seen.any.at_provider).remove("routes");
        association.entry("routes").or_insert_with(|| told.unwrap_or_else(|| json!([])));
        typed(association);
    }
}

/// Says of each route what it is.
fn typed(association: &mut Map<String, Value>) {
    let routes = association.get_mut("routes").and_then(Value::as_array_mut);
    for route in routes.into_iter().flatten().filter_map(Value::as_object_mut) {
        let of = if route.contains_key("bgpvpn_id") { "bgpvpn" } else { "prefix" };
        route.insert("type".to_owned(), json!(of));
    }
}

#[cfg(test)]
mod tests;
