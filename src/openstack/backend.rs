//! Keeps one connection per credentials, found by a hash of all their content, so that a changed Secret leads to a new
//! connection. May use [`crate::kind`] and [`super::cloud`].

use super::{Instruments, cloud::Connection, config::CloudSettings, error::Error};
use crate::{
    kind::{
        cloud::{Backend, Cloud, Credentials, Given},
        failure::{Class, Failure},
    },
    source::Sources,
};
use async_trait::async_trait;
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Connections unused for this long are dropped.
const IDLE: Duration = Duration::from_secs(3600);
/// Most connections kept; the longest unused is dropped first. One in use lives on with its users.
const MOST: usize = 256;
/// How long a failed connect is repeated as it is: else each of the resources that wait for a cloud that is down would
/// wait for a timeout of its own.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// The same for refused credentials: Keystone may lock the account after a few tries.
const AFTER_REFUSAL: Duration = Duration::from_secs(30);

type CredentialsHash = [u8; 32];

/// OpenStack as a [`Backend`].
pub struct OpenStack {
    instruments: Instruments,
    slots: Mutex<HashMap<CredentialsHash, ConnectionSlot>>,
    sources: Sources,
}

struct ConnectionSlot {
    used: Instant,
    /// Held while connecting, so that there is one login at a time.
    state: Arc<tokio::sync::Mutex<ConnectionState>>,
}

#[derive(Default)]
enum ConnectionState {
    #[default]
    New,
    Live(Arc<Connection>),
    /// Not tried again before this time.
    Failed(Error, Instant),
}

impl OpenStack {
    /// Without connections yet.
    pub fn new(instruments: Instruments) -> Self {
        Self { instruments, slots: Mutex::default(), sources: Sources::default() }
    }

    /// Uploads from these sources, instead of those allowed by default.
    #[must_use]
    pub fn uploading_from(self, sources: Sources) -> Self {
        Self { sources, ..self }
    }

    /// The slot of these credentials. Drops what is unused on the way, so no task is needed for that.
    fn slot(&self, credentials: &Credentials) -> Arc<tokio::sync::Mutex<ConnectionState>> {
        let now = Instant::now();
        let key = key(credentials);
        let mut slots = self.slots.lock();
        slots.retain(|other, slot| *other == key || now.duration_since(slot.used) < IDLE);
        if slots.len() >= MOST && !slots.contains_key(&key) {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.used).map(|(key, _)| *key);
            oldest.and_then(|key| slots.remove(&key));
        }
        let slot = slots.entry(key).or_insert_with(|| ConnectionSlot { used: now, state: Arc::default() });
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
            ConnectionState::Live(connection) if !connection.is_rejected() => return Ok(connection.clone()),
            ConnectionState::Failed(error, until) if Instant::now() < *until => {
                return Err(error.clone().into());
            }
            ConnectionState::Live(_) | ConnectionState::Failed(..) | ConnectionState::New => {}
        }
        let (next, outcome) = match open(credentials, &self.instruments, self.sources.clone()).await {
            Ok(connection) => (ConnectionState::Live(connection.clone()), Ok(connection)),
            Err(error) => {
                let refused = error.class() == Class::Unauthenticated;
                let pause = if refused { AFTER_REFUSAL } else { AFTER_FAILURE };
                (ConnectionState::Failed(error.clone(), Instant::now() + pause), Err(error))
            }
        };
        *state = next;
        let connection: Arc<dyn Cloud> = outcome?;
        Ok(connection)
    }
}

async fn open(
    credentials: &Credentials,
    instruments: &Instruments,
    sources: Sources,
) -> Result<Arc<Connection>, Error> {
    Ok(Arc::new(Connection::new(CloudSettings::read(credentials)?, instruments.clone(), sources).await?))
}

/// Hashes the credentials, so that no secret is kept to compare with.
fn key(credentials: &Credentials) -> CredentialsHash {
    let Credentials { given, cloud, region, interface, requests_per_second } = credentials;
    let mut hash = Sha256::new();
    let mut part = |part: Option<&str>| {
        // With its length, so that parts can't run into each other; an absent part differs from an empty one.
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        hash.update(length.to_be_bytes());
        hash.update(part.unwrap_or_default());
    };
    match given {
        Given::Document(text) => part(Some(text.expose_secret())),
        Given::Fields(fields) => fields.iter().for_each(|(name, value)| {
            part(Some(name));
            part(Some(value.expose_secret()));
        }),
        Given::Account { namespace, name } => [namespace, name].into_iter().for_each(|one| part(Some(one))),
    }
    // Ends the list of fields: else a field could be taken for what follows.
    part(None);
    [cloud, region, interface].into_iter().for_each(|one| part(one.as_deref()));
    part(requests_per_second.map(|rate| rate.to_string()).as_deref());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(clouds_yaml: &str, cloud: Option<&str>, region: Option<&str>) -> Credentials {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Credentials {
            given: Given::Document(clouds_yaml.into()),
            cloud: owned(cloud),
            region: owned(region),
            ..Credentials::default()
        }
    }

    fn fields(all: &[(&str, &str)]) -> Credentials {
        let fields = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        Credentials { given: Given::Fields(fields), ..Credentials::default() }
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
            fields(&[("a", "b")]),
            fields(&[("a", "b"), ("c", "d")]),
            fields(&[]),
            Credentials { requests_per_second: Some(7), ..credentials("a", None, None) },
        ];
        let keys: std::collections::HashSet<_> = all.iter().map(key).collect();
        assert_eq!(keys.len(), all.len());
    }

    #[tokio::test(start_paused = true)]
    async fn connections_are_few_and_go_when_unused() {
        let backend = OpenStack::new(Instruments::default());
        let slots = |backend: &OpenStack| backend.slots.lock().len();
        for number in 0..=MOST {
            backend.slot(&credentials(&number.to_string(), None, None));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(slots(&backend), MOST);
        assert!(!backend.slots.lock().contains_key(&key(&credentials("0", None, None))));
        tokio::time::advance(IDLE).await;
        backend.slot(&credentials("new", None, None));
        assert_eq!(slots(&backend), 1);
    }
}
