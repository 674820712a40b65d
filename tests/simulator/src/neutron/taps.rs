//! Copies of packets, and logs of them.

use super::{neutron, own, owned};
use crate::{
    collection::Collection,
    reply::Refusal,
    store::{Object, text},
};
use serde_json::json;

pub(super) const SERVICES: Collection = Collection {
    fields: || json!({"name": "", "description": "", "port_id": "", "project_id": "", "tenant_id": ""}),
    told: || json!({"status": "ACTIVE"}),
    required: &["port_id"],
    fixed: &["port_id", "project_id", "tenant_id"],
    refers: &[("port_id", "ports")],
    tags: false,
    make: owned,
    unmake: |cloud, _, service| {
        for flow in super::ids(cloud, "tap_flows", "tap_service_id", text(service, "id")) {
            cloud.store.remove("tap_flows", &flow);
        }
        Ok(true)
    },
    ..neutron("tap_services", "tap_services", "tap_service", "Tap service")
};

pub(super) const FLOWS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "tap_service_id": "", "source_port": "", "direction": "", "vlan_filter": null,
            "project_id": "", "tenant_id": ""})
    },
    told: || json!({"status": "ACTIVE"}),
    required: &["tap_service_id", "source_port", "direction"],
    fixed: &["tap_service_id", "source_port", "direction", "vlan_filter", "project_id", "tenant_id"],
    refers: &[("tap_service_id", "tap_services"), ("source_port", "ports")],
    tags: false,
    make: owned,
    ..neutron("tap_flows", "tap_flows", "tap_flow", "Tap flow")
};

pub(super) const MIRRORS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "port_id": "", "directions": {}, "remote_ip": "", "mirror_type": "",
            "project_id": "", "tenant_id": ""})
    },
    required: &["port_id", "directions", "remote_ip", "mirror_type"],
    fixed: &["port_id", "directions", "remote_ip", "mirror_type", "project_id", "tenant_id"],
    refers: &[("port_id", "ports")],
    tags: false,
    make: |cloud, call, mirror| {
        let tunnels = |of: &Object| {
            let all = of.get("directions").and_then(|directions| directions.as_object());
            all.into_iter().flatten().map(|(_, tunnel)| tunnel.clone()).collect::<Vec<_>>()
        };
        let mine = tunnels(&mirror);
        if let Some(taken) =
            cloud.store.all("tap_mirrors").flat_map(tunnels).find(|tunnel| mine.contains(tunnel))
        {
            let why = format!("TapMirror with tunnel_id {taken} already exists");
            return Err(Refusal::conflict("TapMirrorTunnelConflict", why));
        }
        owned(cloud, call, mirror)
    },
    ..neutron("tap_mirrors", "tap_mirrors", "tap_mirror", "Tap mirror")
};

pub(super) const LOGS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "resource_type": "", "resource_id": null, "target_id": null, "event": "ALL",
            "enabled": true, "project_id": "", "tenant_id": ""})
    },
    required: &["resource_type"],
    fixed: &["resource_type", "resource_id", "target_id", "event", "project_id", "tenant_id"],
    refers: &[("resource_id", "security-groups"), ("target_id", "ports")],
    admin: true,
    tags: false,
    make: |cloud, call, log| {
        let mut log = own(cloud, call, log)?;
        log.remove("tags");
        Ok(log)
    },
    ..neutron("logs", "logs", "log", "Log resource")
};
