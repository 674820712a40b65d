//! The HTTP client and one exchange over it. Knows bytes, not OpenStack. May use [`super::response`], [`super::error`],
//! [`crate::source`].

use super::{Instruments, config::CloudSettings, error::Error, memory::Hold, response::RawResponse};
use crate::{
    kind::{request::service::Service, request_id},
    source::guard::Refusal,
};
use ::http::HeaderValue;
use reqwest::{Certificate, Client, Identity, Request, redirect, tls};
use secrecy::ExposeSecret;
use std::{error::Error as _, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Timeout of a connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Timeout of a whole exchange.
const WHOLE: Duration = Duration::from_secs(60);
/// Largest body of a login, of a failure (which is cut there: its words come first), and part of a page that needs no
/// allowance; bytes.
const SMALL: usize = 1 << 20;
/// Largest body with one object.
const OBJECT: usize = 8 << 20;
/// Largest page of a list: a thousand objects of 32 KiB.
const PAGE: usize = 32 << 20;

/// How large the body of a success may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A token and its catalog.
    Login,
    /// One object.
    Object,
    /// Many: what is more than small is taken from the process's memory for lists.
    Page,
}

impl Room {
    fn most(self) -> usize {
        match self {
            Self::Login => SMALL,
            Self::Object => OBJECT,
            Self::Page => PAGE,
        }
    }
}

/// Makes the client for one cloud. It never follows redirects: reqwest would send `X-Auth-Token` to the other host, and
/// turn a POST into a GET.
///
/// # Errors
/// [`Error::Config`], for certificates that can't be read.
pub fn client(settings: &CloudSettings, instruments: &Instruments) -> Result<Client, Error> {
    let mut builder = Client::builder()
        .user_agent(concat!("kupenstack/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(redirect::Policy::none())
        .min_tls_version(tls::Version::TLS_1_2)
        .dns_resolver(Arc::new(instruments.guard().clone()))
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

/// Gives a request the global request id of the work that it is part of. Returns it, for the log.
pub fn identify(request: &mut Request) -> String {
    let id = request_id::global();
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert("x-openstack-request-id", value);
    }
    id
}

/// Sends one request and reads the whole response, whatever its status. What of it is held is given back with the second value.
///
/// # Errors
/// There was no response, or one that is too large.
pub async fn exchange(
    client: &Client,
    instruments: &Instruments,
    service: &'static Service,
    request: Request,
    room: Room,
) -> Result<(RawResponse, Hold), Error> {
    let (sent, verb) = (Instant::now(), request.method().clone());
    let response = execute(client, instruments, service, request, room).await;
    let outcome = response.as_ref().map(|(response, _)| response.status);
    instruments.exchanged(service.group, &verb, outcome, sent.elapsed());
    response
}

async fn execute(
    client: &Client,
    instruments: &Instruments,
    service: &'static Service,
    request: Request,
    room: Room,
) -> Result<(RawResponse, Hold), Error> {
    let url = request.url();
    let host = match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    instruments.guard().judge_literal(url).map_err(|refusal| not_allowed(service, &host, &refusal))?;
    let broken = |error: &reqwest::Error| broken(service, &host, error);
    let mut response = client.execute(request).await.map_err(|error| broken(&error))?;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let most = if failed { SMALL } else { room.most() };
    let (mut body, mut hold) = (Vec::new(), instruments.memory_for_lists().hold());
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        let length = body.len() + chunk.len();
        if length > most && failed {
            body.extend(chunk.iter().take(most - body.len()));
            break;
        }
        if length > most {
            let detail = format!("it has more than {} MiB", most >> 20);
            return Err(Error::Malformed { service: service.group, detail });
        }
        if room == Room::Page && !hold.covers(length.saturating_sub(SMALL)) {
            return Err(Error::OutOfMemory { service: service.group });
        }
        body.extend_from_slice(&chunk);
    }
    let headers = std::mem::take(response.headers_mut());
    Ok((RawResponse { status: response.status(), headers, body }, hold))
}

fn not_allowed(service: &'static Service, host: &str, refusal: &Refusal) -> Error {
    let Refusal { address, why, negotiable } = *refusal;
    let remedy = if negotiable { " unless its administrator allows it (flag --cloud-addresses)" } else { "" };
    Error::NotAllowed { service: service.group, host: host.to_owned(), address, why, remedy }
}

fn broken(service: &'static Service, host: &str, error: &reqwest::Error) -> Error {
    let mut causes = std::iter::successors(error.source(), |cause| <dyn std::error::Error>::source(*cause));
    if let Some(refusal) = causes.find_map(|cause| cause.downcast_ref::<Refusal>()) {
        return not_allowed(service, host, refusal);
    }
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
