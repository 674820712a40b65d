//! Routers.

use super::{below, gateways, ids, in_use, neutron, own};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    reply::Outcome,
    store::{Object, text},
};
use serde_json::{Value, json};

pub(super) const ROUTERS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "admin_state_up": true, "external_gateway_info": null, "distributed": false,
            "ha": false, "flavor_id": null, "availability_zone_hints": [], "enable_ndp_proxy": false,
            "enable_default_route_bfd": false, "enable_default_route_ecmp": false, "routes": [],
            "project_id": "", "tenant_id": ""})
    },
    told: || json!({"status": "ACTIVE", "availability_zones": []}),
    fixed: &["project_id", "tenant_id", "flavor_id", "availability_zone_hints"],
    make: |cloud, call, router| {
        let mut router = own(cloud, call, router)?;
        let wanted = router.remove("external_gateway_info").unwrap_or_default();
        gateways::set(cloud, &mut router, &wanted)?;
        Ok(router)
    },
    change: |cloud, _, old, new| {
        if let Some(routes) = new.get("routes").and_then(Value::as_array) {
            below::reachable(cloud, text(old, "id"), routes)?;
        }
        let wanted = new.get("external_gateway_info").cloned();
        let mut router = merged(old, new);
        if let Some(wanted) = wanted {
            let now = old.get("external_gateway_info").cloned().unwrap_or_default();
            router.insert("external_gateway_info".to_owned(), now);
            gateways::set(cloud, &mut router, &wanted)?;
            gateways::promote(&mut router);
        }
        Ok(router)
    },
    unmake,
    show,
    ..neutron("routers", "routers", "router", "Router")
};

fn unmake(cloud: &mut Cloud, _: &Call, router: &Object) -> Outcome<bool> {
    let id = text(router, "id");
    let inner = |port: &&Object| text(port, "device_owner") == "network:router_interface";
    if cloud.store.having("ports", "device_id", id).any(|port| inner(&port)) {
        return Err(in_use("RouterInUse", format!("Router {id} still has ports")));
    }
    for port in ids(cloud, "ports", "device_id", id) {
        cloud.store.remove("ports", &port);
    }
    Ok(true)
}

fn show(_: &Cloud, call: &Call, mut router: Object) -> Object {
    router.insert("external_gateways".to_owned(), gateways::told(&router));
    if !call.who.admin {
        for hidden in ["distributed", "ha"] {
            router.remove(hidden);
        }
    }
    router
}
