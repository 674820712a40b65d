//! Neutron router interfaces: <https://docs.openstack.org/api-ref/network/v2/#add-interface-to-router>
//!
//! No object of their own: a port that the router owns. Neutron puts several IPv6 subnets of one network on one port, so
//! that two interfaces may share it: the external-name of one that is wanted by its subnet ends with that subnet.

mod fields;
mod forced;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Seen, Statuses, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Read, Request, service::NETWORK},
        rest::{Rest, listing::Listing},
    },
};
use serde_json::{Value, json};

/// Where a router is attached to a subnet.
pub struct RouterInterface;

impl Kind for RouterInterface {
    type Parameters = RouterInterfaceParameters;
    type Observation = RouterInterfaceObservation;
    const INFO: Info = Info {
        kind: "RouterInterface",
        plural: "routerinterfaces",
        short: "osri",
        about: "A RouterInterface attaches a router of OpenStack Neutron to a subnet.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#add-interface-to-router",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ADDRESS", field: "ipAddresses[0]" },
        ],
        external_name: "the ids of router, port and subnet: <router>/<port>/<subnet>; with portId without the last",
        marker: MarkerPlace::NaturalKey,
        requires: &[&["subnetId", "portId"]],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const LISTING: Listing = Listing::Of(&Rest::neutron("ports", "port"));

    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        vec![match key.any.meta.external_name.map(names) {
            Some((_, port, _)) => Read::Get { path: format!("/ports/{port}") },
            None => Read::List {
                path: "/ports".to_owned(),
                query: vec![],
                items: "ports",
                keep: Keep::Equals("device_id", key.params.router_id.clone().unwrap_or_default()),
            },
        }]
    }

    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let router = key.any.meta.external_name.map(|name| names(name).0).or(key.params.router_id.as_deref());
        let one = |port: &Value| found(port, router.unwrap_or_default(), key);
        let (looked, behind) = answers.split_at(answers.len().min(1));
        let found = match looked.last() {
            None | Some(Answer::Gone) => Found::Absent,
            Some(Answer::Items(ports)) => ports.iter().find_map(one).unwrap_or(Found::Absent),
            Some(Answer::Body(body) | Answer::Compared { body, .. }) => match body.get("port") {
                Some(port) => one(port).unwrap_or(Found::Absent),
                None => added(body, key)?,
            },
        };
        Ok(forced::with_routes(key, found, behind))
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let RouterInterfaceParameters { router_id, subnet_id, port_id, .. } = key.params;
        let send = |router: &str, action: &str, body| {
            Step::Send(Request::new(&NETWORK, Method::Put, format!("/routers/{router}/{action}"), Some(body)))
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => {
                let router = router_id.as_deref().ok_or(KindError::Missing("routerId"))?;
                let wanted = [("subnet_id", subnet_id), ("port_id", port_id)];
                let body = wanted.into_iter().filter_map(|(name, id)| Some((name, id.as_deref()?))).collect();
                send(router, "add_router_interface", body)
            }
            // By its subnet where it is wanted by its subnet: others may be on the port.
            (Goal::Vanish, Some(seen)) => {
                let router = seen.params.router_id.as_deref().ok_or(KindError::Missing("device_id"))?;
                let body = match (subnet(key), port_id) {
                    (Some(subnet), None) => json!({"subnet_id": subnet}),
                    _ => json!({"port_id": seen.state.id}),
                };
                forced::take_off(router, &seen.state.routes)
                    .unwrap_or_else(|| send(router, "remove_router_interface", body))
            }
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::unchangeable(diff),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }

    /// Clouds whose routers do not report leave the port down.
    fn ready(_: &RouterInterfaceParameters, seen: &Seen<'_, Self>) -> Ready {
        match seen.state.status.as_str() {
            "" => Ready::Not("router interface status is not known yet".to_owned()),
            status => Statuses::of("router interface", &["ACTIVE", "DOWN"]).ready(status, ""),
        }
    }
}

/// Router, port and perhaps subnet of an external-name.
fn names(external_name: &str) -> (&str, &str, Option<&str>) {
    let (router, rest) = external_name.split_once('/').unwrap_or(("", external_name));
    let (port, subnet) = rest.split_once('/').map_or((rest, None), |(port, subnet)| (port, Some(subnet)));
    (router, port, subnet)
}

/// The subnet by which it is wanted.
fn subnet<'a>(key: &Key<'a, RouterInterfaceParameters>) -> Option<&'a str> {
    key.params.subnet_id.as_deref().or_else(|| names(key.any.meta.external_name?).2)
}

/// What it is called; a recorded name without subnet keeps its form.
fn named(router: &str, port: &str, key: &Key<'_, RouterInterfaceParameters>) -> String {
    let short = key.any.meta.external_name.is_some_and(|name| names(name).2.is_none());
    let subnet = subnet(key).filter(|_| !short && key.params.port_id.is_none());
    [router, port].into_iter().chain(subnet).collect::<Vec<_>>().join("/")
}

/// The interface, if this port is the one that is meant. A port that serves the wanted subnet beside others is shown
/// with the wanted one.
fn found(port: &Value, router: &str, key: &Key<'_, RouterInterfaceParameters>) -> Option<Found> {
    let text = |field: &str| port.get(field).and_then(Value::as_str).unwrap_or_default();
    let owner = text("device_owner");
    let inner =
        owner.starts_with("network:router_interface") || owner == "network:ha_router_replicated_interface";
    let fixed = |field: &str| {
        let all = port.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
        all.filter_map(|ip| ip.get(field)?.as_str()).collect::<Vec<_>>()
    };
    let subnets = fixed("subnet_id");
    let subnet = match subnet(key) {
        Some(wanted) => Some(subnets.iter().find(|subnet| **subnet == wanted)?),
        None => subnets.first(),
    };
    let meant =
        text("device_id") == router && key.params.port_id.as_deref().is_none_or(|id| id == text("id"));
    let body = json!({
        "id": text("id"), "router_id": router, "port_id": text("id"), "subnet_id": subnet,
        "status": text("status"), "network_id": text("network_id"), "mac_address": text("mac_address"),
        "ip_addresses": fixed("ip_address"), "subnet_ids": subnets, "created_at": port.get("created_at"),
        "updated_at": port.get("updated_at"),
    });
    (inner && meant).then(|| Found::One { external_name: named(router, text("id"), key), body })
}

/// The answer to `add_router_interface`: ids only.
fn added(body: &Value, key: &Key<'_, RouterInterfaceParameters>) -> Result<Found, KindError> {
    let text = |field: &'static str| body.get(field).and_then(Value::as_str).ok_or(KindError::Missing(field));
    let (router, port) = (text("id")?, text("port_id")?);
    let shown = json!({"id": port, "router_id": router, "port_id": port, "subnet_id": body.get("subnet_id"),
        "network_id": body.get("network_id")});
    Ok(Found::One { external_name: named(router, port, key), body: shown })
}

#[cfg(test)]
mod tests;
