//! The simulated OpenStack behind a socket of the loopback, in this process.

use crate::{
    clock,
    error::{Error, Result},
    files::{self, io},
};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use simulator::serve::{Fault, Server, Then, login};
use std::path::Path;
use tokio::{net::TcpListener, task::JoinHandle};

/// Size of the image of `examples/quickstart`, which names its checksum.
const DISK: usize = 65_536;

/// A cloud that lasts as long as this.
pub(super) struct Cloud {
    base: String,
    server: Server,
    client: Client,
    serving: JoinHandle<()>,
}

impl Cloud {
    /// Starts it.
    pub(super) async fn start() -> Result<Self> {
        let bound = TcpListener::bind("127.0.0.1:0").await;
        let listener = bound.map_err(io(Path::new("127.0.0.1")))?;
        let address = listener.local_addr().map_err(io(Path::new("127.0.0.1")))?;
        let base = format!("http://{address}");
        let now = || i64::try_from(clock::now()).unwrap_or(i64::MAX);
        let server =
            Server::new(simulator::Cloud::new(base.clone(), clock::now()), std::time::Duration::ZERO, now);
        let client = Client::builder().no_proxy().build().map_err(|why| failed("a client", &why))?;
        let serving = server.clone();
        let serving = tokio::spawn(async move { drop(serving.run(listener).await) });
        Ok(Self { base, server, client, serving })
    }

    /// Where it is.
    pub(super) fn address(&self) -> &str {
        &self.base
    }

    /// Where the image of `examples/quickstart` can be fetched.
    pub(super) fn image(&self) -> String {
        format!("{}/-/disk/{DISK}", self.base)
    }

    /// A clouds.yaml with the entries that `examples/quickstart` names: an administrator's, and a user's.
    pub(super) fn clouds_yaml(&self) -> String {
        format!("clouds:\n{}{}", login("demo", &self.base, "demo"), login("rig", &self.base, "admin"))
    }

    /// Lets the next request of this form be done and never answered.
    pub(super) fn be_silent_once(&self, line: &str) {
        self.server.fault(Fault { line: line.to_owned(), times: 1, then: Then::Silence });
    }

    /// How many requests of this form came so far.
    pub(super) fn count(&self, line: &str) -> usize {
        self.server.requests().iter().filter(|request| request.contains(line)).count()
    }

    /// Asks it as any other client of it does, as the user that the provider is.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let user = json!({"name": "demo", "domain": {"id": "default"}, "password": "simulated"});
        let project = json!({"name": "demo", "domain": {"id": "default"}});
        let auth = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": project}}});
        let url = format!("{}/identity/v3/auth/tokens", self.base);
        let answer = self.client.post(&url).json(&auth).send().await.map_err(|why| failed(&url, &why))?;
        let token = answer.headers().get("x-subject-token").cloned();
        let token = token.ok_or_else(|| Error::Http { url, why: "no token".to_owned() })?;
        let url = format!("{}{path}", self.base);
        let mut request = self.client.request(method, &url).header("x-auth-token", token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        answer.map_err(|why| failed(&url, &why))?.json().await.map_err(|why| failed(&url, &why))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn failed(url: &str, why: &reqwest::Error) -> Error {
    Error::Http { url: url.to_owned(), why: why.to_string() }
}

/// Writes the clouds.yaml for an `openstack` of the user's.
pub(super) fn write(file: &Path, cloud: &Cloud) -> Result<()> {
    files::write(file, cloud.clouds_yaml())
}
