//! What Keystone's collections do beside storing.

use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, merged},
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

fn locked(object: &Object) -> bool {
    object.get("options").and_then(|options| options.get("immutable")) == Some(&json!(true))
}

fn refuse_locked(verb: &str, object: &Object) -> Outcome<()> {
    let (id, name) = (text(object, "id"), text(object, "name"));
    let why = format!(
        "Cannot {verb} immutable resource {name} ({id}). Set resource option `immutable` to `false` first."
    );
    if locked(object) { Err(Refusal::new(403, "immutable resource", why)) } else { Ok(()) }
}

/// An update; what is immutable takes only one that unlocks it.
pub(super) fn change(_: &mut Cloud, _: &Call, old: &Object, new: Object) -> Outcome<Object> {
    let options = new.get("options").and_then(|options| options.get("immutable"));
    if !(new.len() == 1 && options.is_some_and(|immutable| *immutable != json!(true))) {
        refuse_locked("update", old)?;
    }
    Ok(merged(old, new))
}

/// Removes whatever refers to an object.
pub(super) fn sweep(cloud: &mut Cloud, collection: &str, field: &str, object: &Object) {
    let id = text(object, "id");
    let gone: Vec<_> =
        cloud.store.having(collection, field, id).map(|one| text(one, "id").to_owned()).collect();
    for id in gone {
        cloud.store.remove(collection, &id);
    }
}

/// Assignments go with whom they are about.
fn sweep_grants(cloud: &mut Cloud, field: &str, object: &Object) {
    sweep(cloud, "role_assignments", field, object);
}

pub(super) fn make_domain(_: &mut Cloud, _: &Call, mut domain: Object) -> Outcome<Object> {
    if let Some(id) = domain.remove("explicit_domain_id") {
        domain.insert("id".to_owned(), id);
    }
    Ok(domain)
}

pub(super) fn unmake_domain(cloud: &mut Cloud, _: &Call, domain: &Object) -> Outcome<bool> {
    refuse_locked("delete", domain)?;
    if truth(domain, "enabled") {
        let why = "Cannot delete a domain that is enabled, please disable it first.";
        return Err(Refusal::new(403, "enabled domain", why));
    }
    for collection in ["projects", "users", "groups", "roles"] {
        sweep(cloud, collection, "domain_id", domain);
    }
    sweep_grants(cloud, "domain_id", domain);
    Ok(true)
}

pub(super) fn make_project(cloud: &mut Cloud, _: &Call, mut project: Object) -> Outcome<Object> {
    let parent = text(&project, "parent_id").to_owned();
    if parent.is_empty() {
        let domain = text(&project, "domain_id").to_owned();
        project.insert("parent_id".to_owned(), json!(domain));
    } else if cloud.store.get("projects", &parent).is_none() && cloud.store.get("domains", &parent).is_none()
    {
        return Err(collection::not_found("projects", &parent));
    }
    Ok(project)
}

pub(super) fn unmake_project(cloud: &mut Cloud, _: &Call, project: &Object) -> Outcome<bool> {
    refuse_locked("delete", project)?;
    let id = text(project, "id");
    if cloud.store.having("projects", "parent_id", id).next().is_some() {
        let why = format!(
            "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree."
        );
        return Err(Refusal::new(403, "project with children", why));
    }
    sweep_grants(cloud, "project_id", project);
    sweep(cloud, "application_credentials", "project_id", project);
    Ok(true)
}

pub(super) fn unmake_user(cloud: &mut Cloud, _: &Call, user: &Object) -> Outcome<bool> {
    refuse_locked("delete", user)?;
    sweep_grants(cloud, "user_id", user);
    sweep(cloud, "application_credentials", "user_id", user);
    Ok(true)
}

pub(super) fn unmake_group(cloud: &mut Cloud, _: &Call, group: &Object) -> Outcome<bool> {
    sweep_grants(cloud, "group_id", group);
    Ok(true)
}

pub(super) fn unmake_role(cloud: &mut Cloud, _: &Call, role: &Object) -> Outcome<bool> {
    refuse_locked("delete", role)?;
    sweep_grants(cloud, "role_id", role);
    Ok(true)
}

/// The id is the caller's choice.
pub(super) fn make_region(cloud: &mut Cloud, call: &Call, mut region: Object) -> Outcome<Object> {
    let chosen = call.body.pointer("/region/id").and_then(Value::as_str);
    if let Some(id) = chosen {
        if cloud.store.get("regions", id).is_some() {
            let why = format!("Conflict occurred attempting to store region - Duplicate ID, {id}.");
            return Err(Refusal::conflict("region id taken", why));
        }
        region.insert("id".to_owned(), json!(id));
    }
    Ok(region)
}

pub(super) fn unmake_region(cloud: &mut Cloud, _: &Call, region: &Object) -> Outcome<bool> {
    let id = text(region, "id");
    if cloud.store.having("endpoints", "region_id", id).next().is_some() {
        let why = format!(
            "Unable to delete region {id} because it or its child regions have associated endpoints."
        );
        return Err(Refusal::new(403, "region with endpoints", why));
    }
    sweep(cloud, "regions", "parent_region_id", region);
    Ok(true)
}

/// A region that is not there is made.
pub(super) fn make_endpoint(cloud: &mut Cloud, _: &Call, mut endpoint: Object) -> Outcome<Object> {
    let region = text(&endpoint, "region_id").to_owned();
    if !region.is_empty() && cloud.store.get("regions", &region).is_none() {
        let fields = json!({"id": region, "description": "", "parent_region_id": null});
        cloud.store.put("regions", crate::store::object(fields));
    }
    let region = endpoint.get("region_id").cloned().unwrap_or_default();
    endpoint.insert("region".to_owned(), region);
    Ok(endpoint)
}

pub(super) fn make_application_credential(
    cloud: &mut Cloud,
    call: &Call,
    mut credential: Object,
) -> Outcome<Object> {
    if !credential.contains_key("secret") {
        credential.insert("secret".to_owned(), json!(cloud.digits()));
    }
    let roles =
        credential.get("roles").cloned().filter(|roles| roles.as_array().is_some_and(|all| !all.is_empty()));
    let name = if call.who.admin { "admin" } else { "member" };
    let own = cloud
        .store
        .having("roles", "name", name)
        .next()
        .map(|role| json!([{"id": role.get("id"), "name": name}]));
    credential.insert("roles".to_owned(), json!(roles.or(own)));
    credential.insert("project_id".to_owned(), json!(call.who.project));
    Ok(credential)
}
