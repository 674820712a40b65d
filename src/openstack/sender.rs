//! Sending requests to services over the crate's session: authentication, throttling, one repeat after a token was not
//! accepted, one log line. May use [`crate::kind`] and the modules of this layer below it.

use super::{
    Instruments,
    auth::Keystone,
    config::CloudSettings,
    error::Error,
    http::{self, Room},
    http_request,
    memory::Hold,
    response::RawResponse,
};
use crate::kind::{
    request::{Method, service::Service},
    request_id,
};
use ::http::{HeaderMap, StatusCode};
use ::openstack::session::Session;
use parking_lot::Mutex;
use secrecy::SecretString;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};
use url::Url;

/// Longer than any upload takes. Whether an upload still moves is watched by the code that waits for it.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Most requests under way to one service: more than it has workers for one client. A request that waits here has not
/// been sent; one that waits in a busy service may run into a timeout, and then nobody knows whether it was done.
const AT_ONCE: usize = 32;

/// How long a request waits for one of these places: less than a pass may take, with a request's own timeout behind it.
const FOR_A_PLACE: Duration = Duration::from_secs(25);
/// How long Keystone's word is believed that it knows a token.
const VERDICT_BELIEVED: Duration = Duration::from_secs(10);

/// A request as bytes, kept for the repeat. No Debug: it holds the spliced secrets.
pub(super) struct Call<'a> {
    pub(super) service: &'static Service,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    /// Path for the log: the URL may hold more than is to be shown.
    pub(super) path: &'a str,
    /// What no error may repeat.
    pub(super) secrets: Vec<&'a SecretString>,
}

impl<'a> Call<'a> {
    /// A GET without body or secrets.
    pub(super) fn get(service: &'static Service, url: Url, path: &'a str) -> Self {
        let headers = http_request::json_headers();
        Self { service, method: Method::Get, url, headers, body: None, path, secrets: vec![] }
    }
}

/// The right to send one request to a service at once: a permit, and the throttle's leave.
pub(super) struct Turn {
    service: &'static Service,
    keystone: Keystone,
    _permit: Option<OwnedSemaphorePermit>,
    used: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.used {
            self.keystone.throttles().unused(self.service.group);
        }
    }
}

/// Sends as one login.
pub(super) struct Sender {
    keystone: Keystone,
    session: Session,
    instruments: Instruments,
    /// Permits by service; their semaphores are never closed.
    permits: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
}

impl Sender {
    /// Without a login yet.
    pub(super) async fn new(settings: &CloudSettings, instruments: Instruments) -> Result<Self, Error> {
        let client = http::client(settings, &instruments)?;
        let keystone = Keystone::new(settings.clone(), client.clone(), instruments.clone());
        let session = Session::new_with_client(client, keystone.clone()).await;
        let mut session = session.map_err(|error| Error::Config(error.to_string()))?;
        *session.endpoint_filters_mut() = settings.filters.clone();
        Ok(Self { keystone, session, instruments, permits: Mutex::default() })
    }

    /// The plugin that gets tokens.
    pub(super) fn keystone(&self) -> &Keystone {
        &self.keystone
    }

    /// Sends, and once more if the service does not accept the token: with a new one if Keystone no longer knows it; with the
    /// same one if it does, since another node of the service may answer.
    pub(super) async fn send(
        &self,
        call: &Call<'_>,
        room: Room,
        turn: Option<Turn>,
    ) -> Result<(RawResponse, Hold), Error> {
        let token = self.keystone.token().await?;
        let (first, hold) = match turn.filter(|turn| turn.service == call.service) {
            Some(turn) => self.send_in_turn(call, room, turn).await?,
            None => self.send_once(call, room).await?,
        };
        if first.status != StatusCode::UNAUTHORIZED {
            return Ok((first, hold));
        }
        match self.keystone.knows(&token, VERDICT_BELIEVED).await {
            Ok(true) => {}
            Ok(false) => match self.keystone.successor_of(token.generation).await {
                Ok(_) => {}
                Err(Error::TokenNotAccepted { .. }) => return Err(not_accepted(call, &first)),
                Err(error) => return Err(error),
            },
            Err(_) => return Err(not_accepted(call, &first)),
        }
        let second = self.send_once(call, room).await?;
        if second.0.status == StatusCode::UNAUTHORIZED {
            return Err(not_accepted(call, &second.0));
        }
        Ok(second)
    }

