//! Interfaces of a server that are kept as its spec says.

use super::{ServerNetwork, ServerObservation, ServerParameters};
use crate::kind::{
    Key, Step, TypedObserved, normalise,
    request::{Method, Microversion},
    rest::requests::Requests,
};
use serde_json::{Map, Value, json};

type Asked<'a> = Key<'a, ServerParameters>;
type Seen<'a> = TypedObserved<'a, ServerParameters, ServerObservation>;

/// Attaching tells a tag from this one on.
const TAGS: Microversion = Microversion(2, 49);

/// In the words of the spec: an item that an interface fits is told as it is wanted, any other interface by its port.
pub(super) fn shown(wanted: &[ServerNetwork], told: &Value) -> Vec<Value> {
    let all = told.get("interfaceAttachments").and_then(Value::as_array).into_iter().flatten();
    let (mut left, mut fitting): (Vec<_>, Vec<_>) = (all.collect(), vec![false; wanted.len()]);
    // Whoever names a port or an address comes before those whom any of the network does.
    for fits in [by_port, by_address, by_network] {
        for (item, found) in wanted.iter().zip(&mut fitting).filter(|(_, found)| !**found) {
            if let Some(at) = left.iter().position(|interface| fits(item, interface)) {
                left.remove(at);
                *found = true;
            }
        }
    }
    let there = wanted.iter().zip(fitting).filter(|(_, found)| *found).map(|(item, _)| as_wanted(item));
    there.chain(left.into_iter().map(|interface| json!({"port": interface.get("port_id")}))).collect()
}

/// In the API's words.
pub(super) fn as_wanted(item: &ServerNetwork) -> Value {
    json!({"uuid": item.network_id, "port": item.port_id, "fixed_ip": item.fixed_ip, "tag": item.tag})
}

fn is(interface: &Value, field: &str, wanted: Option<&str>) -> bool {
    wanted.is_some() && interface.get(field).and_then(Value::as_str) == wanted
}

fn by_port(item: &ServerNetwork, interface: &Value) -> bool {
    is(interface, "port_id", item.port_id.as_deref())
}

fn by_address(item: &ServerNetwork, interface: &Value) -> bool {
    let addresses = interface.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
    let mut addresses = addresses.filter_map(|one| one.get("ip_address")?.as_str()).map(normalise::ip);
    let wanted = item.fixed_ip.as_deref().map(normalise::ip);
    is(interface, "net_id", item.network_id.as_deref()) && addresses.any(|have| Some(have) == wanted)
}

fn by_network(item: &ServerNetwork, interface: &Value) -> bool {
    let any = item.port_id.is_none() && item.fixed_ip.is_none();
    any && is(interface, "net_id", item.network_id.as_deref())
}

/// In the words of a create.
pub(super) fn create(body: &mut Map<String, Value>) {
    if let Some(interfaces) = body.remove("interfaces") {
        let none = interfaces.as_array().is_some_and(Vec::is_empty);
        body.insert("networks".to_owned(), if none { json!("none") } else { interfaces });
    }
}

/// What is missing is attached first, so that the server keeps its ways.
pub(super) fn next(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let mut surplus = seen.params.interfaces.clone().unwrap_or_default();
    let mut lacks = |item: &&ServerNetwork| {
        let at = surplus.iter().position(|have| have == *item);
        at.map(|at| surplus.remove(at)).is_none()
    };
    if let Some(item) = key.params.interfaces.iter().flatten().find(&mut lacks) {
        return Some(attach(server, item));
    }
    let port = surplus.into_iter().find_map(|interface| interface.port_id)?;
    Some(server.below(Method::Delete, &format!("os-interface/{port}"), None))
}

fn attach(server: &Requests<'_>, item: &ServerNetwork) -> Step {
    let mut interface = match (&item.port_id, &item.fixed_ip) {
        (Some(port), _) => json!({"port_id": port}),
        (None, None) => json!({"net_id": item.network_id}),
        (None, Some(address)) => {
            json!({"net_id": item.network_id, "fixed_ips": [{"ip_address": address}]})
        }
    };
    if let (Some(tag), Value::Object(interface)) = (&item.tag, &mut interface) {
        interface.insert("tag".to_owned(), json!(tag));
    }
    let step = server.below(Method::Post, "os-interface", Some(json!({"interfaceAttachment": interface})));
    match step {
        Step::Send(mut request) if item.tag.is_some() => {
            request.microversion = request.microversion.max(Some(TAGS));
            Step::Send(request)
        }
        step => step,
    }
}

/// Nova changes them only in these statuses.
pub(super) fn fixed(_: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let status = seen.state.status.as_str();
    let refusal = || Step::Refuse(format!("a server whose status is {status} can't change its interfaces"));
    (!matches!(status, "ACTIVE" | "PAUSED" | "SHUTOFF")).then(refusal)
}

#[cfg(test)]
mod tests;
