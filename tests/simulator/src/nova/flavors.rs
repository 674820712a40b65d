//! Flavors.

use super::nova;
use crate::{
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(super) const FLAVORS: Collection = Collection {
    fields: || {
        json!({"id": null, "name": "", "description": null, "ram": 0, "vcpus": 0, "disk": 0, "OS-FLV-EXT-DATA:ephemeral": 0,
            "swap": 0, "rxtx_factor": 1.0, "os-flavor-access:is_public": true})
    },
    told: || json!({"OS-FLV-DISABLED:disabled": false, "extra_specs": {}}),
    required: &["name", "ram", "vcpus", "disk"],
    fixed: &[
        "id",
        "name",
        "ram",
        "vcpus",
        "disk",
        "swap",
        "rxtx_factor",
        "OS-FLV-EXT-DATA:ephemeral",
        "os-flavor-access:is_public",
    ],
    unique: &["name"],
    brief: &["id", "name", "description"],
    admin: true,
    statuses: (200, 200, 202),
    make,
    show,
    ..nova("flavors", "flavors", "flavor", "Flavor")
};

/// The id may be the caller's choice.
fn make(cloud: &mut Cloud, call: &Call, mut flavor: Object) -> Outcome<Object> {
    let chosen =
        call.body.pointer("/flavor/id").and_then(Value::as_str).filter(|id| !["", "auto"].contains(id));
    if let Some(id) = chosen {
        if cloud.store.get("flavors", id).is_some() {
            return Err(Refusal::conflict("flavor id taken", format!("Flavor with ID {id} already exists.")));
        }
        flavor.insert("id".to_owned(), json!(id));
    }
    if call.minor < 55 && !text(&flavor, "description").is_empty() {
        return Err(Refusal::bad(
            "description before 2.55",
            "Additional properties are not allowed ('description' was unexpected)",
        ));
    }
    Ok(flavor)
}

fn show(_: &Cloud, call: &Call, mut flavor: Object) -> Object {
    if call.minor < 61 {
        flavor.remove("extra_specs");
    }
    if call.minor < 55 {
        flavor.remove("description");
    }
    if call.minor < 75 && flavor.get("swap").is_some_and(|swap| swap == 0) {
        flavor.insert("swap".to_owned(), json!(""));
    }
    flavor
}
