//! Neutron routers: <https://docs.openstack.org/api-ref/network/v2/#routers-routers>
//!
//! Their routes belong to resources of their own and are never sent.

mod gateways;

use super::shared::FixedIp;
use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Ready, Seen, Statuses, Step,
        awaited::Awaited,
        request::service::NETWORK,
        requests,
        rest::{
            Rest,
            change::{By, Change},
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What forwards packets between subnets, and to the outside.
pub struct Router;

/// What can be wanted of a router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the router forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Gateway to the outside; an empty object for none.
    pub external_gateway_info: Option<ExternalGatewayInfo>,
    /// Gateways beside that of externalGatewayInfo, which must have a networkId, where Neutron has the extension
    /// external-gateway-multihoming, as with OVN. A list replaces all that the router has beside it.
    #[schemars(extend("x-os" = {"set": true, "wire": "external_gateways", "needs": ["externalGatewayInfo"]}), length(max = 16))]
    pub extra_external_gateways: Option<Vec<ExtraExternalGateway>>,
    /// Whether the router runs on every compute node. A change needs adminStateUp to be set, and takes the router down
    /// for a moment. Needs administrator's rights.
    pub distributed: Option<bool>,
    /// Whether the router has standby instances. A change needs adminStateUp to be set, and takes the router down for a
    /// moment. Needs administrator's rights.
    pub ha: Option<bool>,
    /// Id of the router flavor.
    #[schemars(extend("x-os" = {"ref": "network.NetworkFlavor", "immutable": true, "default": "the cloud's default"}))]
    pub flavor_id: Option<String>,
    /// Availability zones to prefer for the router's agents.
    #[schemars(extend("x-os" = {"immutable": true, "set": true}))]
    pub availability_zone_hints: Option<Vec<String>>,
    /// Whether NDP proxies can publish inner IPv6 addresses. Needs a gateway with an IPv6 address of an address scope.
    pub enable_ndp_proxy: Option<bool>,
    /// Whether BFD watches the next hops of default routes. Needs administrator's rights.
    pub enable_default_route_bfd: Option<bool>,
    /// Whether default routes of several gateways share the traffic. Needs administrator's rights.
    pub enable_default_route_ecmp: Option<bool>,
    /// Project that owns the router. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the router has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// A router's gateway. A change of one field gives those that are left out the cloud's defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExternalGatewayInfo {
    /// Id of the external network. Needed wherever a gateway is wanted.
    #[schemars(extend("x-os" = {"ref": "network.Network"}))]
    pub network_id: Option<String>,
    /// Whether inner addresses are hidden behind the router's. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": "the cloud's choice"}))]
    pub enable_snat: Option<bool>,
    /// Addresses of the router on the external network. Needs administrator's rights.
    #[schemars(extend("x-os" = {"set": true, "default": "the cloud's choice"}), length(max = 100))]
    pub external_fixed_ips: Option<Vec<FixedIp>>,
    /// Id of the QoS policy that applies to the gateway; empty for none.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "emptyIsNull": true}))]
    pub qos_policy_id: Option<String>,
}

/// A router's gateway beside the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExtraExternalGateway {
    /// Id of the external network. It may be the same as another gateway's.
    #[schemars(extend("x-os" = {"ref": "network.Network"}))]
    pub network_id: Option<String>,
    /// Addresses of the router on the external network. Needs administrator's rights.
    #[schemars(extend("x-os" = {"set": true, "default": "the cloud's choice"}), length(max = 16))]
    pub external_fixed_ips: Option<Vec<FixedIp>>,
}

/// What only the cloud says of a router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterObservation {
    /// Id of the router.
    pub id: String,
    /// ACTIVE, DOWN, ALLOCATING or ERROR.
    pub status: String,
    /// Routes that the router has, whoever made them.
    pub routes: Vec<ObservedRoute>,
    /// Availability zones in which the router has agents.
    pub availability_zones: Vec<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

/// A route that the router has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ObservedRoute {
    /// Where to, in CIDR notation.
    pub destination: String,
    /// Through which address.
    pub nexthop: String,
}

impl Kind for Router {
    type Parameters = RouterParameters;
    type Observation = RouterObservation;
    const INFO: Info = Info {
        kind: "Router",
        plural: "routers",
        short: "osrtr",
        about: "A Router of OpenStack Neutron forwards packets between subnets, and to the outside.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#routers-routers",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "GATEWAY", field: "externalGatewayInfo.externalFixedIps[0].ipAddress" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest::neutron("routers", "router"));

    const NOT_IN_CREATE: &[&str] = &["external_gateways"];
    /// How a router is realised can only be changed while it is down: it goes down first, and up again after.
    const CHANGES: Changes<Self> = &[
        Change::new(&["distributed", "ha"], By::Update).unless(take_down),
        Change::new(&["extraExternalGateways"], By::Function(gateways::next)),
    ];

    fn awaits(params: &RouterParameters) -> Vec<Awaited> {
        let gateway = params.external_gateway_info.as_ref();
        gateway.map_or_else(Vec::new, |gateway| {
            let addresses = gateway.external_fixed_ips.as_deref();
            super::shared::subnets(gateway.network_id.as_deref(), addresses)
        })
    }

    /// The first of all gateways is the one that has fields of its own.
    fn complete_answer(_: &Key<'_, RouterParameters>, router: &mut Map<String, Value>) {
        let first = router.get("external_gateway_info").is_some_and(|gateway| !gateway.is_null());
        if let Some(Value::Array(all)) = router.get_mut("external_gateways").filter(|_| first) {
            all.drain(..all.len().min(1));
        }
    }

    fn ready(params: &RouterParameters, seen: &Seen<'_, Self>) -> Ready {
        Statuses::of("router", super::shared::usable(params.admin_state_up)).ready(&seen.state.status, "")
    }
}

fn take_down(key: &Key<'_, RouterParameters>, seen: &Seen<'_, Router>) -> Option<Step> {
    match (seen.params.admin_state_up, key.params.admin_state_up) {
        (Some(false), _) => None,
        (_, None) => Some(Step::Refuse(
            "distributed and ha change only while the router is down: set spec.forProvider.adminStateUp, so that the \
             provider may take it down for a moment (true) or for good (false)"
                .to_owned(),
        )),
        (_, Some(_)) => Some(requests::<Router>(key).set("admin_state_up", json!(false))),
    }
}

#[cfg(test)]
mod tests;
