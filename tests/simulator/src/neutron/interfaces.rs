//! Routers' interfaces: <https://docs.openstack.org/api-ref/network/v2/#add-interface-to-router>

use super::{below, ids, in_use, ports};
use crate::{
    call::Call,
    cloud::Cloud,
    collection,
    reply::{Done, Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

const OWNER: &str = "network:router_interface";

pub(super) fn answer(cloud: &mut Cloud, call: &Call, router: &str, action: &str) -> Outcome {
    let found = cloud.one("routers", router)?;
    let own = call.who.admin || call.who.project.as_deref() == Some(text(&found, "project_id"));
    if !own {
        return Err(collection::not_found("routers", router));
    }
    let word = |key: &str| call.body.get(key).and_then(Value::as_str).map(str::to_owned);
    let (subnet, port) = (word("subnet_id"), word("port_id"));
    if action == "add_router_interface" {
        return match (subnet, port) {
            (Some(subnet), None) => by_subnet(cloud, &found, &subnet),
            (None, Some(port)) => by_port(cloud, &found, &port),
            _ => Err(bad(
                "BadRequest: interface of nothing",
                "Either subnet_id or port_id must be specified".to_owned(),
            )),
        };
    }
    let port = find(cloud, router, subnet.as_deref(), port.as_deref())?;
    let done = told(cloud, &found, &port)?;
    for fixed in addresses(&cloud.one("ports", &port)?, "subnet_id") {
        used(cloud, router, &fixed)?;
        below::used(cloud, &found, &fixed)?;
    }
    cloud.store.remove("ports", &port);
    Ok(done)
}

fn bad(kind: &str, why: String) -> Refusal {
    Refusal::new(400, kind, format!("Bad router request: {why}"))
}

fn addresses(port: &Object, field: &str) -> Vec<String> {
    let fixed = port.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
    fixed.filter_map(|ip| Some(ip.get(field)?.as_str()?.to_owned())).collect()
}

fn inner(cloud: &Cloud, router: &str) -> Vec<Object> {
    let all = cloud.store.having("ports", "device_id", router);
    all.filter(|port| text(port, "device_owner") == OWNER).cloned().collect()
}

fn by_subnet(cloud: &mut Cloud, router: &Object, subnet: &str) -> Outcome {
    let (id, subnet) = (text(router, "id"), cloud.one("subnets", subnet)?);
    let (subnet_id, gateway) = (text(&subnet, "id"), text(&subnet, "gateway_ip"));
    if gateway.is_empty() {
        return Err(bad(
            "BadRequest: interface on a subnet without gateway",
            format!("Subnet for router interface must have a gateway IP: {subnet_id}"),
        ));
    }
    if inner(cloud, id).iter().any(|port| addresses(port, "subnet_id").iter().any(|have| have == subnet_id)) {
        return Err(bad(
            "BadRequest: second interface on a subnet",
            format!("Router already has a port on subnet {subnet_id}"),
        ));
    }
    let fields = json!({"network_id": text(&subnet, "network_id"), "device_id": id, "device_owner": OWNER,
        "status": "ACTIVE", "fixed_ips": [{"subnet_id": subnet_id, "ip_address": gateway}]});
    let port = ports::service_port(cloud, text(router, "project_id"), fields)?;
    told(cloud, router, &port)
}

fn by_port(cloud: &mut Cloud, router: &Object, port: &str) -> Outcome {
    let found = cloud.one("ports", port)?;
    if !text(&found, "device_id").is_empty() {
        let why = format!(
            "Unable to complete operation on port {port} for network {}. Port already has an attached device {}.",
            text(&found, "network_id"),
            text(&found, "device_id")
        );
        return Err(in_use("PortInUse", why));
    }
    if let Some(port) = cloud.store.get_mut("ports", port) {
        port.insert("device_id".to_owned(), json!(text(router, "id")));
        port.insert("device_owner".to_owned(), json!(OWNER));
        port.insert("status".to_owned(), json!("ACTIVE"));
    }
    told(cloud, router, port)
}

fn find(cloud: &Cloud, router: &str, subnet: Option<&str>, port: Option<&str>) -> Outcome<String> {
    let meant = |candidate: &Object| match (port, subnet) {
        (Some(port), _) => text(candidate, "id") == port,
        (None, Some(subnet)) => addresses(candidate, "subnet_id").iter().any(|have| have == subnet),
        (None, None) => false,
    };
    let found = inner(cloud, router).into_iter().find(meant).map(|port| text(&port, "id").to_owned());
    found.ok_or_else(|| match (port, subnet) {
        (Some(port), _) => {
            let why = format!("Router {router} does not have an interface with id {port}");
            Refusal::new(404, "RouterInterfaceNotFound", why)
        }
        (None, subnet) => {
            let why = format!("Router {router} has no interface on subnet {}", subnet.unwrap_or_default());
            Refusal::new(404, "RouterInterfaceNotFoundForSubnet", why)
        }
    })
}

/// A floating address that comes this way holds the interface.
fn used(cloud: &Cloud, router: &str, subnet: &str) -> Outcome<()> {
    for id in ids(cloud, "floatingips", "router_id", router) {
        let port = text(&cloud.one("floatingips", &id)?, "port_id").to_owned();
        let there = cloud.store.get("ports", &port).map(|port| addresses(port, "subnet_id"));
        if there.unwrap_or_default().iter().any(|have| have == subnet) {
            let why = format!(
                "Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one or more floating IPs."
            );
            return Err(in_use("RouterInterfaceInUseByFloatingIP", why));
        }
    }
    Ok(())
}

fn told(cloud: &Cloud, router: &Object, port: &str) -> Outcome {
    let found = cloud.one("ports", port)?;
    let subnets = addresses(&found, "subnet_id");
    let project = text(router, "project_id");
    Ok(Done::new(
        200,
        json!({"id": text(router, "id"), "tenant_id": project, "project_id": project, "port_id": port,
            "network_id": text(&found, "network_id"), "subnet_id": subnets.first(), "subnet_ids": subnets}),
    ))
}
