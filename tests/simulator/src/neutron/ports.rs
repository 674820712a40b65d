//! Ports.

use super::{ids, in_use, neutron, own, pairs, security, stamps, subnets};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, object, text, truth},
};
use serde_json::{Value, json};

pub(super) const PORTS: Collection = Collection {
    fields,
    told: || {
        json!({"status": "DOWN", "binding:vif_type": "unbound", "binding:vif_details": {}, "ip_allocation": "immediate",
            "dns_assignment": [], "qos_network_policy_id": null, "resource_request": null})
    },
    required: &["network_id"],
    fixed: &["network_id", "project_id", "tenant_id"],
    refers: &[("network_id", "networks")],
    make,
    change,
    unmake,
    show,
    ..neutron("ports", "ports", "port", "Port")
};

fn fields() -> Value {
    json!({"network_id": "", "name": "", "description": "", "admin_state_up": true, "fixed_ips": [], "mac_address": "",
        "security_groups": [], "port_security_enabled": true, "allowed_address_pairs": [], "extra_dhcp_opts": [],
        "dns_name": "", "dns_domain": "", "qos_policy_id": null, "device_id": "", "device_owner": "",
        "binding:vnic_type": "normal", "binding:host_id": "", "binding:profile": {}, "numa_affinity_policy": null,
        "device_profile": null, "hardware_offload_type": null, "propagate_uplink_status": true,
        "data_plane_status": null, "hints": null, "trusted": null, "project_id": "", "tenant_id": ""})
}

fn make(cloud: &mut Cloud, call: &Call, port: Object) -> Outcome<Object> {
    let mut port = own(cloud, call, port)?;
    let sent = call.object("port").unwrap_or_default();
    if sent.contains_key("data_plane_status") {
        return Err(Refusal::bad(
            "HTTPBadRequest: data_plane_status of a new port",
            "Attribute 'data_plane_status' not allowed in POST",
        ));
    }
    let network = cloud.one("networks", text(&port, "network_id"))?;
    if !sent.contains_key("port_security_enabled") {
        port.insert("port_security_enabled".to_owned(), json!(truth(&network, "port_security_enabled")));
    }
    if !sent.contains_key("mac_address") {
        port.insert("mac_address".to_owned(), json!(mac(cloud)));
    }
    let project = Some(text(&port, "project_id").to_owned()).filter(|project| !project.is_empty());
    let group = security::default_group(cloud, project);
    if truth(&port, "port_security_enabled") && !sent.contains_key("security_groups") {
        port.insert("security_groups".to_owned(), json!([group]));
    }
    let fixed = match sent.get("fixed_ips") {
        Some(fixed) => settled(cloud, &port, fixed)?,
        None => anywhere(cloud, &port)?,
    };
    port.insert("fixed_ips".to_owned(), fixed);
    finish(cloud, &mut port)?;
    Ok(port)
}

fn change(cloud: &mut Cloud, _: &Call, old: &Object, new: Object) -> Outcome<Object> {
    let fixed = new.get("fixed_ips").cloned();
    let mut options = old.get("extra_dhcp_opts").and_then(Value::as_array).cloned().unwrap_or_default();
    for option in new.get("extra_dhcp_opts").and_then(Value::as_array).into_iter().flatten() {
        options.retain(|have| have.get("opt_name") != option.get("opt_name"));
        if option.get("opt_value").is_some_and(|value| !value.is_null()) {
            options.push(option.clone());
        }
    }
    let mut port = merged(old, new);
    port.insert("extra_dhcp_opts".to_owned(), json!(options));
    if let Some(fixed) = fixed {
        let fixed = settled(cloud, &port, &fixed)?;
        port.insert("fixed_ips".to_owned(), fixed);
    }
    finish(cloud, &mut port)?;
    Ok(port)
}

/// What follows from the other fields.
fn finish(cloud: &Cloud, port: &mut Object) -> Outcome<()> {
    for group in port.get("security_groups").and_then(Value::as_array).into_iter().flatten() {
        cloud.one("security-groups", group.as_str().unwrap_or_default())?;
    }
    let mac = json!(text(port, "mac_address"));
    if let Some(Value::Array(pairs)) = port.get_mut("allowed_address_pairs") {
        for pair in pairs.iter_mut().filter_map(Value::as_object_mut) {
            pair.entry("mac_address").or_insert(mac.clone());
        }
    }
    if let Some(Value::Array(options)) = port.get_mut("extra_dhcp_opts") {
        for option in options.iter_mut().filter_map(Value::as_object_mut) {
            option.entry("ip_version").or_insert(json!(4));
        }
    }
    Ok(())
}

