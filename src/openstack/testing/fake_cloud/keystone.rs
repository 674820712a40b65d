//! Keystone, and an identity provider that it trusts.

use super::{CloudState, PASSWORD, json_answer};
use ::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(super) fn login(state: &mut CloudState, body: &Value) -> Response {
    state.logins.push(body.clone());
    let identity = &body["auth"]["identity"];
    let proof = [
        &identity["password"]["user"]["password"],
        &identity["application_credential"]["secret"],
        &identity["token"]["id"],
    ];
    if let Some(receipt) = &state.receipt {
        let headers = [("openstack-auth-receipt", "r"), ("content-type", "application/json")];
        return (StatusCode::UNAUTHORIZED, headers, receipt.clone()).into_response();
    }
    if state.break_logins {
        return (StatusCode::BAD_GATEWAY, "<html><body><h1>Bad Gateway</h1></body></html>").into_response();
    }
    if let Some(status) = state.login_status {
        return json_answer(status, &json!({"error": {"code": status, "message": "no", "title": "No"}}));
    }
    let known = proof[2].as_str().is_some_and(|token| state.tokens.contains(token));
    if state.refuse_logins || !known && !proof.iter().any(|value| **value == PASSWORD) {
        let message = format!("not with {} (req-0c1a2b3c-0000-4000-8000-00000000000f)", proof[0]);
        return json_answer(
            401,
            &json!({"error": {"code": 401, "message": message, "title": "Unauthorized"}}),
        );
    }
    give(state)
}

/// Keystone about a token.
pub(super) fn show_token(state: &CloudState, headers: &HeaderMap) -> Response {
    let known = |name| {
        let token = headers.get(name).and_then(|token: &HeaderValue| token.to_str().ok());
        token.is_some_and(|token| state.tokens.contains(token))
    };
    match (known("x-auth-token"), known("x-subject-token")) {
        (true, true) => json_answer(200, &json!({"token": {}})),
        (true, false) => json_answer(404, &json!({"error": {"code": 404, "message": "no such token"}})),
        (false, _) => json_answer(401, &json!({"error": {"code": 401, "message": "no"}})),
    }
}

/// An identity provider whose only client is `robot`, and Keystone that trusts its tokens.
pub(super) fn federation(state: &mut CloudState, path: &str, headers: &HeaderMap) -> Response {
    let authorised = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match path {
        "/idp/discovery" => json_answer(200, &json!({"token_endpoint": format!("{}/idp/token", state.base)})),
        // robot:correct-horse-battery
        "/idp/token" if authorised == "Basic cm9ib3Q6Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5" => json_answer(
            200,
            &json!({"access_token": "idp-token", "id_token": "idp-id", "token_type": "Bearer"}),
        ),
        "/idp/token" => {
            let words = format!("who is {authorised}?");
            json_answer(401, &json!({"error": "invalid_client", "error_description": words}))
        }
        "/identity/v3/OS-FEDERATION/identity_providers/idp/protocols/openid/auth"
            if authorised == "Bearer idp-token" =>
        {
            give(state)
        }
        _ => (StatusCode::UNAUTHORIZED, "<html><body>Unauthorized</body></html>").into_response(),
    }
}

fn give(state: &mut CloudState) -> Response {
    state.given += 1;
    let token = format!("secret-token-{}", state.given);
    if !state.forget_tokens {
        state.tokens.insert(token.clone());
    }
    let entry = |kind: &str| {
        let url = format!("{}/{kind}{}", state.base, if kind == "identity" { "/v3" } else { "" });
        json!({"type": kind, "endpoints": [{"interface": "public", "region": "R", "region_id": "R", "url": url}]})
    };
    let services = ["identity", "network"].iter().chain(&state.more_services);
    let catalog: Vec<_> = services.map(|kind| entry(kind)).collect();
    let body = json!({"token": {
        // An hour, on a clock that is years behind.
        "issued_at": "2001-01-01T00:00:00.000000Z", "expires_at": "2001-01-01T01:00:00.000000Z",
        "user": {"id": "u1", "name": "ada", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": "p1", "name": "p"}, "roles": [{"name": "reader"}, {"name": "member"}], "catalog": catalog,
    }});
    let mut response = json_answer(201, &body);
    response.headers_mut().insert("x-subject-token", token.parse().unwrap());
    response
}
