//! Rows of Keystone's kinds: <https://docs.openstack.org/api-ref/identity/v3/>

use super::Row;
use serde_json::{Value, json};

fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "identity", path, key)
}

pub fn rows() -> Vec<Row> {
    let all = [
        owners(),
        users(),
        secrets(),
        roles(),
        catalog(),
        limits(),
        projects_catalogs(),
        providers(),
        federation(),
    ];
    all.into_iter().flatten().collect()
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
            change: json!({"name": "conformance-acme-2", "description": "Still a customer", "tags": ["a", "b"], "extra": {"tier": "a"}}),
            changed: json!({"name": "conformance-acme-2", "description": "Still a customer [kupenstack:*", "tags": ["a", "b"], "tier": "a"}),
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
            change: json!({"name": "shop-2", "description": "", "tags": ["z"], "extra": {"cost-centre": "7"}}),
            changed: json!({"name": "shop-2", "description": "[kupenstack:*", "tags": ["z"], "cost-centre": "7"}),
            drift: Some(("PATCH", "/projects/{id}", json!({"project": {"name": "theirs", "tags": []}}))),
            guard: immutable(),
            ..project()
        },
        disabled(project().also("paused", "admin", &json!({"domainIdRef": {"name": "acme"}}))),
        Row {
            created: json!({"name": "auditors", "description": "Who may read everything [kupenstack:*"}),
            change: json!({"name": "auditors-2", "description": "Who may read", "extra": {"floor": "2"}}),
            changed: json!({"name": "auditors-2", "description": "Who may read [kupenstack:*", "floor": "2"}),
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
        Row {
            created: json!({"service": "compute", "method": "GET", "path": "/v2.1/servers"}),
            stays: true,
            by_owner: true,
            ..row("identity.AccessRule", "/users/{userId}/access_rules/{id}", "access_rule")
        },
    ]
}

fn roles() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-auditor"}),
            created: json!({"name": "conformance-auditor", "description": "May read everything [kupenstack:*"}),
            change: json!({"name": "conformance-auditor-2", "description": "May read", "extra": {"grade": "b"}}),
            changed: json!({"name": "conformance-auditor-2", "description": "May read [kupenstack:*", "grade": "b"}),
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

fn secrets() -> Vec<Row> {
    vec![
        Row {
            created: json!({"type": "totp", "blob": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "description": "Second factor [kupenstack:*"}),
            change: json!({"type": "cert", "description": "A certificate", "projectId": "@identity.Project/paused",
                "blobSecretRef": {"key": "next-password"}}),
            changed: json!({"type": "cert", "description": "A certificate [kupenstack:*", "project_id": "@identity.Project/paused",
                "blob": "changed-already"}),
            drift: Some(("PATCH", "/credentials/{id}", json!({"credential": {"description": "theirs"}}))),
            ..row("identity.Credential", "/credentials/{id}", "credential")
        },
        Row {
            created: json!({"tenant_id": "@identity.Project/shop", "trust_id": null}),
            keys: &["access-key", "endpoint", "secret", "secret-key"],
            change: json!({"secretSecretRef": {"name": "alice", "key": "password"}}),
            changed: json!({"secret": "change-me-soon"}),
            ..row("identity.EC2Credential", "/users/{userId}/credentials/OS-EC2/{id}", "credential")
        },
        Row {
            created: json!({"impersonation": false, "roles": [{"name": "member"}], "remaining_uses": null,
                "expires_at": "2099-01-01T00:00:00*", "description": "While we are away [kupenstack:*"}),
            ..row("identity.Trust", "/OS-TRUST/trusts/{id}", "trust")
        },
        // Keystone says 204, and nothing else.
        Row { created: Value::Null, ..row("identity.GroupMembership", "/groups/{0}/users/{1}", "") },
        Row {
            created: json!({"implies": {"name": "conformance-auditor"}}),
            ..row("identity.ImpliedRole", "/roles/{0}/implies/{1}", "role_inference")
        },
    ]
}

