//! Rows of Keystone's kinds: <https://docs.openstack.org/api-ref/identity/v3/>

use super::Row;
use serde_json::{Value, json};

fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "identity", path, key)
}

pub fn rows() -> Vec<Row> {
    [owners(), users(), roles(), catalog()].into_iter().flatten().collect()
}

fn owners() -> Vec<Row> {
    let domain = || row("identity.Domain", "/domains/{id}", "domain");
    let project = || row("identity.Project", "/projects/{id}", "project");
    let disabled =
        |row: Row| Row { change: json!({"enabled": false}), changed: json!({"enabled": false}), ..row };
    let immutable = || json!({"options": {"immutable": true}});
    vec![
        Row {
            instead: json!({"name": "conformance-acme"}),
            created: json!({"name": "conformance-acme", "description": "Customer ACME [kupenstack:*", "enabled": true, "tags": ["customer"]}),
            change: json!({"name": "conformance-acme-2", "description": "Still a customer", "tags": ["a", "b"]}),
            changed: json!({"name": "conformance-acme-2", "description": "Still a customer [kupenstack:*", "tags": ["a", "b"]}),
            drift: Some(("PATCH", "/domains/{id}", json!({"domain": {"description": "theirs"}}))),
            guard: immutable(),
            ..domain()
        },
        disabled(domain().also(
            "gone-quiet",
            "admin",
            &json!({"name": "conformance-quiet", "enabled": true}),
        )),
        Row {
            created: json!({"name": "shop", "description": "Web shop [kupenstack:*", "enabled": true, "tags": ["team-a", "production"]}),
            change: json!({"name": "shop-2", "description": "", "tags": ["z"]}),
            changed: json!({"name": "shop-2", "description": "[kupenstack:*", "tags": ["z"]}),
            drift: Some(("PATCH", "/projects/{id}", json!({"project": {"name": "theirs", "tags": []}}))),
            guard: immutable(),
            ..project()
        },
        disabled(project().also("paused", "admin", &json!({"domainIdRef": {"name": "acme"}}))),
        Row {
            created: json!({"name": "auditors", "description": "Who may read everything [kupenstack:*"}),
            change: json!({"name": "auditors-2", "description": "Who may read"}),
            changed: json!({"name": "auditors-2", "description": "Who may read [kupenstack:*"}),
            drift: Some(("PATCH", "/groups/{id}", json!({"group": {"description": ""}}))),
            ..row("identity.IdentityGroup", "/groups/{id}", "group")
        },
    ]
}

fn users() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-alice"}),
            created: json!({"name": "conformance-alice", "description": "Web shop, on call [kupenstack:*", "email": "alice@example.org",
                "enabled": true, "options": {"ignore_password_expiry": true}, "team": "shop"}),
            keys: &["clouds.yaml", "endpoint", "password", "user_id", "username"],
            change: json!({"name": "conformance-alice-2", "description": "On leave", "email": "a@example.org", "enabled": false,
                "defaultProjectId": "@identity.Project/paused", "passwordSecretRef": {"key": "next-password"},
                "options": {"lockPassword": true, "ignorePasswordExpiry": false}, "extra": {"team": null, "desk": "4"}}),
            changed: json!({"name": "conformance-alice-2", "description": "On leave [kupenstack:*", "email": "a@example.org", "enabled": false,
                "default_project_id": "@identity.Project/paused",
                "options": {"lock_password": true, "ignore_password_expiry": false}, "desk": "4", "team": null}),
            drift: Some(("PATCH", "/users/{id}", json!({"user": {"email": "theirs@example.org"}}))),
            left: &[("federated", "needs an identity provider")],
            ..row("identity.User", "/users/{id}", "user")
        },
        Row {
            instead: json!({"name": "conformance-ci"}),
            created: json!({"name": "conformance-ci", "description": "Continuous integration [kupenstack:*"}),
            keys: &["cloud.conf", "clouds.yaml", "endpoint", "id", "secret"],
            ..row(
                "identity.ApplicationCredential",
                "/users/{userId}/application_credentials/{id}",
                "application_credential",
            )
        },
    ]
}

fn roles() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-auditor"}),
            created: json!({"name": "conformance-auditor", "description": "May read everything [kupenstack:*"}),
            change: json!({"name": "conformance-auditor-2", "description": "May read"}),
            changed: json!({"name": "conformance-auditor-2", "description": "May read [kupenstack:*"}),
            drift: Some(("PATCH", "/roles/{id}", json!({"role": {"name": "conformance-theirs"}}))),
            guard: json!({"options": {"immutable": true}}),
            ..row("identity.IdentityRole", "/roles/{id}", "role")
        },
        // Keystone says 204, and nothing else.
        Row {
            created: Value::Null,
            ..row("identity.RoleAssignment", "/projects/{1}/groups/{3}/roles/{5}", "")
        },
    ]
}

fn catalog() -> Vec<Row> {
    let service = || row("identity.CatalogService", "/services/{id}", "service");
    vec![
        Row {
            instead: json!({"regionId": "conformance-north"}),
            created: json!({"id": "conformance-north", "description": "Data centre in the north*"}),
            change: json!({"description": "In the far north", "parentRegionId": "RegionOne"}),
            changed: json!({"description": "In the far north*", "parent_region_id": "RegionOne"}),
            drift: Some((
                "PATCH",
                "/regions/{id}",
                json!({"region": {"description": "theirs", "parent_region_id": null}}),
            )),
            ..row("identity.Region", "/regions/{id}", "region")
        },
        Row {
            created: json!({"type": "x-ledger", "name": "ledger", "enabled": true}),
            change: json!({"type": "x-books", "name": "ledger-2", "description": "Books", "enabled": false}),
            changed: json!({"type": "x-books", "name": "ledger-2", "description": "Books*", "enabled": false}),
            drift: Some(("PATCH", "/services/{id}", json!({"service": {"enabled": true}}))),
            ..service()
        },
        Row {
            created: json!({"type": "x-archive", "name": "archive"}),
            ..service().also("archive", "admin", &json!({"type": "x-archive"}))
        },
        Row {
            created: json!({"interface": "public", "region_id": "conformance-north", "enabled": true}),
            change: json!({"serviceId": "@identity.CatalogService/archive", "interface": "internal", "regionId": "RegionOne",
                "url": "https://ledger.example.org/v2", "name": "books", "description": "For some", "enabled": false}),
            changed: json!({"service_id": "@identity.CatalogService/archive", "interface": "internal", "region_id": "RegionOne",
                "url": "https://ledger.example.org/v2", "name": "books", "description": "For some*", "enabled": false}),
            drift: Some((
                "PATCH",
                "/endpoints/{id}",
                json!({"endpoint": {"url": "https://theirs.example.org"}}),
            )),
            ..row("identity.CatalogEndpoint", "/endpoints/{id}", "endpoint")
        },
    ]
}
