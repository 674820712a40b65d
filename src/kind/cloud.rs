//! The seam between the runtime and whatever it manages: a backend connects with credentials and gives a
//! cloud that answers reads and performs requests. `openstack` implements it; tests do so in memory.

use super::{
    failure::Failure,
    request::{Answer, Microversion, Read, Request},
    service::Service,
};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use std::sync::Arc;

/// What a ProviderConfig and its Secret say, read anew for every pass.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Content of a `clouds.yaml`.
    pub clouds_yaml: SecretString,
    /// Entry of `clouds` to use; may be left out if there is only one.
    pub cloud: Option<String>,
    /// Region, before the entry's `region_name`.
    pub region: Option<String>,
    /// Endpoint interface (`public`, `internal`, `admin`), before the entry's.
    pub interface: Option<String>,
}

/// What every connection knows about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudFacts {
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

    /// Performs one request and gives its body (`Null` where there is none).
    async fn send(&self, request: &Request) -> Result<Value, Failure>;

    /// What the connection knows about itself.
    fn facts(&self) -> &CloudFacts;
}

/// Makes connections, and keeps them: equal credentials give the same cloud until they stop working.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Authenticates unless a live connection for these credentials exists.
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure>;
}
