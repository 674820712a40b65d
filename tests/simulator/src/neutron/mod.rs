//! Neutron: <https://docs.openstack.org/api-ref/network/v2/>

mod floating;
mod gateways;
mod interfaces;
mod networks;
mod pools;
pub(crate) mod ports;
mod routers;
mod security;
mod subnets;

use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(crate) static COLLECTIONS: &[Collection] = &[
    networks::NETWORKS,
    subnets::SUBNETS,
    pools::POOLS,
    ports::PORTS,
    routers::ROUTERS,
    security::GROUPS,
    security::RULES,
    floating::FLOATING,
];

/// Every project has its default security group as soon as it is looked for.
pub(crate) fn furnish(cloud: &mut Cloud) {
    let projects: Vec<_> =
        cloud.store.all("projects").map(|project| text(project, "id").to_owned()).collect();
    for project in projects {
        default_group(cloud, Some(project));
    }
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    match call.parts().as_slice() {
        ["routers", router, action @ ("add_router_interface" | "remove_router_interface")] => {
            Some(interfaces::answer(cloud, call, router, action))
        }
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
