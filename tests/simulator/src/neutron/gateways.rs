//! The ways from a router to the outside: ports of the router's on external networks. One has fields of its own, as before there could be
//! several; the others follow neutron/db/l3_extra_gws_db.py.

use super::{ids, ports};
use crate::{
    call::Call,
    cloud::Cloud,
    collection,
    reply::{Done, Outcome, Refusal},
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
        clear(cloud, router);
        router.insert("external_gateway_info".to_owned(), Value::Null);
        return Ok(());
    };
    external(cloud, network)?;
    let snat = wanted.get("enable_snat").and_then(Value::as_bool).unwrap_or(true);
    let fixed = wanted.get("external_fixed_ips").cloned();
    let same = have.get("network_id").is_some_and(|have| have == network) && fixed.is_none();
    let fixed = if same {
        have.get("external_fixed_ips").cloned()
    } else {
        clear(cloud, router);
        port(cloud, &id, network, fixed.unwrap_or(json!([])))?.remove("fixed_ips")
    };
    let info = json!({"network_id": network, "enable_snat": snat, "external_fixed_ips": fixed});
    router.insert("external_gateway_info".to_owned(), info);
    Ok(())
}

fn external(cloud: &Cloud, network: &str) -> Outcome<()> {
    if cloud.store.get("networks", network).is_some_and(|network| truth(network, "router:external")) {
        return Ok(());
    }
    let why = format!("Bad router request: Network {network} is not an external network.");
    Err(Refusal::new(400, "BadRequest: gateway on no external network", why))
}

/// Nobody's, so that tenants do not see it.
fn port(cloud: &mut Cloud, router: &str, network: &str, fixed: Value) -> Outcome<Object> {
    let fields = json!({"network_id": network, "device_id": router, "device_owner": OWNER, "status": "ACTIVE",
        "fixed_ips": fixed});
    let port = ports::service_port(cloud, "", fields)?;
    cloud.one("ports", &port)
}

/// Takes the first gateway's port away.
fn clear(cloud: &mut Cloud, router: &Object) {
    let info = router.get("external_gateway_info").cloned().unwrap_or_default();
    drop_port(cloud, text(router, "id"), &info);
}

fn drop_port(cloud: &mut Cloud, router: &str, gateway: &Value) {
    for id in ids(cloud, "ports", "device_id", router) {
        let same = |port: &Object| {
            let is = |here: &str, there: &str| port.get(here) == gateway.get(there);
            text(port, "device_owner") == OWNER
                && is("network_id", "network_id")
                && is("fixed_ips", "external_fixed_ips")
        };
        if cloud.store.get("ports", &id).is_some_and(same) {
            cloud.store.remove("ports", &id);
        }
    }
}

/// All of them, as a router tells them.
pub(super) fn told(router: &Object) -> Value {
    let first = router.get("external_gateway_info").filter(|info| !info.is_null());
    let plain = |info: &Value| json!({"network_id": info.get("network_id"), "external_fixed_ips": info.get("external_fixed_ips")});
    first.map(plain).into_iter().chain(extra(router)).collect()
}

fn extra(router: &Object) -> Vec<Value> {
    router.get("_extra_gateways").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Another one takes the place of a first one that went.
pub(super) fn promote(router: &mut Object) {
    let mut all = extra(router);
    if router.get("external_gateway_info").is_none_or(Value::is_null) && !all.is_empty() {
        let mut first = all.remove(0);
        if let Value::Object(first) = &mut first {
            first.insert("enable_snat".to_owned(), json!(true));
        }
        router.insert("external_gateway_info".to_owned(), first);
        router.insert("_extra_gateways".to_owned(), Value::Array(all));
    }
}

/// `add_external_gateways` and `remove_external_gateways`.
pub(super) fn edit(cloud: &mut Cloud, call: &Call, id: &str, action: &str) -> Outcome {
    let mut router = cloud.one("routers", id)?;
    if !call.who.admin && call.who.project.as_deref() != Some(text(&router, "project_id")) {
        return Err(collection::not_found("routers", id));
    }
    let sent = call.body.pointer("/router/external_gateways").and_then(Value::as_array).cloned();
    let mut all = extra(&router);
    for gateway in sent.unwrap_or_default() {
        let network = gateway.get("network_id").and_then(Value::as_str).unwrap_or_default();
        let first = router.get("external_gateway_info").cloned().unwrap_or_default();
        if action == "remove_external_gateways" {
            let wanted = addresses(&gateway);
            let fits = |have: &Value| {
                have.get("network_id") == gateway.get("network_id")
                    && (wanted.is_empty() || addresses(have).iter().any(|ip| wanted.contains(ip)))
            };
            if let Some(at) = all.iter().position(fits) {
                drop_port(cloud, id, &all.remove(at));
            } else if fits(&first) {
                set(cloud, &mut router, &Value::Null)?;
            } else {
                let why = format!(
                    "Unable to match a requested gateway port to existing gateway ports of router {id}."
                );
                return Err(Refusal::new(400, "UnableToMatchGateways", why));
            }
        } else if first.is_null() {
            set(cloud, &mut router, &gateway)?;
        } else {
            external(cloud, network)?;
            let fixed = gateway.get("external_fixed_ips").cloned().unwrap_or(json!([]));
            let port = port(cloud, id, network, fixed)?;
            all.push(json!({"network_id": network, "external_fixed_ips": port.get("fixed_ips")}));
        }
    }
    router.insert("_extra_gateways".to_owned(), Value::Array(all));
    promote(&mut router);
    collection::touch(cloud, &mut router);
    cloud.store.put("routers", router.clone());
    router.insert("external_gateways".to_owned(), told(&router));
    router.remove("_extra_gateways");
    Ok(Done::new(200, json!({ "router": router })))
}

fn addresses(gateway: &Value) -> Vec<&Value> {
    let all = gateway.get("external_fixed_ips").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|ip| ip.get("ip_address")).collect()
}
