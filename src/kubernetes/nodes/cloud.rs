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
        agents::{self, AgentList, LISTS},
        providers, remedy, servers,
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
    /// Host and port where nobody listened at all.
    pub unreachable: Option<String>,
    /// Why, for people.
    pub why: String,
}

impl Silent {
    /// The Service that was not reached, if it is one of this namespace by its name in the cluster's DNS.
    pub fn service(&self, namespace: &str) -> Option<&str> {
        let host = self.unreachable.as_deref()?;
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let mut parts = host.split('.');
        let (service, of, svc) = (parts.next()?, parts.next()?, parts.next());
        (of == namespace && svc.is_none_or(|svc| svc == "svc")).then_some(service)
    }
}

impl From<Failure> for Silent {
    fn from(failure: Failure) -> Self {
        Self { unreachable: failure.unreachable, why: failure.message }
    }
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
                seen.silent.push(failure.into());
                return seen;
            }
        };
        let mut asked = Asker { cloud: &*cloud, silent: vec![] };
        let mut nova = false;
        for list in &LISTS {
            let found = asked.items(list.service, &list.on(node), list.microversion).await;
            nova |= list.of == AgentOf::Nova && found.is_some();
            let mut here: Vec<_> = found.iter().flatten().map(|item| agents::seen(list.of, item)).collect();
            for agent in here.iter_mut().filter(|agent| agent.enabled && !agent.alive) {
                agent.outage = asked.is_outage(list, node, &agent.binary).await;
            }
            seen.agents.extend(here);
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
                self.silent.push(failure.into());
                None
            }
        }
    }

    /// Are all others of a kind silent as well?
    async fn is_outage(&mut self, list: &AgentList, node: &str, binary: &str) -> bool {
        let all = self.items(list.service, &list.of_kind(binary), list.microversion).await;
        let (mut others, here) = (all.unwrap_or_default(), agents::host(node));
        others.retain(|item| !here.accepts(item));
        let others: Vec<_> = others.iter().map(|item| agents::seen(list.of, item)).collect();
        remedy::is_outage(&others)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_is_not_reached_is_the_clouds_own_only_by_its_name_in_the_cluster() {
        let of = |host: &str| {
            let silent = Silent { unreachable: Some(host.to_owned()), why: String::new() };
            silent.service("openstack").map(str::to_owned)
        };
        for own in
            ["nova-api.openstack.svc.cluster.local:8774", "nova-api.openstack.svc:80", "nova-api.openstack"]
        {
            assert_eq!(of(own).as_deref(), Some("nova-api"), "{own}");
        }
        for other in
            ["nova-api.other.svc.cluster.local:8774", "nova.openstack.org:443", "203.0.113.7:8774", "nova"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
