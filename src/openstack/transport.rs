//! One HTTP exchange with a service: endpoint, token, one repeat after a rejected token, one log line. The seam behind which the crate `openstack` could be replaced. May use
//! [`crate::kind`] and the modules of this layer below it.

use super::{
    Instruments,
    auth::{Keystone, Token},
    config::Settings,
    describe,
    endpoint::{self, Address, Root, Version},
    error::Error,
    http, http_request,
    response::RawResponse,
};
use crate::kind::{
    cloud::Description,
    failure::Class,
    request::{
        Method, Request,
        service::{IDENTITY, Service},
    },
};
use ::http::{HeaderMap, HeaderName, StatusCode};
use ::openstack::session::Session;
use async_trait::async_trait;
use parking_lot::Mutex;
use secrecy::SecretString;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{OnceCell, Semaphore},
    time::Instant,
};
use url::Url;

/// Sends requests of `kind` and takes whatever comes back.
#[async_trait]
pub trait Transport: Send + Sync {
    /// One exchange. An answer with an error status is a response, not an error.
    async fn send(&self, request: &Request) -> Result<RawResponse, Error>;

    /// The same with a body that flows, for as long as it takes. There is no repeat: what has flowed is gone.
    async fn stream(&self, request: &Request, _: reqwest::Body) -> Result<RawResponse, Error> {
        let detail = "this transport takes no body that flows".to_owned();
        Err(Error::Unsendable { service: request.service.group, detail })
    }

    /// What is known of the login, which is verified, and of the cloud. Nothing, where there is no login.
    async fn describe(&self, _services: &[&'static Service]) -> Result<Description, Error> {
        Ok(Description::default())
    }
}

/// More than any upload takes: whoever waits for one watches whether it moves.
const WITHOUT_END: Duration = Duration::from_secs(30 * 24 * 3600);

/// Requests to one service at once, at the most: more than it has workers for one client. What waits here does not wait
/// there, where it would run into a timeout with its fate unknown.
const AT_ONCE: usize = 32;

/// Versions by what the catalog says and the version that we speak.
type Versions = HashMap<(Url, u16), Arc<OnceCell<Version>>>;

/// A [`Transport`] over the crate's session.
pub struct SessionTransport {
    settings: Settings,
    keystone: Keystone,
    session: Session,
    instruments: Instruments,
    versions: Mutex<Versions>,
    places: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
}

/// A request as bytes, kept for the repeat. No Debug: it holds the spliced secrets.
struct Call<'a> {
    service: &'static Service,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    path: &'a str,
    /// What no error may repeat.
    secrets: Vec<&'a SecretString>,
}

impl SessionTransport {
    /// Logs in.
    pub async fn connect(settings: Settings, instruments: Instruments) -> Result<Self, Error> {
        let client = http::client(&settings)?;
        let keystone = Keystone::new(settings.clone(), client.clone(), instruments.clone());
        let session = Session::new_with_client(client, keystone.clone()).await;
        let mut session = session.map_err(|error| {
            // The session's own error has lost class and reason; the plugin remembers.
            keystone.failure().unwrap_or_else(|| Error::Config(error.to_string()))
        })?;
        *session.endpoint_filters_mut() = settings.filters.clone();
        let (versions, places) = (Mutex::default(), Mutex::default());
        Ok(Self { settings, keystone, session, instruments, versions, places })
    }

    /// The plugin that gets tokens.
    pub fn keystone(&self) -> &Keystone {
        &self.keystone
    }

