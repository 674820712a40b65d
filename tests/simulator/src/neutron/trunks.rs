//! Trunks.

use super::{in_use, neutron, own};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Done, Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

pub(super) const TRUNKS: Collection = Collection {
    fields: || {
        json!({"port_id": "", "name": "", "description": "", "admin_state_up": true, "sub_ports": [], "project_id": "",
            "tenant_id": ""})
    },
    told: || json!({"status": "DOWN"}),
    required: &["port_id"],
    fixed: &["port_id", "sub_ports", "project_id", "tenant_id"],
    refers: &[("port_id", "ports")],
    make,
    unmake: |_, _, trunk| managed(trunk).map(|()| true),
    ..neutron("trunks", "trunks", "trunk", "Trunk")
};

fn make(cloud: &mut Cloud, call: &Call, trunk: Object) -> Outcome<Object> {
    let mut trunk = own(cloud, call, trunk)?;
    let port = text(&trunk, "port_id");
    if cloud.store.having("trunks", "port_id", port).next().is_some() {
        let why = format!("Port {port} is in use by another trunk.");
        return Err(in_use("ParentPortInUse", why));
    }
    let wanted = trunk.get("sub_ports").cloned().unwrap_or_default();
    let ports = settled(cloud, &wanted)?;
    trunk.insert("sub_ports".to_owned(), json!(ports));
    Ok(trunk)
}

/// One that is administratively down can't be changed.
fn managed(trunk: &Object) -> Outcome<()> {
    let why = || format!("Trunk {} is currently disabled.", text(trunk, "id"));
    if truth(trunk, "admin_state_up") { Ok(()) } else { Err(in_use("TrunkDisabled", why())) }
}

/// The wanted ports, each with what it inherits from its network.
fn settled(cloud: &Cloud, wanted: &Value) -> Outcome<Vec<Value>> {
    let settle = |port: &Value| {
        let word = |key: &str| port.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = word("port_id");
        let found = cloud.one("ports", id)?;
        if cloud.store.all("trunks").any(|trunk| holds(trunk, id)) {
            let why = format!("Port {id} is in use by another trunk.");
            return Err(in_use("TrunkPortInUse", why));
        }
        match (word("segmentation_type"), port.get("segmentation_id")) {
            ("inherit", _) => {
                let network = cloud.one("networks", text(&found, "network_id"))?;
                Ok(json!({"port_id": id, "segmentation_type": network.get("provider:network_type"),
                    "segmentation_id": network.get("provider:segmentation_id")}))
            }
            ("", _) | (_, None) => {
                let why = "Invalid subport details: missing segmentation information. Must specify both segmentation_id and segmentation_type";
                Err(Refusal::bad("HTTPBadRequest: port of a trunk without tag", why))
            }
            (kind, tag) => Ok(json!({"port_id": id, "segmentation_type": kind, "segmentation_id": tag})),
        }
    };
    wanted.as_array().into_iter().flatten().map(settle).collect()
}

fn holds(trunk: &Object, port: &str) -> bool {
    let all = trunk.get("sub_ports").and_then(Value::as_array).into_iter().flatten();
    all.into_iter().any(|have| have.get("port_id").is_some_and(|id| id == port))
}

/// `add_subports` and `remove_subports`.
pub(super) fn edit(cloud: &mut Cloud, call: &Call, id: &str, action: &str) -> Outcome {
    let mut trunk = cloud.one("trunks", id)?;
    if !TRUNKS.visible(call, &trunk) {
        return Err(collection::not_found("trunks", id));
    }
    managed(&trunk)?;
    let sent = call.body.get("sub_ports").cloned().unwrap_or_default();
    let mut ports = trunk.get("sub_ports").and_then(Value::as_array).cloned().unwrap_or_default();
    if action == "add_subports" {
        ports.extend(settled(cloud, &sent)?);
    } else {
        for gone in sent.as_array().into_iter().flatten().filter_map(|port| port.get("port_id")?.as_str()) {
            if !holds(&trunk, gone) {
                let why = format!("SubPort on trunk {id} with parent port {gone} could not be found.");
                return Err(Refusal::new(404, "SubPortNotFound", why));
            }
            ports.retain(|port| port.get("port_id").is_none_or(|id| id != gone));
        }
    }
    trunk.insert("sub_ports".to_owned(), Value::Array(ports));
    collection::touch(cloud, &mut trunk);
    cloud.store.put("trunks", trunk.clone());
    Ok(Done::new(200, Value::Object(trunk)))
}
