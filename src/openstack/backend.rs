//! Keeps one connection per credentials, found by a hash of all their content, so that a changed Secret leads to a new
//! connection. When a connection logs in, and how often after a failure, is the business of [`super::auth`]. May use
//! [`crate::kind`], [`super::cloud`] and [`super::transport`].

use super::{
    Instruments, cloud::Connection, config::CloudSettings, error::Error, transport::SessionTransport,
};
use crate::{
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials, Given},
        failure::Failure,
    },
    source::Sources,
};
use async_trait::async_trait;
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{sync::OnceCell, time::Instant};

/// Connections unused for this long are dropped.
const IDLE: Duration = Duration::from_secs(3600);
/// One used within this time is in use: there are never more of these than credentials that ProviderConfigs named meanwhile.
const IN_USE: Duration = Duration::from_secs(600);
/// Most connections kept beside those in use; the longest unused is dropped first.
const MOST: usize = 256;

type CredentialsHash = [u8; 32];

/// OpenStack as a [`Backend`].
pub struct OpenStack {
    instruments: Instruments,
    slots: Mutex<HashMap<CredentialsHash, ConnectionSlot>>,
    sources: Sources,
}

struct ConnectionSlot {
    used: Instant,
    /// Filled by the first to come, if the credentials can be read.
    link: Arc<OnceCell<Link>>,
}

/// The way to a cloud, and the connection once it has logged in.
struct Link {
    transport: Arc<SessionTransport>,
    /// As the settings say; what only a login tells is added by it.
    info: CloudInfo,
    connection: OnceLock<Arc<Connection>>,
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
    fn slot(&self, credentials: &Credentials) -> Arc<OnceCell<Link>> {
        let now = Instant::now();
        let key = key(credentials);
        let mut slots = self.slots.lock();
        slots.retain(|other, slot| *other == key || now.duration_since(slot.used) < IDLE);
        let room = if slots.contains_key(&key) { MOST } else { MOST - 1 };
        while slots.len() > room {
            let unused = slots.iter().filter(|(_, slot)| now.duration_since(slot.used) >= IN_USE);
            let Some(oldest) = unused.min_by_key(|(_, slot)| slot.used).map(|(key, _)| *key) else { break };
            slots.remove(&oldest);
        }
        let slot = slots.entry(key).or_insert_with(|| ConnectionSlot { used: now, link: Arc::default() });
        slot.used = now;
        slot.link.clone()
    }

    async fn link(&self, credentials: &Credentials) -> Result<Link, Error> {
        let settings = CloudSettings::read(credentials)?;
        let info = CloudInfo {
            auth_url: settings.auth_url.to_string(),
            region: settings.filters.region.clone(),
            project_id: None,
            user_id: None,
            ca_bundle: settings.ca_bundle.clone(),
        };
        let transport = Arc::new(SessionTransport::new(settings, self.instruments.clone()).await?);
        Ok(Link { transport, info, connection: OnceLock::new() })
    }
}

#[async_trait]
impl Backend for OpenStack {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let slot = self.slot(credentials);
        let link = slot.get_or_try_init(|| self.link(credentials)).await?;
        let token = link.transport.token().await?;
        let connection = link.connection.get_or_init(|| {
            let info = CloudInfo {
                user_id: token.access.user.as_ref().map(|user| user.id.clone()),
                project_id: token.access.project.as_ref().map(|project| project.id.clone()),
                ..link.info.clone()
            };
            Arc::new(Connection::over(link.transport.clone(), self.sources.clone(), info))
        });
        Ok(connection.clone())
    }
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
    async fn what_is_in_use_is_kept_however_much_that_is() {
        let backend = OpenStack::new(Instruments::default());
        let number = |number: usize| credentials(&number.to_string(), None, None);
        for round in 0..3 {
            for one in 0..2 * MOST {
                let known = backend.slots.lock().contains_key(&key(&number(one)));
                assert_eq!(known, round > 0, "{one} in round {round}");
                backend.slot(&number(one));
                tokio::time::advance(Duration::from_millis(100)).await;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connections_that_nobody_uses_are_few_and_go_after_an_hour() {
        let backend = OpenStack::new(Instruments::default());
        let slots = |backend: &OpenStack| backend.slots.lock().len();
        for number in 0..=MOST {
            backend.slot(&credentials(&number.to_string(), None, None));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        tokio::time::advance(IN_USE).await;
        backend.slot(&credentials("one more", None, None));
        assert_eq!(slots(&backend), MOST);
        assert!(!backend.slots.lock().contains_key(&key(&credentials("0", None, None))));
        tokio::time::advance(IDLE).await;
        backend.slot(&credentials("new", None, None));
        assert_eq!(slots(&backend), 1);
    }
}
