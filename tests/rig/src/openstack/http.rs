//! Plain HTTP towards the services, as the administrator.

use super::site::{ADMIN_PASSWORD, auth_url};
use crate::{
    error::{Error, Result},
    part::Readiness,
};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;

/// Names the rig in the services' access logs, so that its own requests can be told from a test's.
pub const USER_AGENT: &str = "kupenstack-rig";

fn client() -> Result<Client> {
    Client::builder()
        // A proxy of the host cannot reach into the namespace.
        .no_proxy()
        .user_agent(USER_AGENT)
        .timeout(Duration::from_secs(60))
        .build()
        .map_err(|why| failed("", &why))
}

fn failed(url: &str, why: &dyn std::error::Error) -> Error {
    // reqwest says only "error sending request"; the reason is further down.
    let mut text = why.to_string();
    let mut source = why.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    Error::Http { url: url.to_owned(), why: text }
}

/// Whether an API answers without a token.
pub(super) async fn serves(url: &str) -> Readiness {
    let asked = async {
        client()?.get(url).timeout(Duration::from_secs(5)).send().await.map_err(|why| failed(url, &why))
    };
    match asked.await {
        Ok(answer) if answer.status().as_u16() < 400 || answer.status() == StatusCode::UNAUTHORIZED => {
            Readiness::Ready
        }
        Ok(answer) => Readiness::Waiting(answer.status().to_string()),
        Err(why) => Readiness::Waiting(why.to_string()),
    }
}

/// Whether something accepts connections.
pub(super) async fn listens(host: &str, port: u16) -> Readiness {
    match TcpStream::connect((host, port)).await {
        Ok(_) => Readiness::Ready,
        Err(why) => Readiness::Waiting(format!("{host}:{port}: {why}")),
    }
}

/// Whether each of the daemons of an `os-services` list is up.
pub(super) async fn workers_up(url: &str, daemons: &[&str]) -> Result<Readiness> {
    let asked = async { Admin::sign_in().await?.get(url).await };
    let answer = match asked.await {
        Ok(answer) => answer,
        Err(why) => return Ok(Readiness::Waiting(why.to_string())),
    };
    let up =
        |name: &&str| items(&answer, "services").any(|one| one["binary"] == **name && one["state"] == "up");
    let down: Vec<&str> = daemons.iter().copied().filter(|name| !up(name)).collect();
    if down.is_empty() {
        return Ok(Readiness::Ready);
    }
    Ok(Readiness::Waiting(format!("not up yet: {}", down.join(", "))))
}

/// The entries of a list.
pub(super) fn items<'a>(answer: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    answer.get(list).and_then(Value::as_array).into_iter().flatten()
}

/// The administrator's session.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    client: Client,
    token: String,
}

impl Admin {
    /// Asks for a token of the project `admin`.
    pub(super) async fn sign_in() -> Result<Self> {
        let url = format!("{}/auth/tokens", auth_url());
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "admin", "domain": {"id": "default"}, "password": ADMIN_PASSWORD}}},
            "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}});
        let client = client()?;
        let answer = client.post(&url).json(&body).send().await.map_err(|why| failed(&url, &why))?;
        let token =
            answer.headers().get("x-subject-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
        match token {
            Some(token) => Ok(Self { client, token }),
            None => Err(Error::Http { url, why: format!("no token: {}", answer.status()) }),
        }
    }

    pub(super) async fn get(&self, url: &str) -> Result<Value> {
        self.send(Method::GET, url, None).await
    }

    pub(super) async fn post(&self, url: &str, body: &Value) -> Result<Value> {
        self.send(Method::POST, url, Some(body)).await
    }

    pub(super) async fn patch(&self, url: &str, body: &Value) -> Result<Value> {
        self.send(Method::PATCH, url, Some(body)).await
    }

    pub(super) async fn put(&self, url: &str) -> Result<Value> {
        self.send(Method::PUT, url, None).await
    }

    async fn send(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method, url).header("X-Auth-Token", &self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|why| failed(url, &why))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|why| failed(url, &why))?;
        if !status.is_success() {
            let start: String = text.chars().take(400).collect();
            return Err(Error::Http { url: url.to_owned(), why: format!("{status}: {start}") });
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|why| failed(url, &why))
    }
}
