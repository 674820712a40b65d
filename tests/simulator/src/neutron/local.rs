//! Local IPs and NDP proxies.

use super::{ids, in_use, neutron, own, ports};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

const OWNER: &str = "network:local_ip";

pub(super) const LOCAL_IPS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "network_id": "", "local_port_id": "", "local_ip_address": null,
            "ip_mode": "translate", "project_id": "", "tenant_id": ""})
    },
    fixed: &["network_id", "local_port_id", "local_ip_address", "ip_mode", "project_id", "tenant_id"],
    refers: &[("network_id", "networks"), ("local_port_id", "ports")],
    tags: false,
    make,
    unmake,
    ..neutron("local_ips", "local_ips", "local_ip", "Local IP")
};

/// Its address is a port's, which Neutron makes unless one is named.
fn make(cloud: &mut Cloud, call: &Call, local: Object) -> Outcome<Object> {
    let mut local = own(cloud, call, local)?;
    local.remove("tags");
    let (network, wanted) =
        (text(&local, "network_id").to_owned(), text(&local, "local_ip_address").to_owned());
    let port = match (text(&local, "local_port_id"), network.as_str()) {
        ("", "") => {
            let why = "Either Port ID or Network ID must be specified for Local IP create.";
            return Err(Refusal::bad("LocalIPPortOrNetworkRequired", why));
        }
        ("", network) => {
            let fixed = if wanted.is_empty() { json!([]) } else { json!([{"ip_address": wanted}]) };
            let fields = json!({"network_id": network, "device_id": text(&local, "id"), "device_owner": OWNER,
                "status": "N/A", "fixed_ips": fixed});
            ports::service_port(cloud, text(&local, "project_id"), fields)?
        }
        (port, _) => port.to_owned(),
    };
    let found = cloud.one("ports", &port)?;
    let first =
        found.get("fixed_ips").and_then(|all| all.pointer("/0/ip_address")).cloned().unwrap_or_default();
    let address = if wanted.is_empty() { first } else { json!(wanted) };
    for (field, value) in [
        ("local_port_id", json!(port)),
        ("network_id", json!(text(&found, "network_id"))),
        ("local_ip_address", address),
    ] {
        local.insert(field.to_owned(), value);
    }
    Ok(local)
}

fn unmake(cloud: &mut Cloud, _: &Call, local: &Object) -> Outcome<bool> {
    let id = text(local, "id");
    if !ids(cloud, "port_associations", "local_ip_id", id).is_empty() {
        return Err(in_use(
            "LocalIPInUse",
            format!("Local IP {id} is still associated with one or more ports."),
        ));
    }
    let port = text(local, "local_port_id");
    if cloud.store.get("ports", port).is_some_and(|port| text(port, "device_owner") == OWNER) {
        cloud.store.remove("ports", port);
    }
    Ok(true)
}

pub(super) const NDP_PROXIES: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "router_id": "", "port_id": "", "ip_address": null, "project_id": "",
            "tenant_id": ""})
    },
    required: &["router_id", "port_id"],
    fixed: &["router_id", "port_id", "ip_address", "project_id", "tenant_id"],
    refers: &[("router_id", "routers"), ("port_id", "ports")],
    tags: false,
    make: publish,
    ..neutron("ndp_proxies", "ndp_proxies", "ndp_proxy", "NDP proxy")
};

fn publish(cloud: &mut Cloud, call: &Call, proxy: Object) -> Outcome<Object> {
    let mut proxy = own(cloud, call, proxy)?;
    proxy.remove("tags");
    let router = cloud.one("routers", text(&proxy, "router_id"))?;
    if !truth(&router, "enable_ndp_proxy") {
        let why = format!(
            "The enable_ndp_proxy parameter of router {} must be set as True while create ndp proxy entry on it.",
            text(&router, "id")
        );
        return Err(in_use("RouterNDPProxyNotEnable", why));
    }
    let port = cloud.one("ports", text(&proxy, "port_id"))?;
    let addresses = |port: &Object, field: &str| {
        let all = port.get("fixed_ips").and_then(Value::as_array).cloned().unwrap_or_default();
        all.iter().filter_map(|ip| Some(ip.get(field)?.as_str()?.to_owned())).collect::<Vec<_>>()
    };
    let inside = cloud.store.having("ports", "device_id", text(&router, "id"));
    let reached: Vec<_> = inside.flat_map(|port| addresses(port, "subnet_id")).collect();
    let own = addresses(&port, "subnet_id").into_iter().zip(addresses(&port, "ip_address"));
    let mut own = own.filter(|(subnet, ip)| reached.contains(subnet) && ip.contains(':'));
    let why = || {
        format!(
            "The port {} cannot reach the router {} by IPv6 subnet.",
            text(&port, "id"),
            text(&router, "id")
        )
    };
    let (_, first) = own.next().ok_or_else(|| in_use("PortUnreachableRouter", why()))?;
    if text(&proxy, "ip_address").is_empty() {
        proxy.insert("ip_address".to_owned(), json!(first));
    }
    Ok(proxy)
}
