//! Networks.

use super::{ids, in_use, neutron};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::Outcome,
    store::{Object, text},
};
use serde_json::{Value, json};

pub(super) const NETWORKS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "admin_state_up": true, "shared": false, "router:external": false,
            "is_default": false, "mtu": 1450, "port_security_enabled": true, "dns_domain": "", "qos_policy_id": null,
            "availability_zone_hints": [], "provider:network_type": "vxlan", "provider:physical_network": null,
            "provider:segmentation_id": 1, "project_id": "", "tenant_id": ""})
    },
    told: || {
        json!({"status": "ACTIVE", "subnets": [], "availability_zones": [], "ipv4_address_scope": null,
            "ipv6_address_scope": null, "l2_adjacency": true})
    },
    fixed: &["project_id", "tenant_id", "availability_zone_hints"],
    unmake,
    show,
    ..neutron("networks", "networks", "network", "Network")
};

/// Ports hold their network, subnets go with it.
fn unmake(cloud: &mut Cloud, _: &Call, network: &Object) -> Outcome<bool> {
    let id = text(network, "id");
    let ports = ids(cloud, "ports", "network_id", id).join(", ");
    if !ports.is_empty() {
        let why = format!(
            "Unable to complete operation on network {id}. There are one or more ports still in use on the network, \
             id for these ports is {ports}."
        );
        return Err(in_use("NetworkInUse", why));
    }
    for subnet in ids(cloud, "subnets", "network_id", id) {
        cloud.store.remove("subnets", &subnet);
    }
    Ok(true)
}

/// Only administrators learn what it is made on.
fn show(cloud: &Cloud, call: &Call, mut network: Object) -> Object {
    if !call.who.admin {
        network.retain(|name, _| !name.starts_with("provider:"));
    }
    let id = text(&network, "id").to_owned();
    several(cloud, &mut network, &id);
    let subnets = ids(cloud, "subnets", "network_id", &id);
    network.insert("subnets".to_owned(), json!(subnets));
    if network.get("router:external").is_some_and(|external| external == false) {
        network.remove("is_default");
    }
    network
}

/// A network with further segments has all of them in a list, and no values of its own.
fn several(cloud: &Cloud, network: &mut Object, id: &str) {
    const VALUES: [&str; 3] = ["network_type", "physical_network", "segmentation_id"];
    let further: Vec<_> = cloud.store.having("segments", "network_id", id).collect();
    if further.is_empty() || !network.contains_key("provider:network_type") {
        return;
    }
    let own = VALUES.map(|name| {
        let name = format!("provider:{name}");
        let value = network.remove(&name).unwrap_or_default();
        (name, value)
    });
    let others = further.iter().map(|segment| {
        Value::Object(
            VALUES
                .iter()
                .map(|name| (format!("provider:{name}"), segment.get(*name).cloned().unwrap_or_default()))
                .collect(),
        )
    });
    let all: Vec<_> = [Value::Object(own.into_iter().collect())].into_iter().chain(others).collect();
    network.insert("segments".to_owned(), json!(all));
}
