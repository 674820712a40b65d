//! The seam between the runtime and whatever it manages: a backend connects with credentials and gives a
//! cloud that answers reads and performs requests. `openstack` implements it; tests do so in memory.

use super::{
    failure::Failure,
    flow::{Flow, Progress},
    request::{Answer, Microversion, Read, Request, service::Service},
    rest::listing::{Item, Look, Subscription},
};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::{any::Any, collections::BTreeMap, sync::Arc, task::Waker};
use tokio::time::Instant;

/// What to log in with.
#[derive(Clone, Debug)]
pub enum Given {
    /// The value of one key: for OpenStack the content of a `clouds.yaml`.
    Document(SecretString),
    /// All keys and their values: for OpenStack the fields of one entry of a `clouds.yaml`.
    Fields(BTreeMap<String, SecretString>),
    /// A ServiceAccount of the cluster that the provider runs in; no Secret.
    Account {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Default for Given {
    fn default() -> Self {
        Self::Document(SecretString::default())
    }
}

/// What a ProviderConfig and its Secret say.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Where to log in, as whom.
    pub given: Given,
    /// Entry of `clouds` to use; may be left out if there is only one.
    pub cloud: Option<String>,
    /// Region, before the entry's `region_name`.
    pub region: Option<String>,
    /// Endpoint interface (`public`, `internal`, `admin`), before the entry's.
    pub interface: Option<String>,
    /// Requests a second to each service at most, over time.
    pub requests_per_second: Option<u32>,
}

/// What every connection knows about itself; a backend leaves out what it does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudInfo {
    /// Keystone's address, with version.
    pub auth_url: String,
    /// Region in use, if any was named.
    pub region: Option<String>,
    /// Project that the token is scoped to.
    pub project_id: Option<String>,
    /// Who is logged in.
    pub user_id: Option<String>,
    /// PEM bundle that the cloud's certificates are checked against, beside the usual roots.
    pub ca_bundle: Option<String>,
}

impl CloudInfo {
    /// Before there is a connection.
    pub const UNKNOWN: Self =
        Self { auth_url: String::new(), region: None, project_id: None, user_id: None, ca_bundle: None };
}

/// A place among the requests that are under way to a service. Only the connection that gave it knows what it is; dropped, it
/// is given back.
pub struct Place(Box<dyn Any + Send + Sync>);

impl Place {
    /// Keeps what the connection needs.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Box::new(held))
    }

    /// What the connection keeps in it.
    pub fn held<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl Default for Place {
    /// Where nothing has to be waited for.
    fn default() -> Self {
        Self::new(())
    }
}

/// An authenticated connection to one cloud, region and scope. Cheap to share, never shared between credentials.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Answers one read. `NotFound` is an [`Answer::Gone`], not a failure.
    async fn read(
        &self,
        service: &'static Service,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Result<Answer, Failure>;

    /// Looks at one object. Where many look at once, a list that is sent after `after` may answer; absence from a list
    /// never is the answer.
    async fn look(&self, item: &Item, _after: Option<Instant>) -> Result<Answer, Failure> {
        self.read(item.collection.service, &item.read(), item.collection.microversion).await
    }

    /// Keeps an eye on an object as long as the subscription lives: wakes when a list tells something else than what was seen.
    /// `eager` is who expects a change. None where nobody keeps watch.
    fn watch(&self, _item: &Item, _seen: Look, _eager: bool, _waker: Waker) -> Option<Box<dyn Subscription>> {
        None
    }

    /// Keeps an eye on an object that was compared, as long as the subscription lives: wakes when anything of it changed
    /// after `seen.at`, which is when the comparison began. None where nobody keeps watch.
    fn watch_compared(&self, _path: &str, _seen: Look, _waker: Waker) -> Option<Box<dyn Subscription>> {
        None
    }

    /// Performs one request and gives its body (`Null` where there is none).
    async fn send(&self, request: &Request) -> Result<Value, Failure>;

    /// Waits, within bounds, until a request to a service could be sent at once: what has to be written down right before a
    /// request is not to be true long before it.
    async fn place(&self, _service: &'static Service) -> Result<Place, Failure> {
        Ok(Place::default())
    }

    /// Performs one request from a place, which is used up.
    async fn send_from(&self, _place: &Place, request: &Request) -> Result<Value, Failure> {
        self.send(request).await
    }

    /// Performs a request that may take long, to its end. Dropped before, or with a source that fails, it breaks the request
    /// off, so that the service does not take what came for the whole.
    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        let service = flow.request.service.group;
        Err(Failure::terminal(
            "NoFlows",
            format!("this connection to the {service} API has no long requests"),
        ))
    }

    /// What the connection knows about itself.
    fn info(&self) -> &CloudInfo;

    /// Asks whether the login still holds, and describes the cloud, its `services` with their versions: what people read
    /// in the status of the ProviderConfig, so nothing in it changes while the cloud does not. Nulls are left out. A cloud
    /// that has neither login nor catalog says nothing.
    async fn describe(&self, _services: &[&'static Service]) -> Result<Map<String, Value>, Failure> {
        Ok(Map::new())
    }
}

/// Makes connections, and keeps them: equal credentials give the same cloud until they stop working.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Authenticates unless a live connection for these credentials exists.
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure>;
}
