//! The seam between the runtime and whatever it manages: a backend connects with credentials and gives a
//! cloud that answers reads and performs requests. `openstack` implements it; tests do so in memory.

use super::{
    failure::Failure,
    request::{Answer, Microversion, Read, Request, service::Service},
    rest::listing::{Item, Look, Subscription},
    upload::{Progress, Upload},
};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc, task::Waker};
use tokio::time::Instant;

/// What a Secret gives to log in with.
#[derive(Clone, Debug)]
pub enum Given {
    /// Content of a `clouds.yaml`.
    CloudsYaml(SecretString),
    /// The fields of one entry, by name, each as text.
    Fields(BTreeMap<String, SecretString>),
}

impl Default for Given {
    fn default() -> Self {
        Self::CloudsYaml(SecretString::default())
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

/// What every connection knows about itself.
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

/// What a cloud says of a login and of itself, for people: nothing in it changes while the cloud does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Keystone's address, with version.
    pub auth_url: String,
    /// Who is logged in.
    pub user: Option<Party>,
    /// Project of the scope.
    pub project: Option<Party>,
    /// Domain of the scope.
    pub domain: Option<Party>,
    /// The scope is the whole deployment.
    pub system: Option<bool>,
    /// Names of the roles in that scope.
    pub roles: Vec<String>,
    /// Regions that the catalog has endpoints in.
    pub regions: Vec<String>,
    /// What the catalog offers in the region in use.
    pub services: Vec<CatalogEntry>,
}

/// A user, project or domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the domain that it is in.
    pub domain: Option<String>,
}

/// A service of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEntry {
    /// Type in the catalog.
    pub r#type: String,
    /// Address in the region and on the interface in use.
    pub endpoint: String,
    /// Version that the service calls itself, of the ones that the provider speaks.
    pub version: Option<String>,
    /// Oldest microversion.
    pub min_microversion: Option<String>,
    /// Newest microversion.
    pub max_microversion: Option<String>,
    /// Why its version is not known.
    pub problem: Option<String>,
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

    /// Performs one request and gives its body (`Null` where there is none).
    async fn send(&self, request: &Request) -> Result<Value, Failure>;

    /// Lets an upload flow, to its end. Dropped before, or with a source that fails, it breaks the request off, so that
    /// the service does not take what came for the whole.
    async fn upload(&self, upload: &Upload, _: &Progress) -> Result<(), Failure> {
        let service = upload.request.service.group;
        Err(Failure::terminal("NoUploads", format!("this connection to the {service} API takes no uploads")))
    }

    /// What the connection knows about itself.
    fn info(&self) -> &CloudInfo;

    /// Asks whether the login still holds, and tells what is known of the cloud; of `services` with their versions.
    /// A cloud that has neither login nor catalog says where it is.
    async fn describe(&self, _services: &[&'static Service]) -> Result<Description, Failure> {
        Ok(Description { auth_url: self.info().auth_url.clone(), ..Description::default() })
    }
}

/// Makes connections, and keeps them: equal credentials give the same cloud until they stop working.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Authenticates unless a live connection for these credentials exists.
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure>;
}
