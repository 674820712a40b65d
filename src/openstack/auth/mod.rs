//! Authentication: Keystone as an [`AuthType`] of the crate `openstack`, renewing tokens by our own rules.
//! May use [`crate::kind`] and the modules it needs below. One per connection, shared by cloning.
//!
//! A token is renewed ahead of its end, by one caller, while the others go on with the old one; requests wait for a login
//! only where there is no valid token. So a Keystone that is down for some minutes before a token ends stops nothing.
//!
//! Tokens are numbered by generation. A service that rejects a token rejects it for fifty requests at once; each of them
//! asks for a token *newer than the one it used*, the first one logs in, and the others find that login's token.
//!
//! A login that Keystone refuses is final, as further tries could lock the account: the error is repeated until
//! [`super::backend`] makes a new connection.

pub mod body;
mod login;
mod oidc;
mod token;

pub use token::Token;

use super::{Instruments, catalog::Catalog, config::CloudSettings, error::Error, throttle::Throttles};
use crate::kind::{failure::Class, request::service::IDENTITY};
use ::openstack::{EndpointFilters, auth::AuthType};
use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use reqwest::{Client, RequestBuilder, Url};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Pause after a failed renewal ahead of time: the old token is still good, and every request would try again.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);

/// Gets tokens for one set of credentials and one scope.
#[derive(Clone)]
pub struct Keystone(Arc<Shared>);

struct Shared {
    settings: CloudSettings,
    client: Client,
    instruments: Instruments,
    throttles: Throttles,
    state: Mutex<LoginState>,
    /// Held while logging in, so that there is one login at a time.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct LoginState {
    token: Option<Arc<Token>>,
    failure: Option<Error>,
}

impl fmt::Debug for Keystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keystone({})", self.0.settings.auth_url)
    }
}

impl Keystone {
    /// Without a token yet.
    pub fn new(settings: CloudSettings, client: Client, instruments: Instruments) -> Self {
        let (state, flight) = (Mutex::default(), tokio::sync::Mutex::default());
        let throttles = Throttles::new(settings.requests_per_second);
        Self(Arc::new(Shared { settings, client, instruments, throttles, state, flight }))
    }

    /// Returns a valid token.
    ///
    /// # Errors
    /// Those of a login, where there is no valid token.
    pub async fn token(&self) -> Result<Arc<Token>, Error> {
        let now = Instant::now();
        match self.current() {
            Some(token) if now < token.renew => Ok(token),
            Some(token) if now < token.expires => Ok(self.renew_ahead(token).await),
            Some(token) => self.successor_of(token.generation).await,
            None => self.successor_of(0).await,
        }
    }

    /// Returns a token newer than that of `generation`, which a service rejected. However many callers, there is one login.
    pub async fn successor_of(&self, generation: u64) -> Result<Arc<Token>, Error> {
        let _flight = self.0.flight.lock().await;
        match self.current() {
            Some(token) if token.generation > generation => Ok(token),
            Some(_) | None => self.login(generation).await,
        }
    }

    /// Why the last login failed, if it did.
    pub fn failure(&self) -> Option<Error> {
        self.state().failure.clone()
    }

    /// The throttles of this connection. They are kept here since a login is a request, too.
    pub fn throttles(&self) -> &Throttles {
        &self.0.throttles
    }

    /// Renews a token that is still valid, unless somebody is at it. Never fails: the old token is the fallback.
    async fn renew_ahead(&self, token: Arc<Token>) -> Arc<Token> {
        let Ok(_flight) = self.0.flight.try_lock() else { return token };
        match self.current() {
            Some(newer) if newer.generation > token.generation => return newer,
            Some(_) | None => {}
        }
        match self.login(token.generation).await {
            Ok(newer) => newer,
            Err(error) => {
                tracing::warn!(%error, "token not renewed ahead of its end, going on with the old one");
                let renew = Instant::now() + RENEWAL_PAUSE;
                let postponed = Arc::new(Token { renew, ..Token::clone(&token) });
                self.state().token = Some(postponed.clone());
                postponed
            }
        }
    }

    /// Logs in; the result succeeds `generation`. To be called with the flight held.
    async fn login(&self, generation: u64) -> Result<Arc<Token>, Error> {
        if let Some(refusal) = self.failure().filter(|error| error.class() == Class::Unauthenticated) {
            return Err(refusal);
        }
        let Shared { settings, client, instruments, throttles, .. } = &*self.0;
        throttles.turn(IDENTITY.group).await?;
        let outcome = login::login(settings, client, instruments, generation + 1).await.map(Arc::new);
        let error = throttles.ended(IDENTITY.group, outcome.as_ref().err().cloned(), instruments.now());
        let outcome = outcome.map_err(|own| error.unwrap_or(own));
        let mut state = self.state();
        state.failure = outcome.as_ref().err().cloned();
        if let Ok(token) = &outcome {
            state.token = Some(token.clone());
        }
        outcome
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.state().token.clone()
    }

    fn state(&self) -> MutexGuard<'_, LoginState> {
        self.0.state.lock()
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

    /// Logs in even if the token looks valid.
    async fn refresh(&self, _client: &Client) -> Result<(), ::openstack::Error> {
        let generation = self.current().map_or(0, |token| token.generation);
        self.successor_of(generation).await?;
        Ok(())
    }
}
