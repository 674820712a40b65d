//! As much of a Kubernetes client as readiness probes need.

use crate::{
    error::{Error, Result},
    files,
    part::Readiness,
    paths::{BRIDGE, Paths},
    pki,
};
use reqwest::{Certificate, Client, Identity};
use serde_json::Value;
use std::time::Duration;

/// The API server, asked as administrator.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
}

impl Api {
    /// With the rig's certificates; the calling thread must be in the rig's namespace.
    pub fn new(paths: &Paths) -> Result<Self> {
        let read = |name: &str| files::read(&pki::file(paths, name));
        let identity = format!("{}{}", read("admin.key")?, read("admin.crt")?);
        let client = builder()
            .identity(Identity::from_pem(identity.as_bytes()).map_err(|why| broken("certificate", &why))?)
            .add_root_certificate(
                Certificate::from_pem(read("ca.crt")?.as_bytes()).map_err(|why| broken("authority", &why))?,
            );
        Ok(Self { client: client.build().map_err(|why| broken("client", &why))? })
    }

    /// An object, or nothing when there is none.
    pub async fn get(&self, path: &str) -> Result<Option<Value>> {
        let url = format!("https://{BRIDGE}:6443{path}");
        let answer = self.client.get(&url).send().await.map_err(|why| broken(&url, &why))?;
        if answer.status() == 404 {
            return Ok(None);
        }
        let answer = answer.error_for_status().map_err(|why| broken(&url, &why))?;
        answer.json().await.map(Some).map_err(|why| broken(&url, &why))
    }

    /// Whether it answers a health endpoint with 200.
    pub async fn healthy(&self, path: &str) -> Readiness {
        answer(self.client.get(format!("https://{BRIDGE}:6443{path}"))).await
    }
}

/// A client that stays on this machine and gives up soon.
fn builder() -> reqwest::ClientBuilder {
    Client::builder().no_proxy().timeout(Duration::from_secs(5))
}

/// Whether a health endpoint answers with 200. Certificates are not looked at: daemons make their own for these.
pub async fn healthy(url: &str) -> Result<Readiness> {
    let client = builder().danger_accept_invalid_certs(true).build().map_err(|why| broken(url, &why))?;
    Ok(answer(client.get(url)).await)
}

async fn answer(request: reqwest::RequestBuilder) -> Readiness {
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Readiness::Ready,
        Ok(answer) => Readiness::Waiting(format!("it answers {}", answer.status())),
        Err(why) if why.is_connect() => Readiness::Waiting("it does not listen yet".to_owned()),
        Err(why) => Readiness::Waiting(why.to_string()),
    }
}

fn broken(what: &str, why: &dyn std::error::Error) -> Error {
    let deepest = std::iter::successors(why.source(), |why| why.source()).last();
    Error::Http { url: what.to_owned(), why: deepest.map_or_else(|| why.to_string(), ToString::to_string) }
}
