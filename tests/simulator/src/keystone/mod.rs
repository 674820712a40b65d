//! Keystone.

mod below;
mod facts;
mod further;
mod grants;
mod rules;
pub(crate) mod tokens;

pub(crate) use facts::COLLECTIONS;
pub(crate) use further::COLLECTIONS as FURTHER;

use crate::{
    call::Call,
    cloud::Cloud,
    collection,
    reply::{Outcome, Refusal},
    store::object,
};
use serde_json::json;

/// Who is there from the start: two users, their projects, and the roles of Keystone's own bootstrap.
pub(crate) fn furnish(cloud: &mut Cloud) {
    let domain = json!({"id": "default", "name": "Default", "description": "The default domain", "enabled": true,
        "tags": [], "options": {}});
    cloud.store.put("domains", object(domain));
    let region = json!({"id": "RegionOne", "description": "", "parent_region_id": null});
    cloud.store.put("regions", object(region));
    for name in ["admin", "manager", "member", "reader", "service"] {
        let role = json!({"id": cloud.digits(), "name": name, "domain_id": null, "description": null, "options": {}});
        cloud.store.put("roles", object(role));
    }
    for name in ["admin", "demo"] {
        let (project, user) = (cloud.digits(), cloud.digits());
        let fields = json!({"id": project, "name": name, "domain_id": "default", "parent_id": "default",
            "description": "", "enabled": true, "is_domain": false, "tags": [], "options": {}});
        cloud.store.put("projects", object(fields));
        let fields = json!({"id": user, "name": name, "domain_id": "default", "default_project_id": project,
            "enabled": true, "options": {}, "password_expires_at": null});
        cloud.store.put("users", object(fields));
    }
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    let path = call.path.clone();
    let parts: Vec<_> = path.iter().skip(1).map(String::as_str).collect();
    match parts.as_slice() {
        ["auth", "tokens"] => Some(tokens::subject(cloud, call)),
        ["users", user, "application_credentials" | "access_rules", ..] => {
            let own = call.who.user == *user;
            let changes = call.method != http::Method::GET;
            call.within = vec![("user_id", (*user).to_owned())];
            Some(match own || (call.who.admin && !changes) {
                true => collection::answer(cloud, call, parts.get(2..).unwrap_or_default()),
                false => Err(Refusal::forbidden(
                    "application credential of another",
                    "change somebody else's application credentials",
                )),
            })
        }
        ["credentials", id] => {
            let own = further::own_credential(call, cloud.store.get("credentials", id));
            Some(own.and_then(|()| collection::answer(cloud, call, &parts)))
        }
        parts => below::answer(cloud, call, parts)
            .or_else(|| grants::answer(cloud, call, parts))
            .or_else(|| extension(cloud, call, parts)),
    }
}

/// Collections of an extension have its name before them.
fn extension(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Option<Outcome> {
    match parts {
        ["OS-EP-FILTER" | "OS-FEDERATION" | "OS-TRUST", rest @ ..] => {
            Some(collection::answer(cloud, call, rest))
        }
        _ => None,
    }
}
