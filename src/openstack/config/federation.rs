//! Logging in with a token of an `OpenID Connect` provider. Pure.

use super::{address::http_url, origin::SettingsOrigin, raw::Auth};
use crate::openstack::error::Error;
use secrecy::SecretString;
use url::Url;

/// A login that Keystone leaves to an identity provider.
#[derive(Clone, Debug)]
pub struct Federated {
    /// Name of the provider in Keystone.
    pub identity_provider: String,
    /// Name of the protocol in Keystone.
    pub protocol: String,
    /// Source of the provider's token.
    pub bearer: BearerSource,
}

/// Source of the identity provider's token.
#[derive(Clone, Debug)]
pub enum BearerSource {
    /// Given. No login succeeds after its end.
    Given(SecretString),
    /// Asked for with client credentials.
    Client {
        /// The token endpoint.
        endpoint: TokenEndpoint,
        /// Client id.
        id: String,
        /// Client secret.
        secret: SecretString,
        /// Scope to ask for.
        scope: String,
        /// Field of the response that Keystone accepts: `access_token` or `id_token`.
        field: String,
    },
}

/// Where tokens are issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// At this URL.
    At(Url),
    /// Named by the discovery document at this URL.
    SaidBy(Url),
}

pub(super) fn access_token(at: SettingsOrigin<'_>, auth: &Auth) -> Result<Federated, Error> {
    let token = at.need(auth.access_token.as_ref(), "auth.access_token")?;
    federated(at, auth, BearerSource::Given(token))
}

pub(super) fn client_credentials(at: SettingsOrigin<'_>, auth: &Auth) -> Result<Federated, Error> {
    let endpoint = match (&auth.access_token_endpoint, &auth.discovery_endpoint) {
        (Some(known), _) => TokenEndpoint::At(http_url(at, "auth.access_token_endpoint", known)?),
        (None, Some(document)) => TokenEndpoint::SaidBy(http_url(at, "auth.discovery_endpoint", document)?),
        (None, None) => {
            return Err(at.wrong("auth.discovery_endpoint or auth.access_token_endpoint is missing"));
        }
    };
    let bearer = BearerSource::Client {
        endpoint,
        id: at.need(auth.client_id.as_ref(), "auth.client_id")?,
        secret: at.need(auth.client_secret.as_ref(), "auth.client_secret")?,
        scope: auth.openid_scope.clone().unwrap_or_else(|| "openid profile".to_owned()),
        field: auth.access_token_type.clone().unwrap_or_else(|| "access_token".to_owned()),
    };
    federated(at, auth, bearer)
}

fn federated(at: SettingsOrigin<'_>, auth: &Auth, bearer: BearerSource) -> Result<Federated, Error> {
    let identity_provider = segment(at, auth.identity_provider.as_ref(), "auth.identity_provider")?;
    let protocol = segment(at, auth.protocol.as_ref(), "auth.protocol")?;
    Ok(Federated { identity_provider, protocol, bearer })
}

/// A name that becomes a path segment.
fn segment(at: SettingsOrigin<'_>, given: Option<&String>, field: &str) -> Result<String, Error> {
    let name = at.need(given, field)?;
    let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if name.contains(odd) || name.starts_with('.') {
        return Err(at.wrong(format!("{field} is no name that Keystone would take")));
    }
    Ok(name)
}
