//! The way from a router to the outside: a port of the router's on an external network.

use super::{ids, ports};
use crate::{
    cloud::Cloud,
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

const OWNER: &str = "network:router_gateway";

/// Brings a router's gateway to what is wanted.
pub(super) fn set(cloud: &mut Cloud, router: &mut Object, wanted: &Value) -> Outcome<()> {
    let id = text(router, "id").to_owned();
    let network = wanted.get("network_id").and_then(Value::as_str);
    let have = router.get("external_gateway_info").cloned().unwrap_or_default();
    let Some(network) = network else {
        clear(cloud, &id);
        router.insert("external_gateway_info".to_owned(), Value::Null);
        return Ok(());
    };
    let external =
        cloud.store.get("networks", network).is_some_and(|network| truth(network, "router:external"));
    if !external {
        let why = format!("Bad router request: Network {network} is not an external network.");
        return Err(Refusal::new(400, "BadRequest: gateway on no external network", why));
    }
    let snat = wanted.get("enable_snat").and_then(Value::as_bool).unwrap_or(true);
    let fixed = wanted.get("external_fixed_ips").cloned();
    let same = have.get("network_id").is_some_and(|have| have == network) && fixed.is_none();
    let fixed = if same {
        have.get("external_fixed_ips").cloned()
    } else {
        clear(cloud, &id);
        let fields = json!({"network_id": network, "device_id": id, "device_owner": OWNER, "status": "ACTIVE",
            "fixed_ips": fixed.unwrap_or(json!([]))});
        // The port is nobody's, so that tenants do not see it.
        let port = ports::service_port(cloud, "", fields)?;
        cloud.one("ports", &port)?.remove("fixed_ips")
    };
    let info = json!({"network_id": network, "enable_snat": snat, "external_fixed_ips": fixed});
    router.insert("external_gateway_info".to_owned(), info);
    Ok(())
}

fn clear(cloud: &mut Cloud, router: &str) {
    for id in ids(cloud, "ports", "device_id", router) {
        if cloud.store.get("ports", &id).is_some_and(|port| text(port, "device_owner") == OWNER) {
            cloud.store.remove("ports", &id);
        }
    }
}
