//! Keeps one connection per ServiceAccount. Everything is done by impersonation, so that a component can do no more than the
//! account that the ProviderConfig names, and the API server's audit shows who it was.

use super::{api::ApiServer, cloud::AccountCloud, error::Error, tools::Tools};
use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::Failure,
};
use async_trait::async_trait;
use kube::{Client, Config};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Connections unused for this long are dropped, their watches with them.
const IDLE: Duration = Duration::from_secs(3600);

/// Makes a client that acts as a user.
pub type Clients = Box<dyn Fn(&str) -> Result<Client, kube::Error> + Send + Sync>;

/// Kubernetes as a [`Backend`].
pub struct KubernetesBackend {
    clients: Clients,
    tools: Arc<Tools>,
    clouds: Mutex<HashMap<String, Connected>>,
}

struct Connected {
    used: Instant,
    cloud: Arc<AccountCloud>,
}

impl KubernetesBackend {
    /// Connects with this configuration, as each account in turn.
    pub fn new(config: Config, tools: Tools) -> Self {
        let as_user = move |user: &str| {
            let mut config = config.clone();
            config.auth_info.impersonate = Some(user.to_owned());
            // The API server adds the groups of a ServiceAccount itself.
            config.auth_info.impersonate_groups = None;
            Client::try_from(config)
        };
        Self::with(Box::new(as_user), tools)
    }

    /// With clients from elsewhere.
    pub fn with(clients: Clients, tools: Tools) -> Self {
        Self { clients, tools: Arc::new(tools), clouds: Mutex::default() }
    }

    fn kept(&self, account: &str) -> Option<Arc<AccountCloud>> {
        let now = Instant::now();
        let mut clouds = self.clouds.lock();
        clouds.retain(|other, kept| other == account || now.duration_since(kept.used) < IDLE);
        let kept = clouds.get_mut(account)?;
        kept.used = now;
        Some(kept.cloud.clone())
    }

    async fn open(&self, namespace: &str, name: &str) -> Result<Arc<AccountCloud>, Error> {
        let account = format!("{namespace}/{name}");
        if let Some(kept) = self.kept(&account) {
            return Ok(kept);
        }
        let client = (self.clients)(&format!("system:serviceaccount:{namespace}:{name}"));
        let client = client.map_err(|error| Error::api(&account, "impersonate", "serviceaccounts", error))?;
        let api = ApiServer::new(client, account.clone());
        let cloud = AccountCloud::open(api, self.tools.clone(), namespace, name).await?;
        let mut clouds = self.clouds.lock();
        let connected = || Connected { used: Instant::now(), cloud };
        Ok(clouds.entry(account).or_insert_with(connected).cloud.clone())
    }
}

#[async_trait]
impl Backend for KubernetesBackend {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let Given::Account { namespace, name } = &credentials.given else {
            return Err(Error::NoAccount.into());
        };
        if namespace.is_empty() || name.is_empty() {
            return Err(Error::NoAccount.into());
        }
        Ok(self.open(namespace, name).await?)
    }
}
