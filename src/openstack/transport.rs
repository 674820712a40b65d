//! One HTTP exchange with a service: endpoint, token, one repeat after a rejected token, one log line. The seam behind which the crate `openstack` could be replaced. May use
//! [`crate::kind`] and the modules of this layer below it.

use super::{
    answer::Reply,
    auth::Keystone,
    config::Settings,
    endpoint::{self, Address, Root},
    error::Error,
    http, outgoing,
};
use crate::kind::{
    request::{Method, Request},
    service::Service,
};
use ::http::{HeaderMap, StatusCode};
use ::openstack::session::Session;
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::OnceCell, time::Instant};
use url::Url;

/// Sends requests of `kind` and takes whatever comes back.
#[async_trait]
pub trait Transport: Send + Sync {
    /// One exchange. An answer with an error status is a reply, not an error.
    async fn send(&self, request: &Request) -> Result<Reply, Error>;

    /// The same with a body that flows, for as long as it takes. There is no repeat: what has flowed is gone.
    async fn stream(&self, request: &Request, _: reqwest::Body) -> Result<Reply, Error> {
        let detail = "this transport takes no body that flows".to_owned();
        Err(Error::Unsendable { service: request.service.group, detail })
    }
}

/// More than any upload takes: whoever waits for one watches whether it moves.
const WITHOUT_END: Duration = Duration::from_secs(30 * 24 * 3600);

/// Versioned endpoints by what the catalog says and the version that we speak.
type Endpoints = HashMap<(Url, u16), Arc<OnceCell<Url>>>;

/// A [`Transport`] over the crate's session.
pub struct SessionTransport {
    settings: Settings,
    keystone: Keystone,
    session: Session,
    endpoints: Mutex<Endpoints>,
}

/// A request as bytes, kept for the repeat. No Debug: it holds the spliced secrets.
struct Call<'a> {
    service: &'static Service,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    path: &'a str,
}

impl SessionTransport {
    /// Logs in.
    pub async fn connect(settings: Settings) -> Result<Self, Error> {
        let client = http::client(&settings)?;
        let keystone = Keystone::new(settings.clone(), client.clone());
        let session = Session::new_with_client(client, keystone.clone()).await;
        let mut session = session.map_err(|error| {
            // The session's own error has lost class and reason; the plugin remembers.
            keystone.failure().unwrap_or_else(|| Error::Config(error.to_string()))
        })?;
        *session.endpoint_filters_mut() = settings.filters.clone();
        Ok(Self { settings, keystone, session, endpoints: Mutex::default() })
    }

    /// The plugin that gets tokens.
    pub fn keystone(&self) -> &Keystone {
        &self.keystone
    }

    /// The address that the service's paths are relative to.
    async fn endpoint(&self, service: &'static Service) -> Result<Url, Error> {
        let address = match self.settings.endpoint_override(service) {
            Some(address) => address.clone(),
            None => self.keystone.token().await?.catalog.find(service, &self.settings.filters)?,
        };
        let root = match endpoint::read(&address, service) {
            Address::Versioned(endpoint) => return Ok(endpoint),
            Address::Unversioned(root) => root,
        };
        let cell = {
            let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
            endpoints.entry((address, service.major)).or_default().clone()
        };
        cell.get_or_try_init(|| self.discover(service, &root)).await.cloned()
    }

    async fn discover(&self, service: &'static Service, root: &Root) -> Result<Url, Error> {
        let (headers, path) = (outgoing::json_headers(), root.url.path());
        let call = Call { service, method: Method::Get, url: root.url.clone(), headers, body: None, path };
        let mut reply = self.repeated(&call).await?;
        if reply.status == StatusCode::MULTIPLE_CHOICES {
            reply.status = StatusCode::OK;
        }
        endpoint::choose(&reply.into_body(service, [])?, root, service)
    }

    /// Sends, and once more with a new token if the service rejects the token: it may have been revoked.
    async fn repeated(&self, call: &Call<'_>) -> Result<Reply, Error> {
        let token = self.keystone.token().await?;
        let reply = self.once(call).await?;
        if reply.status != StatusCode::UNAUTHORIZED {
            return Ok(reply);
        }
        self.keystone.successor_of(token.generation).await?;
        self.once(call).await
    }

    /// The session authenticates; its own sending would turn every network error into one line without cause.
    async fn once(&self, call: &Call<'_>) -> Result<Reply, Error> {
        let client = self.session.client().inner();
        let mut request =
            client.request(outgoing::verb(call.method), call.url.clone()).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        self.exchange(call, request).await
    }

    async fn exchange(&self, call: &Call<'_>, request: reqwest::RequestBuilder) -> Result<Reply, Error> {
        let client = self.session.client().inner();
        let unsendable = |detail: String| Error::Unsendable { service: call.service.group, detail };
        let request = self.session.auth_type().authenticate(client, request).await;
        let request = request
            .map_err(|error| self.keystone.failure().unwrap_or_else(|| unsendable(error.to_string())))?
            .build()
            .map_err(|_| unsendable("it is no valid HTTP".to_owned()))?;
        let sent = Instant::now();
        let reply = http::exchange(client, call.service, request).await;
        log(call, &reply, sent);
        reply
    }
}

#[async_trait]
impl Transport for SessionTransport {
    async fn send(&self, request: &Request) -> Result<Reply, Error> {
        let service = request.service;
        let unsendable = |detail: String| Error::Unsendable { service: service.group, detail };
        let body = outgoing::body(request).map_err(unsendable)?;
        let url = outgoing::below(self.endpoint(service).await?, request).map_err(unsendable)?;
        let (method, headers, path) = (request.method, outgoing::headers(request), &request.path);
        self.repeated(&Call { service, method, url, headers, body, path }).await
    }

    async fn stream(&self, request: &Request, body: reqwest::Body) -> Result<Reply, Error> {
        let service = request.service;
        let unsendable = |detail: String| Error::Unsendable { service: service.group, detail };
        let url = outgoing::below(self.endpoint(service).await?, request).map_err(unsendable)?;
        let (method, headers, path) = (request.method, outgoing::stream_headers(request), &request.path);
        let call = Call { service, method, url: url.clone(), headers: headers.clone(), body: None, path };
        let client = self.session.client().inner();
        let sent =
            client.request(outgoing::verb(method), url).headers(headers).timeout(WITHOUT_END).body(body);
        self.exchange(&call, sent).await
    }
}

/// A change is news; a read is not. Neither query nor body is shown.
fn log(call: &Call<'_>, reply: &Result<Reply, Error>, sent: Instant) {
    let ms = u64::try_from(sent.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (service, method, path) = (call.service.group, call.method.as_str(), call.path);
    let status = reply.as_ref().ok().map(|reply| reply.status.as_u16());
    let request_id = reply.as_ref().ok().and_then(Reply::request_id);
    let error = reply.as_ref().err().map(tracing::field::display);
    match call.method {
        Method::Get => tracing::debug!(service, method, path, status, ms, request_id, error, "read"),
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            tracing::info!(service, method, path, status, ms, request_id, error, "change");
        }
    }
}