fn limits() -> Vec<Row> {
    vec![
        Row {
            created: json!({"resource_name": "pages", "region_id": "conformance-north", "default_limit": 1000,
                "description": "Pages of all ledgers of a project [kupenstack:*"}),
            change: json!({"serviceId": "@identity.CatalogService/archive", "regionId": "RegionOne", "resourceName": "boxes",
                "defaultLimit": -1, "description": "Boxes"}),
            changed: json!({"service_id": "@identity.CatalogService/archive", "region_id": "RegionOne", "resource_name": "boxes",
                "default_limit": -1, "description": "Boxes [kupenstack:*"}),
            drift: Some((
                "PATCH",
                "/registered_limits/{id}",
                json!({"registered_limit": {"default_limit": 7}}),
            )),
            ..row("identity.RegisteredLimit", "/registered_limits/{id}", "registered_limit")
        },
        Row {
            created: json!({"resource_name": "ledgers", "project_id": "@identity.Project/shop", "resource_limit": 50,
                "description": "Agreed until the end of the year"}),
            change: json!({"resourceLimit": -1, "description": "For good"}),
            changed: json!({"resource_limit": -1, "description": "For good"}),
            drift: Some(("PATCH", "/limits/{id}", json!({"limit": {"resource_limit": 7}}))),
            ..row("identity.Limit", "/limits/{id}", "limit")
        },
    ]
}

fn projects_catalogs() -> Vec<Row> {
    let filters = || json!({"interface": "admin"});
    vec![
        Row {
            instead: json!({"name": "conformance-ledger-north"}),
            created: json!({"name": "conformance-ledger-north", "description": "Public endpoints of the ledger [kupenstack:*",
                "filters": {"service_id": "@identity.CatalogService/ledger", "region_id": "conformance-north", "interface": "public"}}),
            change: json!({"name": "conformance-ledger-admin", "description": "", "filters":
                {"serviceIdRef": null, "serviceId": null, "regionIdRef": null, "regionId": null, "interface": "admin"}}),
            changed: json!({"name": "conformance-ledger-admin", "description": "[kupenstack:*", "filters": filters()}),
            drift: Some((
                "PATCH",
                "/OS-EP-FILTER/endpoint_groups/{id}",
                json!({"endpoint_group": {"filters": {"interface": "admin", "region_id": "RegionOne"}}}),
            )),
            ..row("identity.EndpointGroup", "/OS-EP-FILTER/endpoint_groups/{id}", "endpoint_group")
        },
        Row {
            created: Value::Null,
            ..row("identity.ProjectEndpoint", "/OS-EP-FILTER/projects/{1}/endpoints/{3}", "")
        },
        Row {
            created: json!({"type": "application/json", "description": "Who may read ledgers [kupenstack:*"}),
            change: json!({"blob": "{}", "type": "text/plain", "description": "Nobody"}),
            changed: json!({"blob": "{}", "type": "text/plain", "description": "Nobody [kupenstack:*"}),
            drift: Some(("PATCH", "/policies/{id}", json!({"policy": {"blob": "theirs"}}))),
            ..row("identity.IdentityPolicy", "/policies/{id}", "policy")
        },
        Row {
            created: json!({"identity": {"driver": "ldap"}, "ldap": {"url": "ldaps://ldap.acme.example.org", "page_size": 500}}),
            change: json!({"identity": {"driver": "sql", "listLimit": 100}, "ldap": {"pageSize": 100, "useTls": true},
                "passwordSecretRef": {"key": "next-password"}}),
            changed: json!({"identity": {"driver": "sql", "list_limit": 100},
                "ldap": {"url": "ldaps://ldap.acme.example.org", "page_size": 100, "use_tls": true}}),
            drift: Some(("PATCH", "/domains/{id}/config", json!({"config": {"ldap": {"page_size": 7}}}))),
            ..row("identity.DomainConfiguration", "/domains/{id}/config", "config")
        },
    ]
}

