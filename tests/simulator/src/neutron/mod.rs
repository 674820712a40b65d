//! Neutron: <https://docs.openstack.org/api-ref/network/v2/>

mod agents;
mod below;
mod bgp;
mod chains;
mod classifiers;
mod firewalls;
mod floating;
mod gateways;
mod groups;
mod interfaces;
mod local;
mod networks;
mod operators;
mod pairs;
mod pools;
pub(crate) mod ports;
mod qos;
mod quotas;
mod routers;
mod security;
mod subnets;
mod taps;
mod trunks;
mod vpn;

use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(crate) static COLLECTIONS: &[Collection] = &[
    agents::AGENTS,
    networks::NETWORKS,
    subnets::SUBNETS,
    pools::POOLS,
    ports::PORTS,
    routers::ROUTERS,
    security::GROUPS,
    security::RULES,
    floating::FLOATING,
    below::FORWARDINGS,
    below::HELPERS,
    below::LOCAL_ASSOCIATIONS,
    groups::SCOPES,
    groups::GROUPS,
    groups::RBAC,
    local::LOCAL_IPS,
    local::NDP_PROXIES,
    operators::SEGMENTS,
    operators::RANGES,
    operators::DEFAULT_RULES,
    operators::LABELS,
    operators::LABEL_RULES,
    operators::FLAVORS,
    operators::PROFILES,
    qos::POLICIES,
    qos::RULES[0],
    qos::RULES[1],
    qos::RULES[2],
    qos::RULES[3],
    qos::RULES[4],
    trunks::TRUNKS,
    vpn::SERVICES,
    vpn::IKE_POLICIES,
    vpn::IPSEC_POLICIES,
    vpn::GROUPS,
    vpn::CONNECTIONS,
    firewalls::RULES,
    firewalls::POLICIES,
    firewalls::GROUPS,
    bgp::SPEAKERS,
    bgp::PEERS,
    bgp::VPNS,
    bgp::NETWORKS,
    bgp::ROUTERS,
    bgp::PORTS,
    taps::SERVICES,
    taps::FLOWS,
    taps::MIRRORS,
    taps::LOGS,
    pairs::PAIRS,
    pairs::GROUPS,
    classifiers::CLASSIFIERS,
    chains::CHAINS,
];

/// Every project has its default security group as soon as it is looked for; agents are there.
pub(crate) fn furnish(cloud: &mut Cloud) {
    agents::furnish(cloud);
    let projects: Vec<_> =
        cloud.store.all("projects").map(|project| text(project, "id").to_owned()).collect();
    for project in projects {
        default_group(cloud, Some(project));
    }
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    let path = call.path.clone();
    let parts: Vec<_> = path.iter().skip(1).map(String::as_str).collect();
    match parts.as_slice() {
        ["routers", router, action @ ("add_router_interface" | "remove_router_interface")] => {
            Some(interfaces::answer(cloud, call, router, action))
        }
        ["routers", router, action @ ("add_extraroutes" | "remove_extraroutes")] => {
            Some(below::routes(cloud, call, router, action))
        }
        ["routers", router, action @ ("add_external_gateways" | "remove_external_gateways")] => {
            Some(gateways::edit(cloud, call, router, action))
        }
        ["routers", _, "conntrack_helpers", ..]
        | ["floatingips", _, "port_forwardings", ..]
        | ["local_ips", _, "port_associations", ..] => Some(below::answer(cloud, call, &parts)),
        ["address-groups", group, action @ ("add_addresses" | "remove_addresses")] => {
            Some(groups::edit(cloud, call, group, action))
        }
        ["trunks", trunk, action @ ("add_subports" | "remove_subports")] => {
            Some(trunks::edit(cloud, call, trunk, action))
        }
        ["qos", rest @ ..] => Some(qos::answer(cloud, call, rest)),
        // Their tags are not below it.
        ["policies", ..] => Some(qos::answer(cloud, call, &parts)),
        ["bgp-speakers", speaker, action] => Some(bgp::edit(cloud, call, speaker, action)),
        ["bgpvpn", rest @ ..] => Some(bgp::vpns(cloud, call, rest)),
        ["security-group-rules"] if call.body.get("security_group_rules").is_some() => {
            Some(security::bulk(cloud, call))
        }
        ["metering" | "vpn" | "fwaas" | "taas" | "log" | "sfc", rest @ ..] => {
            Some(collection::answer(cloud, call, rest))
        }
        ["flavors", ..] => Some(operators::flavors(cloud, call, &parts)),
        ["agents", ..] => Some(agents::answer(cloud, call, &parts)),
        ["quotas"] => Some(quotas::answer(cloud, call, None)),
        ["quotas", project] => Some(quotas::answer(cloud, call, Some(project))),
        ["security-groups" | "security-group-rules", ..] => {
            security::default_group(cloud, call.who.project.clone());
            None
        }
        _ => None,
    }
}

const fn neutron(
    path: &'static str,
    items: &'static str,
    singular: &'static str,
    noun: &'static str,
) -> Collection {
    let plain = Collection::of(Neutron, path, items, singular, noun);
    Collection { tags: true, make: own, ..plain }
}

/// The owner and the times.
fn own(cloud: &mut Cloud, call: &Call, mut object: Object) -> Outcome<Object> {
    let given = text(&object, "project_id").to_owned();
    if !given.is_empty() && Some(&given) != call.who.project.as_ref() && !call.who.admin {
        let why = "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires \
                   admin or advsvc privileges";
        return Err(Refusal::bad("HTTPBadRequest: object of another project", why));
    }
    let owner = if given.is_empty() { call.who.project.clone().unwrap_or_default() } else { given };
    object.extend(stamps(cloud, &owner));
    Ok(object)
}

/// The owner alone.
fn owned(cloud: &mut Cloud, call: &Call, object: Object) -> Outcome<Object> {
    let mut object = own(cloud, call, object)?;
    for stamp in ["created_at", "updated_at", "revision_number", "tags"] {
        object.remove(stamp);
    }
    Ok(object)
}

fn stamps(cloud: &Cloud, owner: &str) -> [(String, Value); 6] {
    let now = json!(cloud.time());
    [
        ("project_id", json!(owner)),
        ("tenant_id", json!(owner)),
        ("created_at", now.clone()),
        ("updated_at", now),
        ("revision_number", json!(1)),
        ("tags", json!([])),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

pub(crate) use security::default_group;

/// The ports of a server or router.
pub(crate) fn ports_of(cloud: &Cloud, device: &str) -> Vec<String> {
    ids(cloud, "ports", "device_id", device)
}

/// Ids of the objects whose field has this value.
fn ids(cloud: &Cloud, collection: &str, field: &str, value: &str) -> Vec<String> {
    cloud.store.having(collection, field, value).map(|object| text(object, "id").to_owned()).collect()
}

/// 409.
fn in_use(kind: &str, message: String) -> Refusal {
    Refusal::new(409, kind, message)
}
