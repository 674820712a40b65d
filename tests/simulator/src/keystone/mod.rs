//! Keystone.

mod facts;
pub(crate) mod tokens;

pub(crate) use facts::COLLECTIONS;

use crate::{call::Call, cloud::Cloud, reply::Outcome, store::object};
use serde_json::json;

/// Who is there from the start: two users, their projects, and the roles of Keystone's own bootstrap.
pub(crate) fn furnish(cloud: &mut Cloud) {
    let domain = json!({"id": "default", "name": "Default", "description": "The default domain", "enabled": true,
        "tags": [], "options": {}});
    cloud.store.put("domains", object(domain));
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
pub(crate) fn special(_: &mut Cloud, _: &Call) -> Option<Outcome> {
    None
}
