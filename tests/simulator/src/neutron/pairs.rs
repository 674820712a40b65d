//! Port pairs of service function chaining, and their groups.

use super::{in_use, neutron, owned, ports};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

pub(super) const PAIRS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "ingress": "", "egress": "",
            "service_function_parameters": {"correlation": null, "weight": 1}, "project_id": "", "tenant_id": ""})
    },
    required: &["ingress", "egress"],
    fixed: &["ingress", "egress", "service_function_parameters", "project_id", "tenant_id"],
    tags: false,
    make: pair,
    unmake: |cloud, _, pair| {
        let id = text(pair, "id");
        match cloud.store.all("port_pair_groups").any(|group| lists(group, "port_pairs", id)) {
            true => Err(in_use("PortPairInUse", format!("Port Pair {id} in use."))),
            false => Ok(true),
        }
    },
    ..neutron("port_pairs", "port_pairs", "port_pair", "Port pair")
};

pub(super) const GROUPS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "port_pairs": [], "tap_enabled": false,
            "port_pair_group_parameters": mapped(), "project_id": "", "tenant_id": ""})
    },
    fixed: &["port_pair_group_parameters", "tap_enabled", "project_id", "tenant_id"],
    tags: false,
    make: |cloud, call, mut group| {
        holds(cloud, call, &group)?;
        fill(&mut group, "port_pair_group_parameters", mapped());
        group.insert("group_id".to_owned(), json!(free(cloud, "port_pair_groups", "group_id")));
        owned(cloud, call, group)
    },
    change: |cloud, call, old, new| {
        let group = merged(old, new);
        holds(cloud, call, &group)?;
        Ok(group)
    },
    unmake: |cloud, _, group| {
        let id = text(group, "id");
        match cloud.store.all("port_chains").any(|chain| lists(chain, "port_pair_groups", id)) {
            true => Err(in_use("PortPairGroupInUse", format!("Port Pair Group {id} in use."))),
            false => Ok(true),
        }
    },
    ..neutron("port_pair_groups", "port_pair_groups", "port_pair_group", "Port pair group")
};

fn mapped() -> Value {
    json!({"lb_fields": [], "ppg_n_tuple_mapping": {"ingress_n_tuple": {}, "egress_n_tuple": {}}})
}

/// What parameters leave out.
pub(super) fn fill(object: &mut Object, field: &str, usual: Value) {
    if let (Some(Value::Object(given)), Value::Object(usual)) = (object.get_mut(field), usual) {
        for (name, value) in usual {
            given.entry(name).or_insert(value);
        }
    }
}

pub(super) fn ids<'a>(object: &'a Object, list: &str) -> Vec<&'a str> {
    object.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn lists(object: &Object, list: &str, id: &str) -> bool {
    ids(object, list).contains(&id)
}

pub(super) fn number(object: &Object, field: &str) -> Option<u64> {
    object.get(field).and_then(Value::as_u64)
}

pub(super) fn free(cloud: &Cloud, collection: &str, field: &str) -> u64 {
    let taken: Vec<_> = cloud.store.all(collection).filter_map(|object| number(object, field)).collect();
    (1..).find(|one| !taken.contains(one)).unwrap_or_default()
}

/// Does something of these stand on this port? The database then keeps it.
pub(super) fn stands_on(cloud: &Cloud, port: &str) -> bool {
    [
        ("port_pairs", ["ingress", "egress"]),
        ("flow_classifiers", ["logical_source_port", "logical_destination_port"]),
    ]
    .iter()
    .any(|(collection, fields)| {
        cloud.store.all(collection).any(|object| fields.iter().any(|field| text(object, field) == port))
    })
}

fn pair(cloud: &mut Cloud, call: &Call, pair: Object) -> Outcome<Object> {
    let sides = [("ingress", "PortPairIngressNoHost"), ("egress", "PortPairEgressNoHost")];
    let same = |other: &&Object| sides.iter().all(|(side, _)| text(other, side) == text(&pair, side));
    if let Some(other) = cloud.store.all("port_pairs").find(same) {
        let why = format!("Port Pair is already used by another Port Pair {}.", text(other, "id"));
        return Err(Refusal::bad("PortPairIngressEgressInUse", why));
    }
    let mut devices = vec![];
    for (side, none) in sides {
        let id = text(&pair, side);
        let port = cloud.store.get("ports", id).filter(|port| ports::PORTS.visible(call, port));
        let missing = || Refusal::new(404, "PortPairPortNotFound", format!("Port Pair port {id} not found."));
        devices.push((id, text(port.ok_or_else(missing)?, "device_id"), side, none));
    }
    if let Some((id, _, side, kind)) = devices.iter().find(|(_, device, ..)| device.is_empty()) {
        return Err(Refusal::bad(kind, format!("Port Pair {side} port {id} does not belong to a host.")));
    }
    if devices.windows(2).any(|two| matches!(two, [(_, one, ..), (_, other, ..)] if one != other)) {
        let why = "Port Pair ingress port and egress port not in the same host.";
        return Err(Refusal::bad("PortPairIngressEgressDifferentHost", why));
    }
    owned(cloud, call, pair)
}

pub(super) fn correlation(pair: &Object) -> Outcome<Value> {
    let parameters = pair.get("service_function_parameters").and_then(|all| all.get("correlation"));
    let why = "Request Failed: internal server error while processing your request.";
    parameters
        .cloned()
        .ok_or_else(|| Refusal::new(500, "HTTPInternalServerError: pair without correlation", why))
}

/// Can a group have these pairs?
fn holds(cloud: &Cloud, call: &Call, group: &Object) -> Outcome<()> {
    let pairs = ids(group, "port_pairs");
    let mut first = None;
    for id in &pairs {
        let pair = cloud.store.get("port_pairs", id).filter(|pair| PAIRS.visible(call, pair));
        let pair = pair.ok_or_else(|| collection::not_found("port_pairs", id))?;
        let correlation = correlation(pair)?;
        if *first.get_or_insert(correlation.clone()) != correlation {
            let why =
                "Port Pair Group attempted creation included Port Pairs with inconsistent correlation types.";
            return Err(Refusal::bad("InconsistentCorrelations", why));
        }
        let others =
            cloud.store.all("port_pair_groups").filter(|other| text(other, "id") != text(group, "id"));
        if others.into_iter().any(|other| lists(other, "port_pairs", id)) {
            return Err(in_use("PortPairInUse", format!("Port Pair {id} in use.")));
        }
    }
    if truth(group, "tap_enabled") && pairs.len() > 1 {
        let why = "Multiple port pairs in Tap port-pair-group is not allowed.";
        return Err(Refusal::bad("MultiplePortPairsInTapPPGNotSupported", why));
    }
    Ok(())
}
