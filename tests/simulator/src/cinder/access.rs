//! Who can use a volume type, and which one a project uses by default.

use crate::{
    call::Call,
    cloud::Cloud,
    collection::not_found,
    reply::{Done, Outcome, Refusal},
    store::{object, text, truth},
};
use serde_json::{Value, json};

const STORE: &str = "os-volume-type-access";

/// <https://docs.openstack.org/api-ref/block-storage/v3/#volume-type-access-types-action-types-os-volume-type-access>
pub(super) fn access(cloud: &mut Cloud, call: &Call, kind: &str, below: &str) -> Outcome {
    let found = cloud.one("types", kind)?;
    if !call.who.admin {
        return Err(Refusal::forbidden("access to a volume type by a user", "volume_type_access"));
    }
    if below == "os-volume-type-access" {
        if truth(&found, "is_public") {
            let why = "Access list not available for public volume types.";
            return Err(Refusal::new(404, "accesses of a public volume type", why));
        }
        let all = cloud.store.having(STORE, "volume_type_id", kind);
        let told: Vec<_> =
            all.map(|one| json!({"volume_type_id": kind, "project_id": text(one, "project_id")})).collect();
        return Ok(Done::new(200, json!({ "volume_type_access": told })));
    }
    let of = |action: &str| call.body.get(action)?.get("project")?.as_str().map(str::to_owned);
    let add = of("addProjectAccess");
    let project = add.clone().or_else(|| of("removeProjectAccess"));
    let project =
        project.ok_or_else(|| Refusal::bad("unknown action on a type", "There is no such action."))?;
    let id = format!("{kind}/{project}");
    let known = cloud.store.get(STORE, &id).is_some();
    match (add, known) {
        (Some(_), _) if truth(&found, "is_public") => {
            let why = "Type access modification is not applicable to public volume type.";
            return Err(Refusal::bad("access to a public volume type", why));
        }
        (Some(_), true) => {
            let why = format!("Volume type access for {kind} / {project} combination already exists.");
            return Err(Refusal::conflict("access to a volume type twice", why));
        }
        (Some(_), false) => {
            let one = json!({"id": id, "volume_type_id": kind, "project_id": project});
            cloud.store.put(STORE, object(one));
        }
        (None, true) => drop(cloud.store.remove(STORE, &id)),
        (None, false) => {
            let why = format!("Volume type access not found for {kind} / {project} combination.");
            return Err(Refusal::new(404, "no such access to a volume type", why));
        }
    }
    Ok(Done::nothing(202))
}

/// <https://docs.openstack.org/api-ref/block-storage/v3/#default-volume-types-default-types>
pub(super) fn default(cloud: &mut Cloud, call: &Call, project: &str) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("default type by a user", "volume_extension:default_set_or_update"));
    }
    cloud.store.get("projects", project).ok_or_else(|| not_found("projects", project))?;
    let told = |kind: &Value| {
        Done::new(200, json!({"default_type": {"project_id": project, "volume_type_id": kind}}))
    };
    let store = "default-types";
    match call.method.as_str() {
        "GET" => match cloud.store.get(store, project) {
            Some(set) => Ok(told(&set.get("volume_type_id").cloned().unwrap_or_default())),
            None => {
                Err(Refusal::new(404, "no default type", format!("Default type for {project} not found.")))
            }
        },
        "PUT" => {
            let wanted =
                call.body.pointer("/default_type/volume_type").and_then(Value::as_str).unwrap_or_default();
            let (id, _) = super::kind(cloud, wanted).map_err(|refusal| Refusal {
                kind: "default type that is none".to_owned(),
                status: 400,
                ..refusal
            })?;
            cloud.store.put(store, object(json!({"id": project, "volume_type_id": id})));
            Ok(told(&json!(id)))
        }
        "DELETE" => {
            cloud.store.remove(store, project);
            Ok(Done::nothing(204))
        }
        _ => Err(Refusal::no_path()),
    }
}
