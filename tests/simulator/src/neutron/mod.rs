//! Neutron: <https://docs.openstack.org/api-ref/network/v2/>

mod networks;

use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(crate) static COLLECTIONS: &[Collection] = &[networks::NETWORKS];

/// What is no plain collection.
pub(crate) fn special(_: &mut Cloud, _: &Call) -> Option<Outcome> {
    None
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
        return Err(Refusal::forbidden("create for another project"));
    }
    let owner = if given.is_empty() { call.who.project.clone() } else { Some(given) };
    let (owner, now) = (json!(owner), Value::from(cloud.time()));
    let facts = [
        ("project_id", owner.clone()),
        ("tenant_id", owner),
        ("created_at", now.clone()),
        ("updated_at", now),
        ("revision_number", json!(1)),
        ("tags", json!([])),
    ];
    object.extend(facts.map(|(name, value)| (name.to_owned(), value)));
    Ok(object)
}

/// 409.
fn in_use(kind: &str, message: String) -> Refusal {
    Refusal::new(409, kind, message)
}
