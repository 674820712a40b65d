//! Keeps one connection per credentials, found by a hash over all their content, so that a changed Secret makes a new
//! one. May use [`crate::kind`] and [`super::cloud`].

use super::{cloud::Connection, config::Settings, error::Error};
use crate::kind::{
    cloud::{Backend, Cloud, Credentials},
    failure::{Class, Failure},
};
use crate::source::Sources;
use async_trait::async_trait;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Connections unused for this long go.
const IDLE: Duration = Duration::from_secs(3600);
/// Connections kept; the longest unused go first. Those in use live on in the hands of their users.
const MOST: usize = 256;
/// Refused credentials are not tried again within this time, whoever asks: Keystone may lock the account.
const AFTER_REFUSAL: Duration = Duration::from_secs(30);

type Key = [u8; 32];

/// OpenStack as a [`Backend`].
#[derive(Default)]
pub struct OpenStack {
    slots: Mutex<HashMap<Key, Slot>>,
    sources: Sources,
}

struct Slot {
    used: Instant,
    /// Held while connecting: single flight.
    state: Arc<tokio::sync::Mutex<State>>,
}

#[derive(Default)]
enum State {
    #[default]
    New,
    Live(Arc<Connection>),
    Refused(Error, Instant),
}

impl OpenStack {
    /// Without connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// With other sources of uploads than the web alone.
    #[must_use]
    pub fn uploading_from(self, sources: Sources) -> Self {
        Self { sources, ..self }
    }

    /// The slot of these credentials, after clearing out.
    fn slot(&self, credentials: &Credentials) -> Arc<tokio::sync::Mutex<State>> {
        let now = Instant::now();
        let key = key(credentials);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|other, slot| *other == key || now.duration_since(slot.used) < IDLE);
        if slots.len() >= MOST && !slots.contains_key(&key) {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.used).map(|(key, _)| *key);
            oldest.and_then(|key| slots.remove(&key));
        }
        let slot = slots.entry(key).or_insert_with(|| Slot { used: now, state: Arc::default() });
        slot.used = now;
        slot.state.clone()
    }
}

#[async_trait]
impl Backend for OpenStack {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let slot = self.slot(credentials);
        let mut state = slot.lock().await;
        match &*state {
            State::Live(connection) if !connection.is_rejected() => return Ok(connection.clone()),
            State::Refused(error, at) if at.elapsed() < AFTER_REFUSAL => return Err(error.clone().into()),
            State::Live(_) | State::Refused(..) | State::New => {}
        }
        let (next, outcome) = match open(credentials, self.sources.clone()).await {
            Ok(connection) => (State::Live(connection.clone()), Ok(connection)),
            Err(error) if error.class() == Class::Unauthenticated => {
                (State::Refused(error.clone(), Instant::now()), Err(error))
            }
            Err(error) => (State::New, Err(error)),
        };
        *state = next;
        let connection: Arc<dyn Cloud> = outcome?;
        Ok(connection)
    }
}

async fn open(credentials: &Credentials, sources: Sources) -> Result<Arc<Connection>, Error> {
    Ok(Arc::new(Connection::new(Settings::read(credentials)?, sources).await?))
}

/// A hash, so that no secret is kept to compare with.
fn key(credentials: &Credentials) -> Key {
    let Credentials { clouds_yaml, cloud, region, interface } = credentials;
    let mut hash = Sha256::new();
    for part in [Some(clouds_yaml.expose_secret()), cloud.as_deref(), region.as_deref(), interface.as_deref()]
    {
        // Length first, and none differs from empty.
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        hash.update(length.to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(clouds_yaml: &str, cloud: Option<&str>, region: Option<&str>) -> Credentials {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Credentials {
            clouds_yaml: clouds_yaml.into(),
            cloud: owned(cloud),
            region: owned(region),
            interface: None,
        }
    }

    #[test]
    fn every_part_of_the_credentials_makes_its_own_connection() {
        let all = [
            credentials("a", None, None),
            credentials("b", None, None),
            credentials("a", Some(""), None),
            credentials("a", None, Some("")),
            credentials("a", Some("x"), None),
            credentials("a", None, Some("x")),
            credentials("ax", None, None),
        ];
        let keys: std::collections::HashSet<_> = all.iter().map(key).collect();
        assert_eq!(keys.len(), all.len());
    }

    #[tokio::test(start_paused = true)]
    async fn connections_are_few_and_go_when_unused() {
        let backend = OpenStack::new();
        let slots = |backend: &OpenStack| backend.slots.lock().unwrap().len();
        for number in 0..=MOST {
            backend.slot(&credentials(&number.to_string(), None, None));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(slots(&backend), MOST);
        assert!(!backend.slots.lock().unwrap().contains_key(&key(&credentials("0", None, None))));
        tokio::time::advance(IDLE).await;
        backend.slot(&credentials("new", None, None));
        assert_eq!(slots(&backend), 1);
    }
}
