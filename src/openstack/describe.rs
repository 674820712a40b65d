//! What a connection can tell of itself: who is logged in, where, and what the cloud offers there.

use super::{auth::Token, error::Error, transport::SessionTransport};
use crate::kind::{
    cloud::{CatalogEntry, Description},
    request::service::Service,
};
use futures::future::join_all;
use std::sync::Arc;

/// Asks Keystone whether the login still holds, and the services for their versions unless they told before.
pub(super) async fn describe(
    transport: &SessionTransport,
    services: &[&'static Service],
) -> Result<Description, Error> {
    let token: Arc<Token> = transport.verified().await?;
    let settings = transport.settings();
    let mut reachable = token.catalog.reachable(&settings.filters);
    for service in services {
        let known = service.types.iter().any(|kind| reachable.contains_key(kind));
        if let (false, Some(own), Some(kind)) =
            (known, settings.endpoint_override(service), service.types.first())
        {
            reachable.insert(kind, own.as_str());
        }
    }
    let offers = reachable.into_iter().map(|(kind, address)| {
        let known = services.iter().find(|service| service.types.contains(&kind));
        entry(transport, kind, address, known.copied())
    });
    let bearer = &token.bearer;
    Ok(Description {
        auth_url: settings.auth_url.to_string(),
        user: bearer.user.clone(),
        project: bearer.project.clone(),
        domain: bearer.domain.clone(),
        system: bearer.system.then_some(true),
        roles: bearer.roles.clone(),
        regions: token.catalog.regions().into_iter().map(str::to_owned).collect(),
        services: join_all(offers).await,
    })
}

async fn entry(
    transport: &SessionTransport,
    kind: &str,
    address: &str,
    service: Option<&'static Service>,
) -> CatalogEntry {
    let mut entry =
        CatalogEntry { r#type: kind.to_owned(), endpoint: address.to_owned(), ..CatalogEntry::default() };
    let Some(service) = service else { return entry };
    if let Some(own) = transport.settings().endpoint_override(service) {
        entry.endpoint = own.to_string();
    }
    match transport.version(service).await {
        Ok(version) => {
            entry.version = version.id;
            entry.min_microversion = version.range.map(|(oldest, _)| oldest.to_string());
            entry.max_microversion = version.range.map(|(_, newest)| newest.to_string());
        }
        Err(error) => entry.problem = Some(error.to_string()),
    }
    entry
}
