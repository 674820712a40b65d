//! Ports at servers: <https://docs.openstack.org/api-ref/compute/#port-interfaces-servers-os-interface>

use super::servers;
use crate::{
    call::Call,
    cloud::Cloud,
    neutron::{self, ports},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

/// Seconds until a port is off its server.
const DETACH: i64 = 1;

pub(super) fn answer(cloud: &mut Cloud, call: &Call, server: &str, rest: &[&str]) -> Outcome {
    let found = cloud.one("servers", server)?;
    let at = |cloud: &Cloud, port: &str| {
        let found = cloud.store.get("ports", port).filter(|found| text(found, "device_id") == server);
        found
            .cloned()
            .ok_or_else(|| Refusal::new(404, "no such interface", format!("Port id {port} not found")))
    };
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let ports = cloud.store.having("ports", "device_id", server);
            let all: Vec<_> = ports.map(|port| shown(call, port)).collect();
            Ok(Done::new(200, json!({ "interfaceAttachments": all })))
        }
        ("GET", [port]) => Ok(told(call, &at(cloud, port)?)),
        ("POST", []) => attach(cloud, call, &found),
        ("DELETE", [port]) => {
            at(cloud, port)?;
            cloud.later(DETACH, detach, port);
            Ok(Done::nothing(202))
        }
        _ => Err(Refusal::no_path()),
    }
}

/// Who was told twice finds the port gone, or free.
fn detach(cloud: &mut Cloud, port: &str) {
    if cloud.store.get("ports", port).is_some_and(|port| !text(port, "device_id").is_empty()) {
        servers::unplug(cloud, port);
    }
}

fn attach(cloud: &mut Cloud, call: &Call, server: &Object) -> Outcome {
    let (id, project) = (text(server, "id"), text(server, "tenant_id"));
    if text(server, "status") == "BUILD" {
        return Err(Refusal::conflict(
            "interface of a server being built",
            format!("Cannot 'attach_interface' instance {id} while it is in vm_state building"),
        ));
    }
    let sent = call.object("interfaceAttachment").unwrap_or_default();
    let port = match (text(&sent, "port_id"), text(&sent, "net_id")) {
        ("", "") => return Err(Refusal::bad("interface of nothing", "Must specify port_id or net_id")),
        ("", network) => {
            cloud.one("networks", network)?;
            let group = neutron::default_group(cloud, Some(project.to_owned()));
            let fixed = sent.get("fixed_ips").cloned().unwrap_or(json!([]));
            let fields = json!({"network_id": network, "device_id": id, "device_owner": "compute:nova",
                "security_groups": [group], "fixed_ips": fixed});
            ports::service_port(cloud, project, fields)?
        }
        (port, _) => {
            servers::bind(cloud, port, id)?;
            port.to_owned()
        }
    };
    if let Some(port) = cloud.store.get_mut("ports", &port) {
        port.extend(object(
            json!({"status": "ACTIVE", "binding:host_id": "host-1", "binding:vif_type": "ovs",
            "_tag": sent.get("tag")}),
        ));
    }
    let port = cloud.one("ports", &port)?;
    Ok(told(call, &port))
}

fn told(call: &Call, port: &Object) -> Done {
    Done::new(200, json!({ "interfaceAttachment": shown(call, port) }))
}

fn shown(call: &Call, port: &Object) -> Value {
    let mut shown = json!({"port_id": text(port, "id"), "net_id": text(port, "network_id"),
        "mac_addr": text(port, "mac_address"), "port_state": text(port, "status"), "fixed_ips": port.get("fixed_ips")});
    if let Some(shown) = shown.as_object_mut().filter(|_| call.minor >= 70) {
        shown.insert("tag".to_owned(), port.get("_tag").cloned().unwrap_or_default());
    }
    shown
}