/// One address of the network's first subnet of each IP version.
fn anywhere(cloud: &Cloud, port: &Object) -> Outcome<Value> {
    let subnets = cloud.store.having("subnets", "network_id", text(port, "network_id"));
    let mut fixed: Vec<(Value, Value)> = vec![];
    for subnet in subnets {
        let version = subnet.get("ip_version").cloned().unwrap_or_default();
        if !fixed.iter().any(|(have, _)| *have == version) {
            let address = subnets::free(cloud, subnet)?;
            fixed.push((version, json!({"subnet_id": text(subnet, "id"), "ip_address": address})));
        }
    }
    Ok(fixed.into_iter().map(|(_, ip)| ip).collect())
}

/// The wanted addresses, each with its subnet.
fn settled(cloud: &Cloud, port: &Object, wanted: &Value) -> Outcome<Value> {
    let network = text(port, "network_id");
    let mut fixed = vec![];
    for ip in wanted.as_array().into_iter().flatten() {
        let word = |key: &str| ip.get(key).and_then(Value::as_str);
        let subnet = match (word("subnet_id"), word("ip_address")) {
            (Some(id), _) => cloud.one("subnets", id)?,
            (None, Some(address)) => {
                let mut all = cloud.store.having("subnets", "network_id", network);
                let holds =
                    |subnet: &&Object| subnets::claim(cloud, subnet, address, text(port, "id")).is_ok();
                let why = format!(
                    "IP address {address} is not a valid IP for any of the subnets on the specified network."
                );
                all.find(holds).cloned().ok_or_else(|| Refusal::new(400, "InvalidIpForNetwork", why))?
            }
            (None, None) => {
                return Err(Refusal::bad(
                    "HTTPBadRequest: address of nothing",
                    "IP allocation requires subnet_id or ip_address",
                ));
            }
        };
        let address = match word("ip_address") {
            Some(address) => address.to_owned(),
            None => subnets::free(cloud, &subnet)?,
        };
        subnets::claim(cloud, &subnet, &address, text(port, "id"))?;
        fixed.push(json!({"subnet_id": text(&subnet, "id"), "ip_address": address}));
    }
    Ok(json!(fixed))
}

fn mac(cloud: &mut Cloud) -> String {
    let digits = cloud.digits();
    let pair = |at: usize| digits.get(at..at + 2).unwrap_or_default();
    format!("fa:16:3e:{}:{}:{}", pair(0), pair(2), pair(4))
}

fn unmake(cloud: &mut Cloud, _: &Call, port: &Object) -> Outcome<bool> {
    let (id, owner) = (text(port, "id"), text(port, "device_owner"));
    let routers = ["network:router_interface", "network:router_gateway", "network:floatingip"];
    if routers.contains(&owner) {
        let why = format!("Port {id} cannot be deleted directly via the port API: has device owner {owner}.");
        return Err(in_use("ServicePortInUse", why));
    }
    if pairs::stands_on(cloud, id) {
        let why = "Request Failed: internal server error while processing your request.";
        return Err(Refusal::new(500, "HTTPInternalServerError: port of a service function", why));
    }
    release(cloud, id);
    for forwarding in ids(cloud, "port_forwardings", "internal_port_id", id) {
        cloud.store.remove("port_forwardings", &forwarding);
    }
    Ok(true)
}

/// Floating addresses let a port go that is deleted.
pub(crate) fn release(cloud: &mut Cloud, port: &str) {
    for id in ids(cloud, "floatingips", "port_id", port) {
        if let Some(address) = cloud.store.get_mut("floatingips", &id) {
            let loose =
                json!({"port_id": null, "fixed_ip_address": null, "router_id": null, "status": "DOWN"});
            address.extend(object(loose));
        }
    }
    cloud.store.remove("ports", port);
}

/// A port that a service makes for itself.
pub(crate) fn service_port(cloud: &mut Cloud, project: &str, fields: Value) -> Outcome<String> {
    let id = cloud.uuid();
    let mut port = PORTS.complete(id.clone(), object(fields));
    port.extend(stamps(cloud, project));
    port.insert("mac_address".to_owned(), json!(mac(cloud)));
    let fixed = match port.get("fixed_ips") {
        Some(Value::Array(wanted)) if !wanted.is_empty() => settled(cloud, &port, &json!(wanted))?,
        _ => anywhere(cloud, &port)?,
    };
    port.insert("fixed_ips".to_owned(), fixed);
    cloud.store.put("ports", port);
    Ok(id)
}

/// Where a port is, only administrators learn.
fn show(_: &Cloud, call: &Call, mut port: Object) -> Object {
    if !call.who.admin {
        for hidden in [
            "binding:host_id",
            "binding:profile",
            "binding:vif_type",
            "binding:vif_details",
            "resource_request",
        ] {
            port.remove(hidden);
        }
    }
    port
}