    fn places(&self, service: &'static Service) -> Arc<Semaphore> {
        let mut places = self.places.lock();
        places.entry(service.group).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The token, after Keystone has said that it still holds; a new one if it does not.
    pub async fn verified(&self) -> Result<Arc<Token>, Error> {
        let token = self.keystone.token().await?;
        let mut url = self.settings.auth_url.clone();
        url.set_path(&format!("{}/auth/tokens", url.path()));
        url.set_query(Some("nocatalog"));
        let mut headers = http_request::json_headers();
        headers.insert(HeaderName::from_static("x-subject-token"), token.header.clone());
        let (path, secrets) = ("/auth/tokens", vec![]);
        let response = self
            .once(&Call { service: &IDENTITY, method: Method::Get, url, headers, body: None, path, secrets })
            .await?;
        match response.status {
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
                self.keystone.successor_of(token.generation).await
            }
            // A policy that does not let a token be asked about had to accept it first.
            status if status.is_success() || status == StatusCode::FORBIDDEN => Ok(token),
            _ => Err(response.error(&IDENTITY, [])),
        }
    }

    /// What the catalog, or an override, says of a service.
    async fn address(&self, service: &'static Service) -> Result<Url, Error> {
        match self.settings.endpoint_override(service) {
            Some(address) => Ok(address.clone()),
            None => self.keystone.token().await?.catalog.find(service, &self.settings.filters),
        }
    }

    /// The address that the service's paths are relative to.
    async fn endpoint(&self, service: &'static Service) -> Result<Url, Error> {
        let address = self.address(service).await?;
        match endpoint::read(&address, service) {
            Address::Versioned(endpoint, _) => Ok(endpoint),
            Address::Unversioned(root) => Ok(self.looked_up(address, root, service).await?.url),
        }
    }

    /// The version that the service's paths are written for. Where only a proxy's word can be had, it tells nothing.
    pub async fn version(&self, service: &'static Service) -> Result<Version, Error> {
        let address = self.address(service).await?;
        match endpoint::read(&address, service) {
            Address::Unversioned(root) => self.looked_up(address, root, service).await,
            Address::Versioned(url, root) => {
                Ok(Version { url, ..self.looked_up(address, root, service).await? })
            }
        }
    }

    async fn looked_up(&self, address: Url, root: Root, service: &'static Service) -> Result<Version, Error> {
        let optional = matches!(endpoint::read(&address, service), Address::Versioned(..));
        let cell = {
            let mut versions = self.versions.lock();
            versions.entry((address, service.major)).or_default().clone()
        };
        let look = async || match self.discover(service, &root).await {
            Err(error) if optional && hidden(&error) => Ok(Version::untold(root.url.clone())),
            found => found,
        };
        cell.get_or_try_init(look).await.cloned()
    }

    async fn discover(&self, service: &'static Service, root: &Root) -> Result<Version, Error> {
        let (headers, path, url) = (http_request::json_headers(), root.url.path(), root.url.clone());
        let call = Call { service, method: Method::Get, url, headers, body: None, path, secrets: vec![] };
        let mut response = self.repeated(&call).await?;
        if response.status == StatusCode::MULTIPLE_CHOICES {
            response.status = StatusCode::OK;
        }
        endpoint::choose(&response.into_body(service, [])?, root, service)
    }

    /// Sends, and once more with a new token if the service rejects the token: it may have been revoked.
    async fn repeated(&self, call: &Call<'_>) -> Result<RawResponse, Error> {
        let token = self.keystone.token().await?;
        let response = self.once(call).await?;
        if response.status != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        self.keystone.successor_of(token.generation).await?;
        self.once(call).await
    }

    /// Sends when it is the request's turn, and tells the pace what came of it.
    async fn once(&self, call: &Call<'_>) -> Result<RawResponse, Error> {
        let throttles = self.keystone.throttles();
        let places = self.places(call.service);
        // It is never closed.
        let _place = places.acquire().await.ok();
        throttles.turn(call.service.group).await?;
        let response = self.exchange(call).await;
        let error = match &response {
            Ok(response) if response.status.is_server_error() || response.status.is_client_error() => {
                Some(response.error(call.service, call.secrets.iter().copied()))
            }
            Ok(_) => None,
            Err(error) => Some(error.clone()),
        };
        match throttles.ended(call.service.group, error, self.instruments.now()) {
            Some(down @ Error::Down { .. }) => Err(down),
            Some(_) | None => response,
        }
    }

