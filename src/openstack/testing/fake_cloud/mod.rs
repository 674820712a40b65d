//! A small stateful cloud on a local port, for the tests of this layer: Keystone that gives and revokes tokens,
//! Neutron with pages, and scripted answers for everything odd.

mod keystone;
mod neutron;

use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::Failure,
};
use crate::openstack::{Instruments, OpenStack};
use ::http::{HeaderMap, Method, StatusCode, Uri};
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
    time::Duration,
};

pub(in crate::openstack) const PASSWORD: &str = "correct-horse-battery";

/// One request as it came in.
#[derive(Clone, Debug)]
pub(in crate::openstack) struct RecordedRequest {
    pub(in crate::openstack) method: Method,
    /// With query.
    pub(in crate::openstack) target: String,
    pub(in crate::openstack) headers: HeaderMap,
    pub(in crate::openstack) body: Value,
}

type ScriptedResponse = (u16, Vec<(&'static str, String)>, String);

/// What is in the cloud, and what it was asked.
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
    /// Service types that the catalog has beside the usual ones.
    pub(in crate::openstack) more_services: Vec<&'static str>,
    /// Says that more methods are needed.
    pub(in crate::openstack) receipt: Option<String>,
    pub(in crate::openstack) refuse_logins: bool,
    pub(in crate::openstack) break_logins: bool,
    /// Logins get no answer as long as this is set.
    pub(in crate::openstack) hold_logins: bool,
    /// The status with which Keystone refuses logins in its own words.
    pub(in crate::openstack) login_status: Option<u16>,
    /// Nobody knows a token that is given.
    pub(in crate::openstack) forget_tokens: bool,
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
    if seen.method == Method::POST && uri.path().ends_with("/auth/tokens") {
        while fake.state().hold_logins {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let mut state = fake.state();
    state.seen.push(seen.clone());
    match (&seen.method, uri.path()) {
        (&Method::POST, "/identity/v3/auth/tokens") => return keystone::login(&mut state, &seen.body),
        (_, "/identity/v3/auth/tokens") => return keystone::show_token(&state, &seen.headers),
        (_, path) if path.starts_with("/idp") || path.contains("/OS-FEDERATION/") => {
            return keystone::federation(&mut state, path, &seen.headers);
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
    neutron::networks(&mut state, &seen, &uri)
}

fn json_answer(status: u16, body: &Value) -> Response {
    let headers = [("content-type", "application/json"), ("x-openstack-request-id", "req-0")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}