    /// Sends when it is the request's turn, and reports the outcome to the throttle.
    async fn send_once(&self, call: &Call<'_>, room: Room) -> Result<(RawResponse, Hold), Error> {
        let turn = self.turn(call.service).await?;
        self.send_in_turn(call, room, turn).await
    }

    /// Waits until a request to a service may be sent.
    pub(super) async fn turn(&self, service: &'static Service) -> Result<Turn, Error> {
        let permit = timeout(FOR_A_PLACE, self.permits(service).acquire_owned()).await;
        let permit = permit.map_err(|_| Error::Full { service: service.group, under_way: AT_ONCE })?;
        self.keystone.throttles().turn(service.group).await?;
        Ok(Turn { service, keystone: self.keystone.clone(), _permit: permit.ok(), used: false })
    }

    async fn send_in_turn(
        &self,
        call: &Call<'_>,
        room: Room,
        mut turn: Turn,
    ) -> Result<(RawResponse, Hold), Error> {
        let throttles = self.keystone.throttles();
        turn.used = true;
        let response = self.exchange(call, room).await;
        let error = match &response {
            Ok((response, _)) => response.refusal(call.service, call.secrets.iter().copied()),
            Err(error) => Some(error.clone()),
        };
        match throttles.ended(call.service.group, error, self.instruments.now()) {
            Some(down @ Error::Down { .. }) => Err(down),
            Some(_) | None => response,
        }
    }

    /// Sends a body that flows. It passes by permits and throttle: an upload takes hours, and a service that is slow to
    /// take data is not down.
    pub(super) async fn stream(&self, call: &Call<'_>, body: reqwest::Body) -> Result<RawResponse, Error> {
        let request = self.request(call).timeout(UPLOAD_TIMEOUT).body(body);
        Ok(self.authenticated(call, request, Room::Object).await?.0)
    }

    async fn exchange(&self, call: &Call<'_>, room: Room) -> Result<(RawResponse, Hold), Error> {
        let request = self.request(call);
        let request = match &call.body {
            Some(body) => request.body(body.clone()),
            None => request,
        };
        self.authenticated(call, request, room).await
    }

    fn request(&self, call: &Call<'_>) -> reqwest::RequestBuilder {
        let client = self.session.client().inner();
        client.request(http_request::verb(call.method), call.url.clone()).headers(call.headers.clone())
    }

    /// The session authenticates, but does not send: it would turn every network error into one line without cause.
    async fn authenticated(
        &self,
        call: &Call<'_>,
        request: reqwest::RequestBuilder,
        room: Room,
    ) -> Result<(RawResponse, Hold), Error> {
        // The session's own error would have lost class and reason.
        self.keystone.token().await?;
        let client = self.session.client().inner();
        let unsendable = |detail: String| Error::Unsendable { service: call.service.group, detail };
        let request = self.session.auth_type().authenticate(client, request).await;
        let mut request = request
            .map_err(|error| self.keystone.failure().unwrap_or_else(|| unsendable(error.to_string())))?
            .build()
            .map_err(|_| unsendable("it is no valid HTTP".to_owned()))?;
        let (sent, global) = (Instant::now(), http::identify(&mut request));
        let response = http::exchange(client, &self.instruments, call.service, request, room).await;
        let outcome = response.as_ref().map(|(response, _)| response);
        log(call, outcome, sent, &global);
        if let Ok(response) = outcome
            && (call.method != Method::Get || !response.status.is_success())
        {
            response.request_id().into_iter().for_each(request_id::answered);
        }
        response
    }

    fn permits(&self, service: &'static Service) -> Arc<Semaphore> {
        let mut permits = self.permits.lock();
        permits.entry(service.group).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
    }
}

fn not_accepted(call: &Call<'_>, response: &RawResponse) -> Error {
    response.token_not_accepted(call.service, call.secrets.iter().copied())
}

/// Logs changes at level info, reads at level debug. Neither query nor body is shown: both may hold secrets.
fn log(call: &Call<'_>, response: Result<&RawResponse, &Error>, sent: Instant, global_request_id: &str) {
    let ms = u64::try_from(sent.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (service, method, path) = (call.service.group, call.method.as_str(), call.path);
    let status = response.ok().map(|response| response.status.as_u16());
    let request_id = response.ok().and_then(RawResponse::request_id);
    let error = response.err().map(tracing::field::display);
    match call.method {
        Method::Get => {
            tracing::debug!(service, method, path, status, ms, request_id, global_request_id, error, "read");
        }
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            tracing::info!(service, method, path, status, ms, request_id, global_request_id, error, "change");
        }
    }
}