    /// The session authenticates; its own sending would turn every network error into one line without cause.
    async fn exchange(&self, call: &Call<'_>) -> Result<RawResponse, Error> {
        let client = self.session.client().inner();
        let mut request =
            client.request(http_request::verb(call.method), call.url.clone()).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        self.authenticated(call, request).await
    }

    async fn authenticated(
        &self,
        call: &Call<'_>,
        request: reqwest::RequestBuilder,
    ) -> Result<RawResponse, Error> {
        let client = self.session.client().inner();
        let unsendable = |detail: String| Error::Unsendable { service: call.service.group, detail };
        let request = self.session.auth_type().authenticate(client, request).await;
        let request = request
            .map_err(|error| self.keystone.failure().unwrap_or_else(|| unsendable(error.to_string())))?
            .build()
            .map_err(|_| unsendable("it is no valid HTTP".to_owned()))?;
        let sent = Instant::now();
        let response = http::exchange(client, &self.instruments, call.service, request).await;
        log(call, &response, sent);
        response
    }
}

#[async_trait]
impl Transport for SessionTransport {
    async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
        let service = request.service;
        let unsendable = |detail: String| Error::Unsendable { service: service.group, detail };
        let body = http_request::body(request).map_err(unsendable)?;
        if let Some(needed) = request.microversion {
            self.version(service).await?.offers(service, needed, request.because)?;
        }
        let url = http_request::below(self.endpoint(service).await?, request).map_err(unsendable)?;
        let (method, headers, path) = (request.method, http_request::headers(request), &request.path);
        let secrets = request.secrets.values().collect();
        self.repeated(&Call { service, method, url, headers, body, path, secrets }).await
    }

    async fn stream(&self, request: &Request, body: reqwest::Body) -> Result<RawResponse, Error> {
        let service = request.service;
        let unsendable = |detail: String| Error::Unsendable { service: service.group, detail };
        let url = http_request::below(self.endpoint(service).await?, request).map_err(unsendable)?;
        let (method, headers, path) = (request.method, http_request::stream_headers(request), &request.path);
        let call = Call {
            service,
            method,
            url: url.clone(),
            headers: headers.clone(),
            body: None,
            path,
            secrets: vec![],
        };
        let client = self.session.client().inner();
        let sent =
            client.request(http_request::verb(method), url).headers(headers).timeout(WITHOUT_END).body(body);
        self.authenticated(&call, sent).await
    }

    async fn describe(&self, services: &[&'static Service]) -> Result<Description, Error> {
        describe::describe(self, services).await
    }
}

/// Does it say that there is no version document, or none that can be read? Then the service's own answer to a request
/// tells what it thinks of the microversion.
fn hidden(error: &Error) -> bool {
    match error.class() {
        Class::Terminal | Class::NotFound | Class::Conflict => true,
        Class::Unanswered => matches!(error, Error::Malformed { .. }),
        Class::Transient => matches!(error, Error::Foreign { status: 400..=499, .. }),
        Class::RateLimited(_) | Class::Unauthenticated => false,
    }
}

/// A change is news; a read is not. Neither query nor body is shown.
fn log(call: &Call<'_>, response: &Result<RawResponse, Error>, sent: Instant) {
    let ms = u64::try_from(sent.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (service, method, path) = (call.service.group, call.method.as_str(), call.path);
    let status = response.as_ref().ok().map(|response| response.status.as_u16());
    let request_id = response.as_ref().ok().and_then(RawResponse::request_id);
    let error = response.as_ref().err().map(tracing::field::display);
    match call.method {
        Method::Get => tracing::debug!(service, method, path, status, ms, request_id, error, "read"),
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            tracing::info!(service, method, path, status, ms, request_id, error, "change");
        }
    }
}
