//! Flavors.

use super::nova;
use crate::{
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
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
    unmake: |cloud, _, flavor| {
        cloud.store.clear("os-flavor-access", "flavor_id", text(flavor, "id"));
        Ok(true)
    },
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

/// Who can use a flavor: <https://docs.openstack.org/api-ref/compute/#flavors-access-flavors-os-flavor-access-action>
pub(super) fn access(cloud: &mut Cloud, call: &Call, flavor: &str, below: &str) -> Outcome {
    let store = "os-flavor-access";
    let found = cloud.one("flavors", flavor)?;
    if !call.who.admin {
        return Err(Refusal::forbidden("access to a flavor by a user", "os_compute_api:os-flavor-access"));
    }
    let public = truth(&found, "os-flavor-access:is_public");
    if below == "os-flavor-access" {
        if public {
            let why = "Access list not available for public flavors.";
            return Err(Refusal::new(404, "accesses of a public flavor", why));
        }
        return Ok(Done::new(200, accesses(cloud, flavor)));
    }
    let of = |action: &str| call.body.get(action)?.get("tenant")?.as_str().map(str::to_owned);
    let add = of("addTenantAccess");
    let project = add.clone().or_else(|| of("removeTenantAccess"));
    let project = project.ok_or_else(|| Refusal::bad("unknown flavor action", "There is no such action."))?;
    let id = format!("{flavor}/{project}");
    let known = cloud.store.get(store, &id).is_some();
    match add {
        Some(_) if public => {
            let why = "Can not add access to a public flavor.";
            return Err(Refusal::conflict("access to a public flavor", why));
        }
        Some(_) if known => {
            let why = format!(
                "Flavor access already exists for flavor {flavor} and project {project} combination."
            );
            return Err(Refusal::conflict("access to a flavor twice", why));
        }
        Some(_) => {
            let one = json!({"id": id, "flavor_id": flavor, "tenant_id": project});
            cloud.store.put(store, object(one));
        }
        None if known => drop(cloud.store.remove(store, &id)),
        None => {
            let why = format!("Flavor access not found for {flavor} / {project} combination.");
            return Err(Refusal::new(404, "no such access to a flavor", why));
        }
    }
    Ok(Done::new(200, accesses(cloud, flavor)))
}

fn accesses(cloud: &Cloud, flavor: &str) -> Value {
    let all = cloud.store.having("os-flavor-access", "flavor_id", flavor);
    let told: Vec<_> =
        all.map(|one| json!({"flavor_id": flavor, "tenant_id": text(one, "tenant_id")})).collect();
    json!({ "flavor_access": told })
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
