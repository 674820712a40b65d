//! What OpenStack says of a node, asked by a login that is handed over.

use crate::{
    kind::{
        cloud::{Cloud, Credentials, Given},
        failure::Failure,
        request::{
            Answer, Microversion, Read,
            service::{COMPUTE, PLACEMENT, Service},
        },
    },
    kubernetes::tools::Tools,
    node::{
        agents, providers, servers,
        state::{AgentOf, AgentSeen},
        wanted::Wanted,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::sync::Arc;

/// Where a request or a comparison carries its login.
pub struct Login(SecretString);

impl Login {
    /// A login that was handed over: the text of a `clouds.yaml`. None if there is none yet.
    pub fn of(text: &SecretString) -> Option<Self> {
        (!text.expose_secret().is_empty()).then(|| Self(text.clone()))
    }

    /// A connection.
    ///
    /// # Errors
    /// The cloud does not accept it, or does not answer.
    pub async fn connect(&self, tools: &Tools) -> Result<Arc<dyn Cloud>, Failure> {
        let given = Given::Document(self.0.clone());
        tools.openstack.connect(&Credentials { given, ..Credentials::default() }).await
    }
}

/// A service that did not answer.
pub struct Silent {
    /// Its Service in a namespace, as the charts call it.
    pub service: &'static str,
    /// Whether nobody listened at all.
    pub unreachable: bool,
    /// Why, for people.
    pub why: String,
}

/// What OpenStack says of a node.
#[derive(Default)]
pub struct CloudSeen {
    /// Services and agents that call it their host.
    pub agents: Vec<AgentSeen>,
    /// Servers on it.
    pub servers: Vec<Value>,
    /// Servers that were being moved away from it.
    pub migrations: Vec<Value>,
    /// Resource providers of it that no compute service stands for.
    pub providers: Vec<Value>,
    /// Services that did not answer.
    pub silent: Vec<Silent>,
}

impl CloudSeen {
    /// Asks. What does not answer is told, and the rest is asked all the same.
    pub async fn look(tools: &Tools, login: &Login, node: &str, wanted: &Wanted) -> Self {
        let mut seen = Self::default();
        let cloud = match login.connect(tools).await {
            Ok(cloud) => cloud,
            Err(failure) => {
                seen.silent.push(silent("keystone-api", &failure));
                return seen;
            }
        };
        let mut asked = Asker { cloud: &*cloud, silent: vec![] };
        let mut nova = false;
        for list in agents::lists(node) {
            let found = asked.items(list.service, &list.read, list.microversion).await;
            nova |= list.of == AgentOf::Nova && found.is_some();
            seen.agents.extend(found.iter().flatten().map(|item| agents::seen(list.of, item)));
        }
        let compute = seen.agents.iter().find(|agent| agent.of == AgentOf::Nova);
        match compute.map(|agent| agent.host.clone()) {
            Some(host) => asked.servers(&host, wanted, tools, &mut seen).await,
            None if nova => seen.providers = asked.providers(node).await,
            None => {}
        }
        seen.silent = asked.silent;
        seen
    }
}

struct Asker<'a> {
    cloud: &'a dyn Cloud,
    silent: Vec<Silent>,
}

impl Asker<'_> {
    /// Items of a list; `None` if the service does not answer, or is not there.
    async fn items(
        &mut self,
        service: &'static Service,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Option<Vec<Value>> {
        match self.cloud.read(service, read, microversion).await {
            Ok(Answer::Items(items)) => Some(items),
            Ok(Answer::Body(_) | Answer::Compared { .. } | Answer::Gone) => Some(vec![]),
            // A cloud need not have it, or has it not yet.
            Err(failure) if failure.reason == "ServiceNotInCatalog" => None,
            Err(failure) => {
                self.silent.push(silent(kubernetes_service(service), &failure));
                None
            }
        }
    }

    async fn servers(&mut self, host: &str, wanted: &Wanted, tools: &Tools, seen: &mut CloudSeen) {
        seen.servers =
            self.items(&COMPUTE, &servers::list(host), Some(servers::SERVERS)).await.unwrap_or_default();
        if wanted.drain {
            let migrations = servers::migrations(host, (tools.now)());
            seen.migrations =
                self.items(&COMPUTE, &migrations, Some(servers::MIGRATIONS)).await.unwrap_or_default();
        }
    }

    /// The provider of a node that has no compute service, with all that hang on it.
    async fn providers(&mut self, node: &str) -> Vec<Value> {
        let version = Some(providers::PLACEMENT);
        let found = self.items(&PLACEMENT, &providers::root(node), version).await.unwrap_or_default();
        // Others of a like name are no roots.
        let root = found.iter().find(|item| item.get("parent_provider_uuid").is_none_or(Value::is_null));
        let Some(root) = root.and_then(providers::id) else { return vec![] };
        self.items(&PLACEMENT, &providers::tree(root), version).await.unwrap_or_default()
    }
}

fn kubernetes_service(service: &Service) -> &'static str {
    match service.group {
        "compute" => "nova-api",
        "network" => "neutron-server",
        "blockstorage" => "cinder-api",
        _ => "placement-api",
    }
}

fn silent(service: &'static str, failure: &Failure) -> Silent {
    let unreachable = failure.reason == "Unreachable";
    Silent { service, unreachable, why: failure.message.clone() }
}
