//! A token: the header that carries it, its lifetime, catalog, user and scope. May use [`crate::kind`].

use crate::{
    kind::request::service::{IDENTITY, Service},
    openstack::{catalog::Catalog, description::Party, error::Error, response::RawResponse},
};
use ::http::HeaderValue;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Renewal starts at most this long before the end. Five minutes outlast any request and what it sets off in the cloud:
/// Nova uses the token of a create to ask Neutron and Cinder.
const LONGEST_MARGIN: Duration = Duration::from_secs(300);
/// Renewal starts when a tenth of the lifetime is left, if that is less: some clouds issue tokens for minutes.
const MARGIN_PART: u32 = 10;
/// Lifetime of a token that does not say when it was issued.
const UNKNOWN_LIFE: Duration = Duration::from_secs(300);
/// A token is believed to live this long at the least, so that one which ends at once does not mean a login for each request.
const SHORTEST_LIFE: Duration = Duration::from_secs(10);
const SERVICE: &Service = &IDENTITY;

/// A token and what came with it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Number of the login within the connection, which distinguishes a rejected token from its successor.
    pub generation: u64,
    /// Value of `X-Auth-Token`, marked sensitive.
    pub header: HeaderValue,
    /// When it was asked for: what it says is no newer.
    pub asked: Instant,
    /// Not used from then on.
    pub expires: Instant,
    /// Renewed from then on.
    pub renew: Instant,
    /// Endpoints of the services.
    pub catalog: Arc<Catalog>,
    /// User and scope.
    pub access: AccessInfo,
}

/// User and scope of a token, as keystoneauth's `AccessInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessInfo {
    /// The user.
    pub user: Option<Party>,
    /// Project of the scope.
    pub project: Option<Party>,
    /// Domain of the scope.
    pub domain: Option<Party>,
    /// The scope is the whole deployment.
    pub system: bool,
    /// Names of the roles, sorted.
    pub roles: Vec<String>,
}

#[derive(Deserialize)]
struct TokenBody {
    token: TokenContent,
}

#[derive(Deserialize)]
struct TokenContent {
    issued_at: Option<jiff::Timestamp>,
    expires_at: jiff::Timestamp,
    #[serde(default)]
    catalog: Catalog,
    user: Option<PartyBody>,
    project: Option<PartyBody>,
    domain: Option<PartyBody>,
    system: Option<serde_json::Value>,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct PartyBody {
    id: String,
    #[serde(default)]
    name: String,
    domain: Option<Role>,
}

/// Anything with a name.
#[derive(Deserialize)]
struct Role {
    #[serde(default)]
    name: String,
}

impl From<PartyBody> for Party {
    fn from(PartyBody { id, name, domain }: PartyBody) -> Self {
        let domain = domain.map(|domain| domain.name).filter(|name| !name.is_empty());
        Self { id, name, domain }
    }
}

impl Token {
    /// Reads Keystone's response to a login that was sent at `asked`. The lifetime counts from there, not from the
    /// response: a slow login must not make a token seem younger than it is.
    pub(super) fn read(response: &RawResponse, asked: Instant, generation: u64) -> Result<Self, Error> {
        let malformed = |detail: &str| Error::Malformed { service: SERVICE.group, detail: detail.to_owned() };
        let header = response.headers.get("x-subject-token").cloned();
        let mut header = header.ok_or_else(|| malformed("no token in X-Subject-Token"))?;
        header.set_sensitive(true);
        let body = serde_json::from_slice::<TokenBody>(&response.body)
            .map_err(|_| malformed("no token body"))?
            .token;
        let life = life(&body).max(SHORTEST_LIFE);
        let margin = (life / MARGIN_PART).min(LONGEST_MARGIN);
        Ok(Self {
            generation,
            header,
            asked,
            expires: asked + life,
            renew: asked + life.saturating_sub(margin),
            catalog: Arc::new(body.catalog),
            access: AccessInfo {
                user: body.user.map(Party::from),
                project: body.project.map(Party::from),
                domain: body.domain.map(Party::from),
                system: body.system.is_some(),
                roles: sorted(body.roles),
            },
        })
    }
}

fn sorted(roles: Vec<Role>) -> Vec<String> {
    let mut names: Vec<_> = roles.into_iter().map(|role| role.name).collect();
    names.sort();
    names
}

/// Lifetime. Both times are Keystone's, so its clock and ours need not agree.
fn life(body: &TokenContent) -> Duration {
    let span = body.issued_at.map(|issued| body.expires_at.duration_since(issued));
    span.map_or(UNKNOWN_LIFE, |span| Duration::try_from(span).unwrap_or_default())
}
