//! What Keystone must know before the others serve: roles, the services' users, the catalog,
//! and a user who is no administrator. Idempotent: it makes what is missing.

use super::{
    http::{Admin, items},
    site::{CORE, DEMO_PASSWORD, KEYSTONE, REGION, SERVICE_PASSWORD, Service, auth_url},
};
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Roles that services' policies name, beside the ones Keystone's bootstrap makes.
const ROLES: [&str; 8] = [
    "service",
    "load-balancer_admin",
    "load-balancer_member",
    "creator",
    "observer",
    "heat_stack_user",
    "swiftoperator",
    "ResellerAdmin",
];

/// Fills Keystone.
pub(super) async fn fill() -> Result<()> {
    let admin = Admin::sign_in().await?;
    let mut roles = names(&admin, "roles", "").await?;
    for name in ROLES {
        ensure(&admin, &mut roles, "role", json!({"name": name})).await?;
    }
    let mut projects = names(&admin, "projects", "?domain_id=default").await?;
    let mut users = names(&admin, "users", "?domain_id=default").await?;
    let service =
        ensure(&admin, &mut projects, "project", json!({"name": "service", "domain_id": "default"})).await?;
    for one in CORE.iter().filter(|one| one.name != KEYSTONE.name) {
        let user = ensure(&admin, &mut users, "user", user(one.name, SERVICE_PASSWORD, &service)).await?;
        // `service` lets its token vouch for a user's; `admin` is what each does for others.
        for role in ["admin", "service"] {
            grant(&admin, &service, &user, &roles, role).await?;
        }
    }
    let demo =
        ensure(&admin, &mut projects, "project", json!({"name": "demo", "domain_id": "default"})).await?;
    let person = ensure(&admin, &mut users, "user", user("demo", DEMO_PASSWORD, &demo)).await?;
    grant(&admin, &demo, &person, &roles, "member").await?;
    endpoints(&admin).await
}

fn user(name: &str, password: &str, project: &str) -> Value {
    json!({"name": name, "domain_id": "default", "password": password, "default_project_id": project})
}

/// Ids by name.
async fn names(admin: &Admin, list: &str, query: &str) -> Result<BTreeMap<String, String>> {
    let answer = admin.get(&format!("{}/{list}{query}", auth_url())).await?;
    Ok(items(&answer, list).map(|item| (text(item, "name"), text(item, "id"))).collect())
}

async fn ensure(
    admin: &Admin,
    have: &mut BTreeMap<String, String>,
    kind: &str,
    want: Value,
) -> Result<String> {
    let name = text(&want, "name");
    if let Some(id) = have.get(&name) {
        return Ok(id.clone());
    }
    let id = create(admin, kind, want).await?;
    have.insert(name, id.clone());
    Ok(id)
}

async fn create(admin: &Admin, kind: &str, want: Value) -> Result<String> {
    let url = format!("{}/{kind}s", auth_url());
    let mut body = Value::Object(serde_json::Map::new());
    if let Some(body) = body.as_object_mut() {
        body.insert(kind.to_owned(), want);
    }
    let made = admin.post(&url, &body).await?;
    Ok(made.get(kind).map(|item| text(item, "id")).unwrap_or_default())
}

async fn grant(
    admin: &Admin,
    project: &str,
    user: &str,
    roles: &BTreeMap<String, String>,
    role: &str,
) -> Result<()> {
    let Some(id) = roles.get(role) else {
        let why = format!("there is no role {role}: Keystone's bootstrap did not run");
        return Err(Error::Http { url: auth_url(), why });
    };
    let url = format!("{}/projects/{project}/users/{user}/roles/{id}", auth_url());
    admin.put(&url).await.map(drop)
}

async fn endpoints(admin: &Admin) -> Result<()> {
    let services = admin.get(&format!("{}/services", auth_url())).await?;
    let have = admin.get(&format!("{}/endpoints", auth_url())).await?;
    for service in CORE {
        for (name, kind, path) in service.catalog {
            let known = items(&services, "services").find(|one| one["type"] == *kind && one["name"] == *name);
            let id = match known {
                Some(one) => text(one, "id"),
                None => create(admin, "service", json!({"name": name, "type": kind})).await?,
            };
            for interface in ["public", "internal", "admin"] {
                endpoint(admin, &have, &id, interface, &address(service, path)).await?;
            }
        }
    }
    Ok(())
}

fn address(service: Service, path: &str) -> String {
    format!("{}{path}", service.url())
}

async fn endpoint(admin: &Admin, have: &Value, service: &str, interface: &str, url: &str) -> Result<()> {
    let known = items(have, "endpoints").find(|one| {
        one["service_id"] == service && one["interface"] == interface && one["region_id"] == REGION
    });
    let Some(known) = known else {
        let want = json!({"service_id": service, "interface": interface, "url": url, "region_id": REGION});
        return create(admin, "endpoint", want).await.map(drop);
    };
    if known["url"] == url {
        return Ok(());
    }
    let place = format!("{}/endpoints/{}", auth_url(), text(known, "id"));
    admin.patch(&place, &json!({"endpoint": {"url": url}})).await.map(drop)
}

fn text(item: &Value, key: &str) -> String {
    item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
