//! What Keystone's collections do beside storing.

use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, merged},
    reply::{Outcome, Refusal},
    store::{Object, object, text, truth},
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

/// What is about an object, or its own, goes with it.
fn sweep_own(cloud: &mut Cloud, field: &str, object: &Object) {
    let also: &[&str] = match field {
        "user_id" => &["trustor_user_id", "trustee_user_id"],
        "role_id" => &["prior_role_id", "implied_role_id"],
        _ => &[],
    };
    for collection in [
        "role_assignments",
        "access_rules",
        "memberships",
        "implied_roles",
        "project_endpoints",
        "credentials",
        "limits",
        "trusts",
        "identity_providers",
        "configs",
    ] {
        for field in also.iter().copied().chain([field]) {
            sweep(cloud, collection, field, object);
        }
    }
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
    sweep_own(cloud, "domain_id", domain);
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
    sweep_own(cloud, "project_id", project);
    sweep(cloud, "application_credentials", "project_id", project);
    Ok(true)
}

pub(super) fn unmake_user(cloud: &mut Cloud, _: &Call, user: &Object) -> Outcome<bool> {
    refuse_locked("delete", user)?;
    sweep_own(cloud, "user_id", user);
    sweep(cloud, "application_credentials", "user_id", user);
    Ok(true)
}

pub(super) fn unmake_group(cloud: &mut Cloud, _: &Call, group: &Object) -> Outcome<bool> {
    sweep_own(cloud, "group_id", group);
    Ok(true)
}

pub(super) fn unmake_role(cloud: &mut Cloud, _: &Call, role: &Object) -> Outcome<bool> {
    refuse_locked("delete", role)?;
    sweep_own(cloud, "role_id", role);
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

/// Projects have it no longer.
pub(super) fn unmake_endpoint(cloud: &mut Cloud, _: &Call, endpoint: &Object) -> Outcome<bool> {
    sweep_own(cloud, "endpoint_id", endpoint);
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
    let rules = credential.get("access_rules").and_then(Value::as_array).cloned().unwrap_or_default();
    let rules: Vec<_> =
        rules.into_iter().map(|rule| access_rule(cloud, &call.who.user, object(rule))).collect();
    if !rules.is_empty() {
        credential.insert("access_rules".to_owned(), json!(rules));
    }
    Ok(credential)
}

/// The user's own that is alike or has the id, or else a new one, which stays.
fn access_rule(cloud: &mut Cloud, user: &str, mut rule: Object) -> Object {
    let alike = |known: &&Object| {
        let same = |field: &str| rule.get(field).is_none_or(|value| known.get(field) == Some(value));
        ["id", "service", "method", "path"].into_iter().all(same)
    };
    let known = cloud.store.having("access_rules", "user_id", user).find(alike).cloned();
    let known = known.unwrap_or_else(|| {
        rule.insert("id".to_owned(), json!(cloud.digits()));
        rule.insert("user_id".to_owned(), json!(user));
        cloud.store.put("access_rules", rule.clone());
        rule
    });
    without_user(known)
}

/// The address says whose it is.
pub(super) fn without_user(mut rule: Object) -> Object {
    rule.remove("user_id");
    rule
}

pub(super) fn unmake_access_rule(cloud: &mut Cloud, _: &Call, rule: &Object) -> Outcome<bool> {
    let id = text(rule, "id");
    let uses = |credential: &Object| {
        let rules = credential.get("access_rules").and_then(Value::as_array).into_iter().flatten();
        rules.into_iter().any(|rule| rule.get("id").and_then(Value::as_str) == Some(id))
    };
    if cloud.store.all("application_credentials").any(uses) {
        let why = "The resource is in use by an application credential.";
        return Err(Refusal::new(403, "access rule in use", why));
    }
    Ok(true)
}
