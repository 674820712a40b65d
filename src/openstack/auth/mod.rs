//! Authentication: Keystone as an [`AuthType`] of the crate `openstack`, renewing tokens by our own rules.
//! May use [`crate::kind`] and the modules it needs below. One per connection, shared by cloning.
//!
//! A token is renewed ahead of its end, while everybody goes on with the old one; requests wait for a login only where
//! there is no valid token. So a Keystone that is down for some minutes before a token ends stops nothing.
//!
//! A login runs in a task of its own (`Flight`), one at a time. Who needs it waits some seconds and then ends with what is
//! known, so that a Keystone which does not answer keeps nobody's place from other clouds' resources. When the next one may
//! be tried, `attempts` says.
//!
//! Tokens are numbered by generation. A token that Keystone itself no longer knows is found out by fifty requests at once;
//! each of them asks for a token *newer than the one it used*, the first one logs in, and the others find that login's token.

mod attempts;
pub mod body;
mod login;
mod oidc;
mod token;
mod verdict;

pub use token::Token;

use super::{
    Instruments, catalog::Catalog, config::CloudSettings, error::Error, flight::Flight, throttle::Throttles,
};
use crate::kind::{failure::Class, request::service::IDENTITY};
use ::openstack::{EndpointFilters, auth::AuthType};
use async_trait::async_trait;
use attempts::Attempts;
use parking_lot::{Mutex, MutexGuard};
use reqwest::{Client, RequestBuilder, Url};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How old a login may become while somebody waits for it. Its own timeout is a minute.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same where the last one failed: the failure is what is known.
const PATIENCE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Gets tokens for one set of credentials and one scope.
#[derive(Clone)]
pub struct Keystone(Arc<Shared>);

struct Shared {
    settings: CloudSettings,
    client: Client,
    instruments: Instruments,
    throttles: Throttles,
    state: Mutex<LoginState>,
}

type LoginFlight = Flight<Result<Arc<Token>, Error>>;

#[derive(Default)]
struct LoginState {
    token: Option<Arc<Token>>,
    /// Logins so far, which number the tokens.
    logins: u64,
    attempts: Attempts,
    login: Option<LoginFlight>,
    /// Whether Keystone knows the token of a generation, as last asked.
    verdict: Option<(u64, Flight<Result<bool, Error>>)>,
}

impl fmt::Debug for Keystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keystone({})", self.0.settings.auth_url)
    }
}

impl Keystone {
    /// Without a token yet: the first who needs one logs in.
    pub fn new(settings: CloudSettings, client: Client, instruments: Instruments) -> Self {
        let throttles = Throttles::new(settings.requests_per_second);
        Self(Arc::new(Shared { settings, client, instruments, throttles, state: Mutex::default() }))
    }

    /// Returns a valid token.
    ///
    /// # Errors
    /// Those of a login, where there is no valid token. Nothing was sent that changes anything.
    pub async fn token(&self) -> Result<Arc<Token>, Error> {
        let now = Instant::now();
        match self.current() {
            Some(token) if now < token.renew => Ok(token),
            Some(token) if now < token.expires => {
                // Whatever comes of it is known to the next who asks.
                drop(self.flight(|_| Ok(())));
                Ok(token)
            }
            Some(_) | None => self.login(|_| Ok(())).await,
        }
    }

    /// Returns a token newer than that of `generation`, which Keystone no longer knows. However many callers, there is one
    /// login.
    ///
    /// # Errors
    /// Those of a login; tokens were replaced too often.
    pub async fn successor_of(&self, generation: u64) -> Result<Arc<Token>, Error> {
        match self.current() {
            Some(token) if token.generation > generation => return Ok(token),
            Some(_) | None => {}
        }
        let outcome = self.login(|attempts| attempts.may_replace(Instant::now())).await;
        if outcome.as_ref().is_err_and(|error| error.class() == Class::Unauthenticated) {
            // Neither the token nor the credentials are good any more.
            let mut state = self.state();
            state.token = state.token.take().filter(|token| token.generation > generation);
        }
        outcome
    }

    /// Does Keystone know the token? What it said that long ago still counts.
    ///
    /// # Errors
    /// It can't be asked.
    pub async fn knows(&self, token: &Arc<Token>, believed: Duration) -> Result<bool, Error> {
        let flight = {
            let mut state = self.state();
            if state.token.as_ref().is_some_and(|current| current.generation > token.generation) {
                return Ok(false);
            }
            match &state.verdict {
                Some((generation, known))
                    if *generation == token.generation && (!known.is_over() || known.age() < believed) =>
                {
                    known.clone()
                }
                Some(_) | None => {
                    let (shared, asked) = (self.0.clone(), token.clone());
                    let flight = Flight::begin(async move { shared.knows(&asked).await });
                    state.verdict = Some((token.generation, flight.clone()));
                    flight
                }
            }
        };
        flight.within(PATIENCE).await.unwrap_or_else(|| Err(self.unanswered()))
    }

