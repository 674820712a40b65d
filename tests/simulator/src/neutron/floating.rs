//! Floating IPs.

use super::{in_use, neutron, own, ports};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, object, text, truth},
};
use serde_json::{Value, json};

pub(super) const FLOATING: Collection = Collection {
    fields: || {
        json!({"floating_network_id": "", "subnet_id": null, "floating_ip_address": null, "port_id": null,
            "fixed_ip_address": null, "description": "", "dns_name": "", "dns_domain": "", "qos_policy_id": null,
            "distributed": null, "project_id": "", "tenant_id": ""})
    },
    told: || json!({"status": "DOWN", "router_id": null, "port_details": null, "port_forwardings": []}),
    required: &["floating_network_id"],
    fixed: &[
        "floating_network_id",
        "subnet_id",
        "floating_ip_address",
        "dns_name",
        "dns_domain",
        "project_id",
        "tenant_id",
    ],
    refers: &[("floating_network_id", "networks"), ("port_id", "ports")],
    make,
    change,
    unmake: |cloud, _, address| {
        let id = text(address, "id");
        for (collection, field) in [("ports", "device_id"), ("port_forwardings", "floatingip_id")] {
            for with in super::ids(cloud, collection, field, id) {
                cloud.store.remove(collection, &with);
            }
        }
        Ok(true)
    },
    show: |_, _, mut address| {
        address.remove("subnet_id");
        address
    },
    ..neutron("floatingips", "floatingips", "floatingip", "Floating IP")
};

fn make(cloud: &mut Cloud, call: &Call, address: Object) -> Outcome<Object> {
    let mut address = own(cloud, call, address)?;
    let network = cloud.one("networks", text(&address, "floating_network_id"))?;
    let outer = text(&network, "id");
    if !truth(&network, "router:external") {
        let why = format!("Bad floatingip request: Network {outer} is not a valid external network.");
        return Err(Refusal::new(400, "BadRequest: floating IP on no external network", why));
    }
    associate(cloud, &mut address)?;
    let wanted = ["subnet_id", "floating_ip_address"].map(|field| text(&address, field).to_owned());
    let fixed = match wanted.each_ref().map(String::as_str) {
        ["", ""] => json!([]),
        [subnet, ""] => json!([{"subnet_id": subnet}]),
        ["", ip] => json!([{"ip_address": ip}]),
        [subnet, ip] => json!([{"subnet_id": subnet, "ip_address": ip}]),
    };
    let fields = json!({"network_id": outer, "device_id": text(&address, "id"), "device_owner": "network:floatingip",
        "status": "N/A", "fixed_ips": fixed});
    let port = ports::service_port(cloud, "", fields)?;
    let ip =
        cloud.one("ports", &port)?.get("fixed_ips").and_then(|all| all.pointer("/0/ip_address").cloned());
    address.insert("floating_ip_address".to_owned(), json!(ip));
    Ok(address)
}

fn change(cloud: &mut Cloud, _: &Call, old: &Object, new: Object) -> Outcome<Object> {
    let moved = new.contains_key("port_id") && !new.contains_key("fixed_ip_address");
    let mut address = merged(old, new);
    if moved {
        address.insert("fixed_ip_address".to_owned(), Value::Null);
    }
    associate(cloud, &mut address)?;
    Ok(address)
}

/// What follows from the port: the inner address, and the router on the way.
fn associate(cloud: &Cloud, address: &mut Object) -> Outcome<()> {
    let (id, port) = (text(address, "port_id").to_owned(), text(address, "port_id").to_owned());
    if port.is_empty() {
        address.extend(object(
            json!({"router_id": null, "status": "DOWN", "fixed_ip_address": null, "port_details": null}),
        ));
        return Ok(());
    }
    let found = cloud.one("ports", &port)?;
    let fixed = found.get("fixed_ips").and_then(Value::as_array).cloned().unwrap_or_default();
    let wanted = text(address, "fixed_ip_address");
    let inner =
        fixed.iter().find(|ip| wanted.is_empty() || ip.get("ip_address").is_some_and(|ip| ip == wanted));
    let none = || {
        Refusal::new(
            400,
            "BadRequest: floating IP at a port without address",
            format!(
                "Bad floatingip request: Cannot add floating IP to port {id} that has no fixed IPv4 addresses."
            ),
        )
    };
    let inner = inner.ok_or_else(none)?;
    let word = |key: &str| inner.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (subnet, ip, outer) = (word("subnet_id"), word("ip_address"), text(address, "floating_network_id"));
    let twin = cloud.store.having("floatingips", "port_id", &port).any(|other| {
        text(other, "id") != text(address, "id")
            && text(other, "fixed_ip_address") == ip
            && text(other, "floating_network_id") == outer
    });
    if twin {
        let why = format!(
            "Cannot associate floating IP {} ({}) with port {port} using fixed IP {ip}, as that fixed IP already has a floating IP on external network {outer}.",
            text(address, "floating_ip_address"),
            text(address, "id")
        );
        return Err(in_use("FloatingIPPortAlreadyAssociated", why));
    }
    let router = router(cloud, &subnet, outer).ok_or_else(|| {
        let why = format!("External network {outer} is not reachable from subnet {subnet}. Therefore, cannot associate Port {port} with a Floating IP.");
        Refusal::new(404, "ExternalGatewayForFloatingIPNotFound", why)
    })?;
    address.extend(object(json!({"router_id": router, "status": "ACTIVE", "fixed_ip_address": ip})));
    Ok(())
}

/// The router that leads from a subnet to a network.
pub(super) fn router(cloud: &Cloud, subnet: &str, outer: &str) -> Option<String> {
    let gateway = |router: &&Object| {
        router
            .get("external_gateway_info")
            .and_then(|info| info.get("network_id"))
            .is_some_and(|id| id == outer)
    };
    let inside = |router: &&Object| {
        let ports = cloud.store.having("ports", "device_id", text(router, "id"));
        ports
            .filter_map(|port| port.get("fixed_ips")?.as_array())
            .flatten()
            .any(|ip| ip.get("subnet_id").is_some_and(|id| id == subnet))
    };
    cloud.store.all("routers").filter(gateway).find(inside).map(|router| text(router, "id").to_owned())
}
