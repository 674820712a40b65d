//! Nodes of clouds: seen in Kubernetes and in OpenStack, and labelled as what is applied by a field manager of our own. What is said to
//! OpenStack goes with the login that the request or the comparison carries. May use its neighbours of the room.

mod cloud;
mod pods;
mod watch;

pub use cloud::Login;
pub use watch::NodeWatch;

use super::{
    api::{Address, ApiServer, Propagation},
    error::Error,
    releases::Releases,
    tools::Tools,
};
use crate::{
    kind::{
        marker::METADATA_KEY,
        request::{Answer, Request},
        sealed::{Desired, Sealed},
    },
    node::{
        labels::{self, MANAGER},
        next::{Policy, is_over},
        picture::{Gathered, assemble},
        remedy::{self, Restarts},
        wanted::Wanted,
    },
};
use cloud::CloudSeen;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The nodes, as one account may see and label them.
pub struct Nodes<'a> {
    /// The API server.
    pub api: &'a ApiServer,
    /// The way to clouds, and the time.
    pub tools: &'a Tools,
}

impl Nodes<'_> {
    /// A node as it is, beside what is wanted of it. `releases` are those of the cloud's namespace.
    ///
    /// # Errors
    /// The account may not see something of it, or the API server does not answer.
    pub async fn compare(&self, name: &str, desired: &Desired, releases: &Releases) -> Result<Answer, Error> {
        let wanted: Wanted = read(&desired.body)?;
        let node = self.api.get(&address(name)).await?;
        let view = releases.view();
        view.watch(&[].into()).await?;
        let (pods, daemons) = pods::on(name, &view.snapshot().pods);
        let login = Login::of(&desired.sealed);
        let seen = match &login {
            Some(login) => CloudSeen::look(self.tools, login, name, &wanted).await,
            None => CloudSeen::default(),
        };
        let silent = self.silent(seen.silent, &wanted.namespace).await?;
        let state = assemble(Gathered {
            now: (self.tools.now)(),
            wanted: &wanted,
            node: node.as_ref(),
            pods,
            daemons,
            agents: seen.agents,
            servers: &seen.servers,
            migrations: &seen.migrations,
            providers: &seen.providers,
            silent,
        });
        let leaving = Policy { drain: wanted.drain, force: wanted.force, ..Policy::default() };
        let owner = node.as_ref().and_then(labels::owner);
        // A Node without an owner is nobody's node yet, whatever is on it.
        if is_over(&state, &leaving) || (node.is_some() && owner.is_none()) {
            return Ok(Answer::Gone);
        }
        let form = |why: crate::kind::KindError| unexpected("a node's state", &why.to_string());
        let mut body = state.to_wire().map_err(form)?;
        // What of a Node that is gone is left belongs to whoever had it.
        let marker = owner.unwrap_or(&wanted.marker);
        body.insert("metadata".to_owned(), json!({METADATA_KEY: marker}));
        Ok(Answer::Compared { body: Value::Object(body), sealed: Sealed::default() })
    }

    /// A Service of the cloud's namespace that can't be reached and is not there is gone with its component. One that lies elsewhere
    /// is somebody else's, and will be back.
    async fn silent(&self, silent: Vec<cloud::Silent>, namespace: &str) -> Result<Vec<String>, Error> {
        let mut all = vec![];
        for silent in silent {
            let address = silent.service(namespace).map(|name| Address::core("Service", namespace, name));
            let gone = match &address {
                Some(address) => self.api.get(address).await?.is_none(),
                None => false,
            };
            if !gone {
                all.push(silent.why);
            }
        }
        Ok(all)
    }

    /// Takes a Node into a cloud: puts the wanted labels on it, and says whose it is.
    ///
    /// # Errors
    /// There is no such Node, it belongs to another resource (a conflict), or the API server refused.
    pub async fn enrol(&self, name: &str, request: &Request) -> Result<Value, Error> {
        let wanted = wanted(request)?;
        let node = self.node(name).await?;
        if labels::owner(&node).is_some_and(|owner| owner != wanted.marker) {
            return Err(Error::Conflict(format!("Node {name} belongs to a cloud already")));
        }
        self.apply(name, &node, &wanted.labels, Some(&wanted.marker)).await
    }

    /// Puts the wanted labels on a Node of a cloud, and takes those off that are not wanted any more.
    ///
    /// # Errors
    /// There is no such Node, or the API server refused.
    pub async fn label(&self, name: &str, request: &Request) -> Result<Value, Error> {
        let wanted = wanted(request)?;
        self.apply(name, &self.node(name).await?, &wanted.labels, Some(&wanted.marker)).await
    }

    /// Takes all labels off that are ours; whose the Node is stays said.
    ///
    /// # Errors
    /// There is no such Node, or the API server refused.
    pub async fn unlabel(&self, name: &str) -> Result<Value, Error> {
        let node = self.node(name).await?;
        self.apply(name, &node, &BTreeMap::new(), labels::owner(&node)).await
    }

    /// Has the pod of an agent made anew, and counts that.
    ///
    /// # Errors
    /// There is no such Node, or the API server refused.
    pub async fn restart(&self, name: &str, request: &Request) -> Result<Value, Error> {
        let Restart { namespace, agent, pod } = read(request.body.as_ref().unwrap_or(&Value::Null))?;
        let node = self.node(name).await?;
        // Pods of DaemonSets get names that come once.
        let pod = Address::core("Pod", &namespace, &pod);
        self.api.delete(&pod, None, Propagation::Background).await?;
        // Afterwards, so that a right which is missing uses no attempt up.
        let restarts = Restarts::of(&node).with(&agent, (self.tools.now)());
        self.note(name, &node, &restarts).await?;
        Ok(json!({"id": name}))
    }

    async fn note(&self, name: &str, node: &Value, restarts: &Restarts) -> Result<(), Error> {
        let part = restarts.applied(name, uid(node));
        self.api.apply_part(remedy::MANAGER, &address(name), &part).await.map(drop)
    }

    /// Lets go of a Node.
    ///
    /// # Errors
    /// There is no such Node, or the API server refused.
    pub async fn release(&self, name: &str) -> Result<Value, Error> {
        let node = self.node(name).await?;
        if !Restarts::of(&node).is_empty() {
            self.note(name, &node, &Restarts::default()).await?;
        }
        self.apply(name, &node, &BTreeMap::new(), None).await
    }

    async fn node(&self, name: &str) -> Result<Value, Error> {
        self.api.get(&address(name)).await?.ok_or_else(|| Error::Gone(format!("Node {name}")))
    }

    async fn apply(
        &self,
        name: &str,
        node: &Value,
        wanted: &BTreeMap<String, String>,
        owner: Option<&str>,
    ) -> Result<Value, Error> {
        let part = labels::applied(name, uid(node), wanted, owner);
        self.api.apply_part(MANAGER, &address(name), &part).await?;
        Ok(json!({"id": name}))
    }
}

/// A pod that is to be made anew.
#[derive(Deserialize)]
struct Restart {
    namespace: String,
    agent: String,
    pod: String,
}

fn uid(node: &Value) -> &str {
    node.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default()
}

/// Nodes lie in no namespace.
fn address(name: &str) -> Address {
    Address::core("Node", "", name)
}

fn wanted(request: &Request) -> Result<Wanted, Error> {
    read(request.body.as_ref().unwrap_or(&Value::Null))
}

fn read<T: DeserializeOwned>(body: &Value) -> Result<T, Error> {
    serde_json::from_value(body.clone())
        .map_err(|why| unexpected("what is wanted of a node", &why.to_string()))
}

fn unexpected(what: &str, why: &str) -> Error {
    Error::Form { what: what.to_owned(), why: why.to_owned() }
}