    /// Why the last login failed, if it did.
    pub fn failure(&self) -> Option<Error> {
        self.state().attempts.failure().cloned()
    }

    /// The throttles of this connection. They are kept here since a login is a request, too.
    pub fn throttles(&self) -> &Throttles {
        &self.0.throttles
    }

    /// The outcome of the login that is under way, or of one that begins now if it may.
    async fn login(
        &self,
        may_begin: impl FnOnce(&mut Attempts) -> Result<(), Error> + Send,
    ) -> Result<Arc<Token>, Error> {
        let known = self.failure();
        let flight = self.flight(may_begin)?;
        let patience = if known.is_some() { PATIENCE_AFTER_FAILURE } else { PATIENCE };
        match flight.within(patience).await {
            Some(outcome) => outcome,
            None => Err(known.unwrap_or_else(|| self.unanswered())),
        }
    }

    fn flight(
        &self,
        may_begin: impl FnOnce(&mut Attempts) -> Result<(), Error>,
    ) -> Result<LoginFlight, Error> {
        let mut state = self.state();
        if let Some(flight) = state.login.as_ref().filter(|flight| !flight.is_over()) {
            return Ok(flight.clone());
        }
        state.attempts.may_begin(Instant::now())?;
        may_begin(&mut state.attempts)?;
        state.logins += 1;
        let (shared, generation) = (self.0.clone(), state.logins);
        let flight = Flight::begin(async move { shared.log_in(generation).await });
        state.login = Some(flight.clone());
        Ok(flight)
    }

    fn unanswered(&self) -> Error {
        let host = self.0.settings.auth_url.host_str().unwrap_or_default().to_owned();
        Error::LoginUnderWay { host }
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.state().token.clone()
    }

    fn state(&self) -> MutexGuard<'_, LoginState> {
        self.0.state.lock()
    }
}

impl Shared {
    async fn knows(&self, token: &Token) -> Result<bool, Error> {
        let Self { settings, client, instruments, throttles, .. } = self;
        verdict::knows(settings, client, instruments, throttles, token).await
    }

    /// Logs in, and takes in what came of it.
    async fn log_in(&self, generation: u64) -> Result<Arc<Token>, Error> {
        let outcome = self.try_login(generation).await.map(Arc::new).map_err(Error::unsent);
        let mut state = self.state.lock();
        state.attempts.ended(outcome.as_ref().err(), Instant::now());
        match &outcome {
            Ok(token) => state.token = Some(token.clone()),
            Err(error) => tracing::warn!(auth_url = %self.settings.auth_url, %error, "login failed"),
        }
        outcome
    }

    async fn try_login(&self, generation: u64) -> Result<Token, Error> {
        let Self { settings, client, instruments, throttles, .. } = self;
        throttles.turn(IDENTITY.group).await?;
        let outcome = login::login(settings, client, instruments, generation).await;
        let error = throttles.ended(IDENTITY.group, outcome.as_ref().err().cloned(), instruments.now());
        outcome.map_err(|own| error.unwrap_or(own))
    }
}

#[async_trait]
impl AuthType for Keystone {
    async fn authenticate(
        &self,
        _client: &Client,
        request: RequestBuilder,
    ) -> Result<RequestBuilder, ::openstack::Error> {
        Ok(request.header("X-Auth-Token", self.token().await?.header.clone()))
    }

    async fn get_endpoint(
        &self,
        _client: &Client,
        service_type: &str,
        filters: &EndpointFilters,
    ) -> Result<Url, ::openstack::Error> {
        let token = self.token().await?;
        let catalog: &Catalog = &token.catalog;
        let found = catalog.endpoint(service_type, filters).and_then(|address| Url::parse(address).ok());
        found.ok_or_else(|| {
            let message = format!("no endpoint for {service_type}");
            ::openstack::Error::new(::openstack::ErrorKind::EndpointNotFound, message)
        })
    }

    /// Logs in even if the token looks valid. Where there is none yet, there is nothing to refresh: the first request logs in.
    async fn refresh(&self, _client: &Client) -> Result<(), ::openstack::Error> {
        if let Some(token) = self.current() {
            self.successor_of(token.generation).await?;
        }
        Ok(())
    }
}