fn providers() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"identityProviderId": "conformance-corporate", "remoteIds": ["https://sso.example.org/realms/conformance"]}),
            created: json!({"id": "conformance-corporate", "domain_id": "@identity.Domain/acme", "enabled": true,
                "description": "Single sign-on", "remote_ids": ["https://sso.example.org/realms/conformance"]}),
            change: json!({"description": "", "enabled": false, "authorizationTtl": 60,
                "remoteIds": ["https://conformance-a.example.org", "https://conformance-b.example.org"]}),
            changed: json!({"description": "", "enabled": false, "authorization_ttl": 60,
                "remote_ids": ["https://conformance-b.example.org", "https://conformance-a.example.org"]}),
            drift: Some((
                "PATCH",
                "/OS-FEDERATION/identity_providers/{id}",
                json!({"identity_provider": {"enabled": true, "remote_ids": []}}),
            )),
            ..row("identity.IdentityProvider", "/OS-FEDERATION/identity_providers/{id}", "identity_provider")
        },
        Row {
            instead: json!({"serviceProviderId": "conformance-sister"}),
            created: json!({"id": "conformance-sister", "description": "Our other cloud", "enabled": true, "relay_state_prefix": "ss:mem:"}),
            change: json!({"description": "", "enabled": false, "relayStatePrefix": "ss:us:", "authUrl": "https://a.example.org/v3",
                "spUrl": "https://a.example.org/saml"}),
            changed: json!({"description": "", "enabled": false, "relay_state_prefix": "ss:us:", "auth_url": "https://a.example.org/v3",
                "sp_url": "https://a.example.org/saml"}),
            drift: Some((
                "PATCH",
                "/OS-FEDERATION/service_providers/{id}",
                json!({"service_provider": {"enabled": true}}),
            )),
            ..row("identity.ServiceProvider", "/OS-FEDERATION/service_providers/{id}", "service_provider")
        },
    ]
}

fn federation() -> Vec<Row> {
    let mapping = || row("identity.FederationMapping", "/OS-FEDERATION/mappings/{id}", "mapping");
    let guests = json!({"mappingId": "conformance-guests",
        "rules": [{"remote": [{"type": "OIDC-sub"}], "local": [{"user": {"name": "{0}", "type": "ephemeral"}}]}]});
    vec![
        Row {
            instead: json!({"mappingId": "conformance-staff"}),
            created: json!({"id": "conformance-staff", "schema_version": "1.0", "rules": [{
                "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-groups", "any_one_of": ["staff"]}],
                "local": [{"user": {"name": "{0}"}}, {"group": {"id": "@identity.IdentityGroup/auditors"}}]}]}),
            change: json!({"schemaVersion": "2.0", "rules": [{
                "remote": [{"type": "OIDC-email", "notAnyOf": [".*@example.org"], "regex": true}, {"type": "OIDC-groups", "whitelist": ["a"]}],
                "local": [{"groups": "{0}", "domain": {"name": "Default"}},
                    {"projects": [{"name": "sandbox", "domain": {"name": "Default"}, "roles": [{"name": "member"}]}]}]}]}),
            changed: json!({"schema_version": "2.0", "rules": [{
                "remote": [{"type": "OIDC-email", "not_any_of": [".*@example.org"], "regex": true}, {"type": "OIDC-groups", "whitelist": ["a"]}],
                "local": [{"groups": "{0}", "domain": {"name": "Default"}},
                    {"projects": [{"name": "sandbox", "domain": {"name": "Default"}, "roles": [{"name": "member"}]}]}]}]}),
            drift: Some((
                "PATCH",
                "/OS-FEDERATION/mappings/{id}",
                json!({"mapping": {"schema_version": "2.0", "rules": [{"remote": [{"type": "x"}], "local": [{"user": {"name": "{0}"}}]}]}}),
            )),
            ..mapping()
        },
        Row {
            created: json!({"id": "conformance-guests"}),
            ..mapping().also("corporate-guests", "admin", &guests)
        },
        Row {
            created: json!({"id": "openid", "mapping_id": "conformance-staff"}),
            change: json!({"mappingId": "@identity.FederationMapping/corporate-guests", "remoteIdAttribute": "HTTP_OIDC_ISSUER"}),
            changed: json!({"id": "openid", "mapping_id": "conformance-guests"}),
            drift: Some((
                "PATCH",
                "/OS-FEDERATION/identity_providers/{0}/protocols/{1}",
                json!({"protocol": {"mapping_id": "conformance-staff"}}),
            )),
            ..row(
                "identity.FederationProtocol",
                "/OS-FEDERATION/identity_providers/{0}/protocols/{1}",
                "protocol",
            )
        },
    ]
}
