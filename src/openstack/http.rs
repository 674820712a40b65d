//! The HTTP client and one exchange over it. Knows bytes, not OpenStack. May use [`super::response`], [`super::error`].

use super::{Instruments, config::CloudSettings, error::Error, response::RawResponse};
use crate::kind::request::service::Service;
use reqwest::{Certificate, Client, Identity, Request, redirect, tls};
use secrecy::ExposeSecret;
use std::{error::Error as _, time::Duration};
use tokio::time::Instant;

/// Timeout of a connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Timeout of a whole exchange.
const WHOLE: Duration = Duration::from_secs(60);
/// Largest body, bytes. No page of a list comes near it; a runaway body must not fill the provider's memory.
const LARGEST_BODY: usize = 64 << 20;

/// Makes the client for one cloud. It never follows redirects: reqwest would send `X-Auth-Token` to the other host, and
/// turn a POST into a GET.
///
/// # Errors
/// [`Error::Config`], for certificates that can't be read.
pub fn client(settings: &CloudSettings) -> Result<Client, Error> {
    let mut builder = Client::builder()
        .user_agent(concat!("kupenstack/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(redirect::Policy::none())
        .min_tls_version(tls::Version::TLS_1_2)
        .danger_accept_invalid_certs(!settings.verify);
    if let Some(pem) = &settings.ca_bundle {
        let bundle = Certificate::from_pem_bundle(pem.as_bytes()).ok().filter(|bundle| !bundle.is_empty());
        let bundle =
            bundle.ok_or_else(|| Error::Config("cacert is no PEM bundle of certificates".to_owned()))?;
        builder = bundle.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
    }
    if let Some(pem) = &settings.client_certificate {
        let identity = Identity::from_pem(pem.expose_secret().as_bytes());
        let identity = identity.map_err(|_| {
            Error::Config("cert and key are no PEM certificate with its private key".to_owned())
        })?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| Error::Config(format!("no TLS client: {}", innermost(&error))))
}

/// Sends one request and reads the whole response, whatever its status.
///
/// # Errors
/// There was no response, or one that is too large.
pub async fn exchange(
    client: &Client,
    instruments: &Instruments,
    service: &'static Service,
    request: Request,
) -> Result<RawResponse, Error> {
    let (sent, verb) = (Instant::now(), request.method().clone());
    let response = execute(client, service, request).await;
    let outcome = response.as_ref().map(|response| response.status);
    instruments.exchanged(service.group, &verb, outcome, sent.elapsed());
    response
}

async fn execute(client: &Client, service: &'static Service, request: Request) -> Result<RawResponse, Error> {
    let url = request.url();
    let host = match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let broken = |error: &reqwest::Error| broken(service, &host, error);
    let mut response = client.execute(request).await.map_err(|error| broken(&error))?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Error::Malformed { service: service.group, detail: "it is too large".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(RawResponse { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
}

fn broken(service: &'static Service, host: &str, error: &reqwest::Error) -> Error {
    let (service, host) = (service.group, host.to_owned());
    let detail = innermost(error);
    if error.is_connect() {
        Error::Unreachable { service, host, detail }
    } else if error.is_timeout() {
        Error::TimedOut { service, host }
    } else {
        Error::Broken { service, host, detail }
    }
}

/// The innermost cause is the specific one ("invalid peer certificate: …"). The outer ones name the URL, which changes
/// from request to request.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut text = "request failed".to_owned();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    super::text::clean(&text)
}
