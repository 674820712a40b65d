//! What lies below floating IPs and routers: port forwardings, conntrack helpers, and routes.

use super::{floating, in_use, neutron, stamps};
use crate::{
    address::Range,
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection, merged},
    reply::{Done, Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(super) const FORWARDINGS: Collection = Collection {
    fields: || {
        json!({"internal_port_id": "", "internal_ip_address": "", "internal_port": null, "internal_port_range": null,
            "external_port": null, "external_port_range": null, "protocol": "", "description": ""})
    },
    required: &["internal_port_id", "internal_ip_address", "protocol"],
    tags: false,
    make: |cloud, _, forwarding| forward(cloud, forwarding),
    change: |cloud, _, old, mut new| {
        judge(cloud, old, &mut new)?;
        let mut whole = merged(old, new.clone());
        for (one, range) in PORTS {
            if new.contains_key(one) {
                whole.remove(range);
            } else if new.contains_key(range) {
                whole.insert(one.to_owned(), Value::Null);
            }
        }
        forward(cloud, whole)
    },
    unmake: |cloud, _, forwarding| {
        let id = text(forwarding, "floatingip_id");
        if cloud.store.having("port_forwardings", "floatingip_id", id).count() == 1
            && let Some(address) = cloud.store.get_mut("floatingips", id)
        {
            address.insert("router_id".to_owned(), Value::Null);
        }
        Ok(true)
    },
    show: |_, _, mut forwarding| {
        forwarding.remove("floatingip_id");
        forwarding
    },
    ..neutron("port_forwardings", "port_forwardings", "port_forwarding", "Port forwarding")
};

/// Fields that say one port, and the same as a range.
const PORTS: [(&str, &str); 2] =
    [("internal_port", "internal_port_range"), ("external_port", "external_port_range")];

/// An update's ranges are compared with nothing but what it says itself. Another port brings its first address, and an address
/// the one port that the forwarding had, which one of ranges has not.
fn judge(cloud: &Cloud, old: &Object, new: &mut Object) -> Outcome<()> {
    let port = text(new, "internal_port_id");
    if ![text(old, "internal_port_id"), ""].contains(&port) && !new.contains_key("internal_ip_address") {
        let port = cloud.one("ports", port)?;
        let first = port.get("fixed_ips").and_then(|all| all.pointer("/0/ip_address")).cloned();
        new.insert("internal_ip_address".to_owned(), first.unwrap_or_default());
    }
    let [inside, outside] = PORTS.map(|(one, range)| (new.contains_key(one), text(new, range)));
    let none = old.get("internal_port").is_none_or(Value::is_null);
    if new.contains_key("internal_ip_address") && none && inside == (false, "") {
        let why = "Request Failed: internal server error while processing your request.";
        return Err(Refusal::new(500, "HTTPInternalServerError", why));
    }
    let more = |range: &str| {
        let (first, last) = range.split_once(':')?;
        last.parse::<i32>().ok()?.checked_sub(first.parse().ok()?)
    };
    let [inside, outside] = [inside.1, outside.1].map(|range| more(range).unwrap_or_default());
    if inside > 0 && inside != outside {
        let why = "Bad port_forwarding request: Invalid ranges of internal and/or external ports. The relation between internal and external ports must be N-N or 1-N.";
        return Err(Refusal::bad("BadRequest: ranges unlike each other", why));
    }
    Ok(())
}

/// What follows from the other fields, and the router on the way.
fn forward(cloud: &mut Cloud, mut forwarding: Object) -> Outcome<Object> {
    let (id, port) = (text(&forwarding, "floatingip_id").to_owned(), text(&forwarding, "internal_port_id"));
    let mut address = cloud.one("floatingips", &id)?;
    if !text(&address, "port_id").is_empty() {
        let why = format!(
            "Cannot associate floating IP {} with port {port}, as it already has one.",
            text(&address, "floating_ip_address")
        );
        return Err(in_use("FloatingIPPortAlreadyAssociated", why));
    }
    let found = cloud.one("ports", port)?;
    let fixed = found.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
    let wanted = text(&forwarding, "internal_ip_address");
    let subnet = fixed.into_iter().find(|ip| ip.get("ip_address").is_some_and(|ip| ip == wanted));
    let subnet = subnet.and_then(|ip| ip.get("subnet_id")?.as_str()).unwrap_or_default();
    let router = floating::router(cloud, subnet, text(&address, "floating_network_id"));
    let why = || {
        format!("Bad port_forwarding request: no router leads from {wanted} to the floating IP's network.")
    };
    let router = router.ok_or_else(|| Refusal::bad("BadRequest: port forwarding without a way", why()))?;
    for (one, range) in PORTS {
        let port = forwarding.get(one).and_then(Value::as_u64);
        let told = port.map_or_else(
            || forwarding.get(range).cloned().unwrap_or_default(),
            |port| json!(format!("{port}:{port}")),
        );
        forwarding.insert(range.to_owned(), told);
    }
    let mut all = cloud.store.having("port_forwardings", "floatingip_id", &id);
    let mine = text(&forwarding, "id");
    let same = |other: &&Object| {
        let alike = |field: &str| other.get(field) == forwarding.get(field);
        text(other, "id") != mine && alike("external_port_range") && alike("protocol")
    };
    if all.any(|other| same(&other)) {
        let why = "Bad port_forwarding request: There is a port collision with the external_port.";
        return Err(Refusal::bad("BadRequest: two port forwardings from one port", why));
    }
    address.insert("router_id".to_owned(), json!(router));
    cloud.store.put("floatingips", address);
    Ok(forwarding)
}

pub(super) const HELPERS: Collection = Collection {
    fields: || json!({"protocol": "", "port": 0, "helper": ""}),
    required: &["protocol", "port", "helper"],
    make: |cloud, _, helper| {
        let mut all = cloud.store.having("conntrack_helpers", "router_id", text(&helper, "router_id"));
        let fields = ["protocol", "port", "helper"];
        if all.any(|other| fields.iter().all(|field| other.get(*field) == helper.get(*field))) {
            let why = "Bad conntrack_helper request: A duplicate conntrack helper entry with same attributes already exists.";
            return Err(Refusal::bad("BadRequest: conntrack helper twice", why));
        }
        Ok(helper)
    },
    show: |_, _, mut helper| {
        helper.remove("router_id");
        helper
    },
    ..Collection::of(
        Neutron,
        "conntrack_helpers",
        "conntrack_helpers",
        "conntrack_helper",
        "Conntrack helper",
    )
};

/// What lies below an object of one of these collections.
pub(super) fn answer(cloud: &mut Cloud, call: &mut Call, parts: &[&str]) -> Outcome {
    let [above, id, ..] = parts else { return Err(Refusal::no_path()) };
    let field = match *above {
        "floatingips" => "floatingip_id",
        "local_ips" => "local_ip_id",
        _ => "router_id",
    };
    let found = cloud.one(above, id)?;
    if !call.who.admin && call.who.project.as_deref() != Some(text(&found, "project_id")) {
        return Err(collection::not_found(above, id));
    }
    call.within = vec![(field, (*id).to_owned())];
    collection::answer(cloud, call, parts.get(2..).unwrap_or_default())
}

/// `add_extraroutes` and `remove_extraroutes`.
pub(super) fn routes(cloud: &mut Cloud, call: &Call, id: &str, action: &str) -> Outcome {
    let mut router = cloud.one("routers", id)?;
    if !call.who.admin && call.who.project.as_deref() != Some(text(&router, "project_id")) {
        return Err(collection::not_found("routers", id));
    }
    let sent = call.body.pointer("/router/routes").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut routes = router.get("routes").and_then(Value::as_array).cloned().unwrap_or_default();
    routes.retain(|route| !sent.contains(route));
    if action == "add_extraroutes" {
        routes.extend(sent);
    }
    reachable(cloud, id, &routes)?;
    router.insert("routes".to_owned(), json!(routes));
    collection::touch(cloud, &mut router);
    cloud.store.put("routers", router.clone());
    Ok(Done::new(200, json!({ "router": router })))
}

/// The next hops must be on subnets of the router.
pub(super) fn reachable(cloud: &Cloud, id: &str, routes: &[Value]) -> Outcome<()> {
    let inside = ranges(cloud, id);
    for to in routes.iter().filter_map(|route| route.get("destination")?.as_str()) {
        let begin = Range::parse(to).map(|range| range.address(range.first));
        if begin.as_deref() != to.split('/').next() {
            let why = format!("Invalid input for routes. Reason: '{to}' is not a valid CIDR.");
            return Err(Refusal::bad("HTTPBadRequest: destination of a route within its range", why));
        }
    }
    let connected = |route: &Value| {
        let hop = route.get("nexthop").and_then(Value::as_str).unwrap_or_default();
        inside.iter().any(|(_, range)| range.contains(hop))
    };
    if !routes.iter().all(connected) {
        let why = "Invalid format for routes: the nexthop is not connected with router";
        return Err(Refusal::bad("InvalidRoutes", why));
    }
    Ok(())
}

/// Subnets that a router has ports on.
fn ranges(cloud: &Cloud, router: &str) -> Vec<(String, Range)> {
    let ports = cloud.store.having("ports", "device_id", router);
    let fixed = ports.filter_map(|port| port.get("fixed_ips")?.as_array()).flatten();
    let range = |ip: &Value| {
        let subnet = cloud.store.get("subnets", ip.get("subnet_id")?.as_str()?)?;
        Some((text(subnet, "id").to_owned(), Range::parse(text(subnet, "cidr"))?))
    };
    fixed.filter_map(range).collect()
}

/// A route that goes over a subnet holds the router's interface there.
pub(super) fn used(cloud: &Cloud, router: &Object, subnet: &str) -> Outcome<()> {
    let id = text(router, "id");
    let over = |route: &Value| {
        let hop = route.get("nexthop").and_then(Value::as_str).unwrap_or_default();
        ranges(cloud, id).iter().any(|(there, range)| there == subnet && range.contains(hop))
    };
    if router.get("routes").and_then(Value::as_array).into_iter().flatten().any(over) {
        let why = format!(
            "Router interface for subnet {subnet} on router {id} cannot be deleted, as it is required by one or more routes."
        );
        return Err(in_use("RouterInterfaceInUseByRoute", why));
    }
    Ok(())
}

pub(super) const LOCAL_ASSOCIATIONS: Collection = Collection {
    fields: || json!({"fixed_port_id": "", "fixed_ip": null}),
    told: || json!({"host": ""}),
    required: &["fixed_port_id"],
    update: "",
    make: |cloud, _, association| {
        let mut association = association;
        let local = cloud.one("local_ips", text(&association, "local_ip_id"))?;
        let port = cloud.one("ports", text(&association, "fixed_port_id"))?;
        if text(&association, "fixed_ip").is_empty() {
            let first = port.get("fixed_ips").and_then(|all| all.pointer("/0/ip_address")).cloned();
            association.insert("fixed_ip".to_owned(), first.unwrap_or_default());
        }
        association.extend(stamps(cloud, text(&local, "project_id")).into_iter().take(2));
        association.insert("local_ip_address".to_owned(), json!(text(&local, "local_ip_address")));
        association.insert("id".to_owned(), json!(text(&port, "id")));
        Ok(association)
    },
    show: |_, _, mut association| {
        for hidden in ["id", "project_id", "tenant_id"] {
            association.remove(hidden);
        }
        association
    },
    ..Collection::of(
        Neutron,
        "port_associations",
        "port_associations",
        "port_association",
        "Local IP association",
    )
};
