//! Collections of Keystone: <https://docs.openstack.org/api-ref/identity/v3/>

use super::rules;
use crate::{
    call::Service::Keystone,
    collection::Collection,
    store::{text, truth},
};
use serde_json::json;

pub(super) const fn keystone(path: &'static str, singular: &'static str, noun: &'static str) -> Collection {
    let plain = Collection::of(Keystone, path, path, singular, noun);
    Collection { update: "PATCH", admin: true, required: &["name"], ..plain }
}

pub(crate) static COLLECTIONS: &[Collection] = &[
    Collection {
        fields: || json!({"description": "", "enabled": true, "tags": [], "options": {}}),
        unique: &["name"],
        make: rules::make_domain,
        change: rules::change,
        unmake: rules::unmake_domain,
        ..keystone("domains", "domain", "domain")
    },
    Collection {
        fields: || {
            json!({"description": "", "enabled": true, "is_domain": false, "domain_id": "default", "parent_id": null,
                "tags": [], "options": {}})
        },
        unique: &["name", "domain_id"],
        refers: &[("domain_id", "domains")],
        make: rules::make_project,
        change: rules::change,
        unmake: rules::unmake_project,
        listed: |call, project| call.asked("is_domain").is_some() || !truth(project, "is_domain"),
        ..keystone("projects", "project", "project")
    },
    Collection {
        fields: || json!({"domain_id": "default", "enabled": true, "options": {}}),
        told: || json!({"password_expires_at": null}),
        unique: &["name", "domain_id"],
        refers: &[("domain_id", "domains"), ("default_project_id", "projects")],
        change: rules::change,
        unmake: rules::unmake_user,
        show: |_, _, mut user| {
            user.remove("password");
            user
        },
        ..keystone("users", "user", "user")
    },
    Collection {
        fields: || json!({"description": "", "domain_id": "default"}),
        unique: &["name", "domain_id"],
        refers: &[("domain_id", "domains")],
        unmake: rules::unmake_group,
        ..keystone("groups", "group", "group")
    },
    Collection {
        fields: || json!({"description": null, "domain_id": null, "options": {}}),
        unique: &["name", "domain_id"],
        change: rules::change,
        unmake: rules::unmake_role,
        // Without a domain these are the roles of no domain.
        listed: |call, role| call.asked("domain_id").is_some() || text(role, "domain_id").is_empty(),
        ..keystone("roles", "role", "role")
    },
    Collection {
        fields: || json!({"description": "", "parent_region_id": null}),
        required: &[],
        refers: &[("parent_region_id", "regions")],
        make: rules::make_region,
        unmake: rules::unmake_region,
        ..keystone("regions", "region", "region")
    },
    Collection {
        fields: || json!({"enabled": true}),
        required: &["type"],
        unmake: |cloud, _, service| {
            let endpoints = cloud.store.having("endpoints", "service_id", text(service, "id"));
            for endpoint in endpoints.cloned().collect::<Vec<_>>() {
                rules::sweep(cloud, "project_endpoints", "endpoint_id", &endpoint);
            }
            rules::sweep(cloud, "endpoints", "service_id", service);
            Ok(true)
        },
        ..keystone("services", "service", "service")
    },
    Collection {
        fields: || json!({"enabled": true, "region_id": null}),
        required: &["service_id", "interface", "url"],
        refers: &[("service_id", "services")],
        make: rules::make_endpoint,
        unmake: rules::unmake_endpoint,
        ..keystone("endpoints", "endpoint", "endpoint")
    },
    Collection {
        fields: || json!({"description": null, "expires_at": null, "unrestricted": null}),
        told: || json!({"system": null}),
        unique: &["name", "user_id"],
        update: "",
        admin: false,
        make: rules::make_application_credential,
        show: |_, call, mut credential| {
            // Told once, to who made it.
            if call.method != http::Method::POST {
                credential.remove("secret");
            }
            credential
        },
        ..keystone("application_credentials", "application_credential", "application credential")
    },
];
