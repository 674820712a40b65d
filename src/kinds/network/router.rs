//! Neutron routers: <https://docs.openstack.org/api-ref/network/v2/#routers-routers>
//!
//! Their routes belong to resources of their own and are never sent.

mod fields;
mod gateways;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, Goal, Info, Key, Kind, KindError, Ready, Seen, Statuses, Step,
        awaited::Awaited,
        diff::Diff,
        plain_step,
        request::service::NETWORK,
        requests,
        rest::{
            Rest,
            change::{By, Change},
        },
    },
};
use serde_json::{Map, Value, json};

/// What forwards packets between subnets, and to the outside.
pub struct Router;

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

    const NOT_IN_CREATE: &[&str] = &["external_gateways", "external_subnet_ids"];
    /// How a router is realised can only be changed while it is down: it goes down first, and up again after.
    const CHANGES: Changes<Self> = &[
        Change::new(&["distributed", "ha"], By::Update).unless(take_down),
        Change::new(&["extraExternalGateways"], By::Function(gateways::next)),
    ];

    fn awaits(params: &RouterParameters) -> Vec<Awaited> {
        let gateway = params.external_gateway_info.as_ref();
        gateway.map_or_else(Vec::new, |gateway| {
            let addresses = gateway.external_fixed_ips.as_deref();
            let network = gateway.network_id.as_deref().filter(|_| params.external_subnet_ids.is_none());
            super::shared::subnets(network, addresses)
        })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, RouterParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let subnets =
            key.params.external_subnet_ids.as_deref().filter(|_| goal == Goal::Exist && seen.is_none());
        let step = plain_step::<Self>(goal, key, seen, diff);
        Ok(match subnets {
            Some(subnets) => {
                super::shared::from_one_of(subnets, step, "/router/external_gateway_info", |subnet| {
                    ("external_fixed_ips", json!([{"subnet_id": subnet}]))
                })
            }
            None => step,
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
        Statuses::of("router", Statuses::usable(params.admin_state_up)).ready(&seen.state.status, "")
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
