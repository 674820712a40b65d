//! Tokens: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use crate::{
    call::{Call, Service, Who},
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::{Object, text},
};
use http::Method;
use serde_json::{Value, json};

/// How long a token lives, seconds.
const LIFE: i64 = 3600;
/// Everybody's password who is there from the start.
const PASSWORD: &str = "simulated";

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    who: Who,
    expires: i64,
    body: Value,
}

/// What is said without a token: the request for one.
pub(crate) fn open(cloud: &mut Cloud, call: &Call) -> Option<Outcome> {
    let login = call.service == Service::Keystone
        && call.method == Method::POST
        && call.parts() == ["auth", "tokens"];
    login.then(|| issue(cloud, call))
}

/// Who makes a call.
pub(crate) fn who(cloud: &Cloud, call: &Call) -> Outcome<Who> {
    let token = call.header("x-auth-token").and_then(|token| cloud.tokens.get(token));
    let live = token.filter(|token| token.expires > cloud.now);
    live.map(|token| token.who.clone()).ok_or_else(Refusal::unauthenticated)
}

fn issue(cloud: &mut Cloud, call: &Call) -> Outcome {
    let identity = call
        .body
        .pointer("/auth/identity")
        .ok_or_else(|| Refusal::bad("login without auth", "'auth' is a required property"))?;
    let user = user(cloud, identity).ok_or_else(Refusal::unauthenticated)?;
    let scope = call.body.pointer("/auth/scope");
    let project = match scope {
        Some(scope) => {
            let wanted = scope.get("project").ok_or_else(Refusal::unauthenticated)?;
            Some(named(cloud, "projects", wanted).ok_or_else(Refusal::unauthenticated)?)
        }
        None => cloud.store.get("projects", text(&user, "default_project_id")).cloned(),
    };
    let admin = text(&user, "name") == "admin";
    let who = Who {
        user: text(&user, "id").to_owned(),
        project: project.as_ref().map(|project| text(project, "id").to_owned()),
        admin,
    };
    let at =
        |seconds: i64| jiff::Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default();
    let domain = json!({"id": "default", "name": "Default"});
    let mut token = json!({"methods": identity.get("methods"), "issued_at": at(cloud.now), "expires_at": at(cloud.now + LIFE),
        "user": {"id": who.user, "name": text(&user, "name"), "domain": domain, "password_expires_at": null},
        "audit_ids": [cloud.digits()], "is_domain": false, "catalog": cloud.catalog(),
        "roles": [{"id": "r", "name": if admin { "admin" } else { "member" }}]});
    if let (Some(project), Some(token)) = (&project, token.as_object_mut()) {
        let shown = json!({"id": text(project, "id"), "name": text(project, "name"), "domain": domain});
        token.insert("project".to_owned(), shown);
    }
    let (name, body) = (cloud.digits(), json!({ "token": token }));
    cloud.tokens.insert(name.clone(), Token { who, expires: cloud.now + LIFE, body: body.clone() });
    Ok(Done { headers: vec![("x-subject-token", name)], ..Done::new(201, body) })
}

fn user(cloud: &Cloud, identity: &Value) -> Option<Object> {
    if let Some(token) = identity.pointer("/token/id").and_then(Value::as_str) {
        let token = cloud.tokens.get(token).filter(|token| token.expires > cloud.now)?;
        return cloud.store.get("users", &token.who.user).cloned();
    }
    let wanted = identity.pointer("/password/user")?;
    let user = named(cloud, "users", wanted)?;
    let password = user.get("password").and_then(Value::as_str).unwrap_or(PASSWORD);
    (wanted.get("password")?.as_str()? == password).then_some(user)
}

/// By id, or by name; the domain is the only one that matters here.
fn named(cloud: &Cloud, collection: &str, wanted: &Value) -> Option<Object> {
    let word = |key: &str| wanted.get(key).and_then(Value::as_str);
    match (word("id"), word("name")) {
        (Some(id), _) => cloud.store.get(collection, id).cloned(),
        (None, Some(name)) => cloud.store.having(collection, "name", name).next().cloned(),
        (None, None) => None,
    }
}

/// A token about itself.
pub(crate) fn subject(cloud: &mut Cloud, call: &Call) -> Outcome {
    let name = call.header("x-subject-token").unwrap_or_default().to_owned();
    let live = cloud.tokens.get(&name).filter(|token| token.expires > cloud.now);
    let token = live.ok_or_else(|| Refusal::new(404, "no such token", "Could not find token."))?;
    if call.method == Method::DELETE {
        cloud.tokens.remove(&name);
        return Ok(Done::nothing(204));
    }
    Ok(Done { headers: vec![("x-subject-token", name)], ..Done::new(200, token.body.clone()) })
}
