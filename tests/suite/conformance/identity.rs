//! Rows of Keystone's kinds: <https://docs.openstack.org/api-ref/identity/v3/>

use super::Row;
use serde_json::{Value, json};

fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "identity", path, key)
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "acme", "description": "Customer ACME [kupenstack:*", "enabled": true, "tags": ["customer"]}),
            change: json!({"name": "acme-2", "description": "Still a customer", "tags": ["a", "b"]}),
            changed: json!({"name": "acme-2", "description": "Still a customer [kupenstack:*", "tags": ["a", "b"]}),
            drift: Some(("PATCH", "/domains/{id}", json!({"domain": {"description": "theirs"}}))),
            ..row("identity.Domain", "/domains/{id}", "domain")
        },
        Row {
            created: json!({"name": "shop", "description": "Web shop [kupenstack:*", "enabled": true, "tags": ["team-a", "production"]}),
            change: json!({"name": "shop-2", "description": "", "tags": ["z"]}),
            changed: json!({"name": "shop-2", "description": "[kupenstack:*", "tags": ["z"]}),
            drift: Some(("PATCH", "/projects/{id}", json!({"project": {"name": "theirs", "tags": []}}))),
            immutable: vec![json!({"domainId": "other"})],
            ..row("identity.Project", "/projects/{id}", "project")
        },
        Row {
            created: json!({"name": "auditor", "description": "May read everything [kupenstack:*"}),
            change: json!({"name": "auditor-2", "description": "May read"}),
            changed: json!({"name": "auditor-2", "description": "May read [kupenstack:*"}),
            drift: Some(("PATCH", "/roles/{id}", json!({"role": {"name": "theirs"}}))),
            ..row("identity.IdentityRole", "/roles/{id}", "role")
        },
        Row {
            created: json!({"name": "auditors", "description": "Who may read everything [kupenstack:*"}),
            change: json!({"name": "auditors-2", "description": "Who may read"}),
            changed: json!({"name": "auditors-2", "description": "Who may read [kupenstack:*"}),
            drift: Some(("PATCH", "/groups/{id}", json!({"group": {"description": ""}}))),
            ..row("identity.IdentityGroup", "/groups/{id}", "group")
        },
        Row {
            created: json!({"id": "RegionNorth", "description": "Data centre in the north*"}),
            change: json!({"description": "In the far north"}),
            changed: json!({"description": "In the far north*"}),
            drift: Some(("PATCH", "/regions/{id}", json!({"region": {"description": "theirs"}}))),
            ..row("identity.Region", "/regions/{id}", "region")
        },
        Row {
            created: json!({"type": "x-ledger", "name": "ledger", "enabled": true}),
            change: json!({"name": "ledger-2", "description": "Books", "enabled": false}),
            changed: json!({"name": "ledger-2", "description": "Books*", "enabled": false}),
            drift: Some(("PATCH", "/services/{id}", json!({"service": {"enabled": true}}))),
            ..row("identity.CatalogService", "/services/{id}", "service")
        },
        Row {
            created: json!({"interface": "public", "region_id": "RegionNorth", "enabled": true}),
            change: json!({"url": "https://ledger.example.org/v2", "enabled": false}),
            changed: json!({"url": "https://ledger.example.org/v2", "enabled": false}),
            drift: Some((
                "PATCH",
                "/endpoints/{id}",
                json!({"endpoint": {"url": "https://theirs.example.org"}}),
            )),
            ..row("identity.CatalogEndpoint", "/endpoints/{id}", "endpoint")
        },
        Row {
            created: json!({"name": "alice", "description": "Web shop, on call [kupenstack:*", "email": "alice@example.org",
                "enabled": true, "options": {"ignore_password_expiry": true}, "team": "shop"}),
            change: json!({"name": "alice-2", "description": "On leave", "email": "a@example.org", "enabled": false,
                "options": {"lockPassword": true, "ignorePasswordExpiry": false}, "extra": {"desk": "4"}}),
            changed: json!({"name": "alice-2", "description": "On leave [kupenstack:*", "email": "a@example.org", "enabled": false,
                "options": {"lock_password": true, "ignore_password_expiry": false}, "desk": "4", "team": null}),
            drift: Some(("PATCH", "/users/{id}", json!({"user": {"email": "theirs@example.org"}}))),
            ..row("identity.User", "/users/{id}", "user")
        },
        Row {
            created: json!({"name": "ci", "description": "Continuous integration [kupenstack:*", "unrestricted": false}),
            immutable: vec![json!({"unrestricted": true})],
            ..row(
                "identity.ApplicationCredential",
                "/users/{userId}/application_credentials/{id}",
                "application_credential",
            )
        },
        // Keystone says 204, and nothing else.
        Row {
            created: Value::Null,
            immutable: vec![json!({"projectId": "other"})],
            ..row("identity.RoleAssignment", "/projects/{1}/groups/{3}/roles/{5}", "")
        },
    ]
}
