//! A small stateful cloud on a local port, for the tests of this layer: Keystone that gives and revokes tokens,
//! Neutron with pages, and scripted answers for everything odd.

use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::Failure,
};
use crate::openstack::{Instruments, OpenStack};
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

pub(in crate::openstack) const PASSWORD: &str = "correct-horse-battery";

/// One request as it came.
#[derive(Clone, Debug)]
pub(in crate::openstack) struct RecordedRequest {
    pub(in crate::openstack) method: Method,
    /// With query.
    pub(in crate::openstack) target: String,
    pub(in crate::openstack) headers: HeaderMap,
    pub(in crate::openstack) body: Value,
}

type ScriptedResponse = (u16, Vec<(&'static str, String)>, String);

/// What the cloud is and has been asked.
#[derive(Default)]
pub(in crate::openstack) struct CloudState {
    pub(in crate::openstack) logins: Vec<Value>,
    pub(in crate::openstack) tokens: HashSet<String>,
    pub(in crate::openstack) seen: Vec<RecordedRequest>,
    /// Networks by id.
    pub(in crate::openstack) networks: BTreeMap<String, Value>,
    /// Answers that come before anything else: status, headers, body.
    pub(in crate::openstack) scripted: HashMap<String, ScriptedResponse>,
    given: usize,
    /// Says that more methods are needed.
    pub(in crate::openstack) receipt: Option<String>,
    pub(in crate::openstack) refuse_logins: bool,
    pub(in crate::openstack) break_logins: bool,
    base: String,
}

/// A backend without connections.
pub(in crate::openstack) fn backend() -> OpenStack {
    OpenStack::new(Instruments::default())
}

/// A running cloud; gone with the test's runtime.
#[derive(Clone)]
pub(in crate::openstack) struct FakeCloud(Arc<Mutex<CloudState>>);

impl FakeCloud {
    pub(in crate::openstack) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self(Arc::default());
        fake.state().base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    pub(in crate::openstack) fn state(&self) -> MutexGuard<'_, CloudState> {
        self.0.lock()
    }

    pub(in crate::openstack) fn script(
        &self,
        path: &str,
        status: u16,
        headers: &[(&'static str, &str)],
        body: &str,
    ) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.state().scripted.insert(path.to_owned(), (status, headers, body.to_owned()));
    }

    pub(in crate::openstack) fn revoke_tokens(&self) {
        self.state().tokens.clear();
    }

    /// Credentials whose entry has these further lines.
    pub(in crate::openstack) fn credentials(&self, more: &str) -> Credentials {
        let url = format!("{}/identity", self.state().base);
        let auth = format!(
            "auth_url: '{url}', username: ada, password: {PASSWORD}, user_domain_name: Default, project_id: p1"
        );
        let clouds_yaml = format!("clouds: {{x: {{auth: {{{auth}}}, region_name: R, {more}}}}}");
        Credentials { given: Given::Document(clouds_yaml.into()), ..Credentials::default() }
    }

    pub(in crate::openstack) fn base(&self) -> String {
        self.state().base.clone()
    }

    pub(in crate::openstack) async fn connect(&self) -> Result<Arc<dyn Cloud>, Failure> {
        backend().connect(&self.credentials("")).await
    }

    pub(in crate::openstack) fn last(&self) -> RecordedRequest {
        self.state().seen.last().unwrap().clone()
    }
}

async fn answer(
    State(fake): State<FakeCloud>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let seen = RecordedRequest { method, target: uri.to_string(), headers, body };
    let mut state = fake.state();
    state.seen.push(seen.clone());
    match (&seen.method, uri.path()) {
        (&Method::POST, "/identity/v3/auth/tokens") => return login(&mut state, &seen.body),
        (_, "/identity/v3/auth/tokens") => return tell(&state, &seen.headers),
        (_, path) if path.starts_with("/idp") || path.contains("/OS-FEDERATION/") => {
            return federation(&mut state, path, &seen.headers);
        }
        (_, "/compute/v2.1/") => {
            let nova = json!({"id": "v2.1", "version": "2.60", "min_version": "2.1", "links": []});
            return json_answer(200, &json!({"version": nova}));
        }
        (_, _) => {}
    }
    if uri.path() == "/network" {
        // What Neutron behind a proxy says of itself.
        let links = json!([{"rel": "self", "href": "http://inside:9696/v2.0/"}]);
        return json_answer(200, &json!({"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]}));
    }
    let token = seen.headers.get("x-auth-token").and_then(|token| token.to_str().ok());
    if !token.is_some_and(|token| state.tokens.contains(token)) {
        return json_answer(
            401,
            &json!({"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}),
        );
    }
    if let Some((status, headers, body)) = state.scripted.get(uri.path()) {
        let mut response = (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        return response;
    }
    networks(&mut state, &seen, &uri)
}

fn json_answer(status: u16, body: &Value) -> Response {
    let headers = [("content-type", "application/json"), ("x-openstack-request-id", "req-0")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}

fn login(state: &mut CloudState, body: &Value) -> Response {
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
fn tell(state: &CloudState, headers: &HeaderMap) -> Response {
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
fn federation(state: &mut CloudState, path: &str, headers: &HeaderMap) -> Response {
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
    state.tokens.insert(token.clone());
    let entry = |kind: &str| {
        let url = format!("{}/{kind}{}", state.base, if kind == "identity" { "/v3" } else { "" });
        json!({"type": kind, "endpoints": [{"interface": "public", "region": "R", "region_id": "R", "url": url}]})
    };
    let body = json!({"token": {
        // An hour, on a clock that is years behind.
        "issued_at": "2001-01-01T00:00:00.000000Z", "expires_at": "2001-01-01T01:00:00.000000Z",
        "user": {"id": "u1", "name": "ada", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": "p1", "name": "p"}, "roles": [{"name": "reader"}, {"name": "member"}], "catalog": [entry("identity"), entry("network")],
    }});
    let mut response = json_answer(201, &body);
    response.headers_mut().insert("x-subject-token", token.parse().unwrap());
    response
}

fn networks(state: &mut CloudState, seen: &RecordedRequest, uri: &Uri) -> Response {
    let query: HashMap<_, _> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let missing = |id: &str| {
        let message = format!("Network {id} could not be found.");
        json_answer(
            404,
            &json!({"NeutronError": {"type": "NetworkNotFound", "message": message, "detail": ""}}),
        )
    };
    match (&seen.method, uri.path().strip_prefix("/network/v2.0/networks")) {
        (&Method::GET, Some("")) => {
            let limit = query.get("limit").map_or(usize::MAX, |limit| limit.parse::<usize>().unwrap().min(2));
            let marker = query.get("marker").cloned().unwrap_or_default();
            let page: Vec<_> = state
                .networks
                .range((std::ops::Bound::Excluded(marker), std::ops::Bound::Unbounded))
                .take(limit)
                .collect();
            let links = match page.last() {
                Some((id, _)) if page.len() == limit => {
                    json!([{"rel": "next", "href": format!("http://inside:9696/v2.0/networks?limit=2&marker={id}")}])
                }
                _ => json!([]),
            };
            let items: Vec<_> = page.iter().map(|(_, network)| network).collect();
            json_answer(200, &json!({"networks": items, "networks_links": links}))
        }
        (&Method::POST, Some("")) => {
            let id = format!("n{}", state.networks.len());
            let mut network = seen.body["network"].clone();
            network["id"] = json!(id);
            state.networks.insert(id, network.clone());
            json_answer(201, &json!({"network": network}))
        }
        (method, Some(id)) => {
            let id = id.trim_start_matches('/');
            match (method, state.networks.get(id).cloned()) {
                (_, None) => missing(id),
                (&Method::DELETE, Some(_)) => {
                    state.networks.remove(id);
                    StatusCode::NO_CONTENT.into_response()
                }
                (_, Some(network)) => json_answer(200, &json!({"network": network})),
            }
        }
        (_, None) => (StatusCode::NOT_FOUND, "no such path").into_response(),
    }
}
