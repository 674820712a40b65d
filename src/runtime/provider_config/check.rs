//! Does the login of a ProviderConfig work, and what does the cloud say of itself? Looked at when it changes and at every poll;
//! what came of it is kept here until it is written into the status.

use super::{config::Config, credentials::CredentialReader};
use crate::{
    api::{condition::Condition, managed::ProviderConfigReference, merge},
    kind::{cloud::Backend, failure::Failure, request::service::Service},
    runtime::{
        apiserver::inputs::{Inputs, Notes, Reader},
        base::{
            clock::{Clock, rfc3339},
            keys::ConfigKey,
        },
    },
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc, task::Waker, time::Duration};

/// A login that fails is looked at again this soon, however rarely the others are.
const FAILING: Duration = Duration::from_secs(30);

/// What a login showed.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) outcome: Result<Map<String, Value>, Failure>,
    /// When it began to fail, if it does.
    failing_since: Option<String>,
}

/// Looks at logins.
pub struct Checker {
    /// What ProviderConfigs and their Secrets say.
    pub credentials: CredentialReader,
    /// Where logins are tried.
    pub backend: Arc<dyn Backend>,
    /// Services whose versions are of interest.
    pub services: Vec<&'static Service>,
    /// How often.
    pub poll: Duration,
    /// What was seen last.
    pub seen: Logins,
    /// What is read for it.
    pub inputs: Inputs,
}

/// What was seen last of each ProviderConfig.
#[derive(Default)]
pub struct Logins(Mutex<HashMap<ConfigKey, Checked>>);

impl Logins {
    fn all(&self) -> MutexGuard<'_, HashMap<ConfigKey, Checked>> {
        self.0.lock()
    }
}

impl Checker {
    /// Looks at one; says when to look again. The waker is for a Secret that changes before that.
    pub(crate) async fn check(
        &self,
        key: &ConfigKey,
        config: &Config,
        clock: &dyn Clock,
        waker: impl FnOnce() -> Waker,
    ) -> Duration {
        let (notes, reader) = (Notes::default(), Reader::Config(key.clone()));
        self.inputs.reads(&reader);
        let outcome = self.describe(key, &notes).await;
        self.inputs.follow(&reader, notes.all(), waker);
        let before = self.last(key);
        let failing_since = outcome.is_err().then(|| {
            let known = before.map_or_else(|| config.failing_since.clone(), |before| before.failing_since);
            known.unwrap_or_else(|| rfc3339(clock.now()))
        });
        let again = if outcome.is_ok() { self.poll } else { self.poll.min(FAILING) };
        self.seen.all().insert(key.clone(), Checked { outcome, failing_since });
        again
    }

    async fn describe(&self, key: &ConfigKey, notes: &Notes) -> Result<Map<String, Value>, Failure> {
        let reference = ProviderConfigReference { kind: key.kind.clone(), name: key.name.clone() };
        let credentials = self.credentials.of_config(&reference, &key.namespace, notes).await;
        let credentials = credentials.map_err(|error| Failure::from(&error))?;
        self.backend.connect(&credentials).await?.describe(&self.services).await
    }

    /// What was seen last.
    pub(crate) fn last(&self, key: &ConfigKey) -> Option<Checked> {
        self.seen.all().get(key).cloned()
    }

    /// It is gone.
    pub(crate) fn forget(&self, key: &ConfigKey) {
        self.seen.all().remove(key);
        self.inputs.forget(&Reader::Config(key.clone()));
    }
}

impl Checked {
    /// The condition that tells of it.
    pub(crate) fn condition(&self) -> Condition {
        match &self.outcome {
            Ok(_) => Condition::authenticated(),
            Err(failure) => Condition::not_authenticated(failure.reason, failure.to_string()),
        }
    }

    /// What the status must say of it, beside the condition, and does not yet.
    pub(crate) fn news(&self, config: &Config, description_key: &str) -> Map<String, Value> {
        let mut news = Map::new();
        if self.failing_since != config.failing_since {
            news.insert("failingSince".to_owned(), json!(self.failing_since));
        }
        let described = self.outcome.as_ref().ok();
        if let Some(patch) = described.and_then(|now| merge::patch(&config.description, now)) {
            news.insert(description_key.to_owned(), Value::Object(patch));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works() -> Checked {
        let description = json!({"authUrl": "http://k/v3", "project": {"id": "p1", "name": "demo"},
            "services": [{"type": "network", "endpoint": "http://n"}]});
        Checked { outcome: Ok(description.as_object().unwrap().clone()), failing_since: None }
    }

    fn fails() -> Checked {
        let failure = Failure::terminal("Unauthenticated", "identity API refused the credentials (401): no");
        Checked { outcome: Err(failure), failing_since: Some("t1".into()) }
    }

    /// What the API server would keep.
    fn written(config: &Config, news: Map<String, Value>) -> Config {
        let mut config = config.clone();
        for (key, value) in news {
            match key.as_str() {
                "failingSince" => config.failing_since = value.as_str().map(str::to_owned),
                _ => config.description = value.as_object().unwrap().clone(),
            }
        }
        config
    }

    #[test]
    fn a_login_is_told_once_and_again_only_when_it_changes() {
        let first = works().news(&Config::default(), "cloud");
        assert_eq!(works().condition().reason, "Authenticated");
        assert_eq!(first["cloud"]["project"]["name"], "demo");
        assert_eq!(first["cloud"]["services"][0], json!({"type": "network", "endpoint": "http://n"}));
        let told = written(&Config::default(), first);
        assert_eq!(works().news(&told, "cloud"), Map::new());
        let broken = fails().news(&told, "cloud");
        assert_eq!(broken.keys().collect::<Vec<_>>(), ["failingSince"], "what was known stays");
        let why = fails().condition().message.unwrap();
        assert_eq!(why, "identity API refused the credentials (401): no");
        let told = written(&told, broken);
        assert_eq!(fails().news(&told, "cloud"), Map::new());
        let mended = works().news(&told, "cloud");
        assert_eq!(mended["failingSince"], Value::Null);
        assert_eq!(works().condition().status, "True");
    }
}
