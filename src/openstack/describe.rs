//! What is known of a connection: who is logged in, where, and what the cloud offers there.
//! May use [`crate::kind`], [`super::endpoints`] and [`super::sender`].

use super::{
    auth::Token,
    description::{CatalogEntry, Description},
    endpoints::Endpoints,
    error::Error,
    sender::Sender,
};
use crate::kind::request::service::Service;
use futures::future::join_all;
use std::{sync::Arc, time::Duration};

/// Asks Keystone whether the login still holds, and each of `services` for its version unless that is known.
pub(super) async fn describe(
    sender: &Sender,
    endpoints: &Endpoints,
    services: &[&'static Service],
) -> Result<Description, Error> {
    let token = verified(sender).await?;
    let settings = endpoints.settings();
    let mut reachable = token.catalog.reachable(&settings.filters);
    for service in services {
        let known = service.types.iter().any(|kind| reachable.contains_key(kind));
        if let (false, Some(own), Some(kind)) =
            (known, settings.endpoint_override(service), service.types.first())
        {
            reachable.insert(kind, own.as_str());
        }
    }
    let entries = reachable.into_iter().map(|(kind, address)| {
        let known = services.iter().find(|service| service.types.contains(&kind));
        entry(sender, endpoints, kind, address, known.copied())
    });
    let access = &token.access;
    Ok(Description {
        auth_url: settings.auth_url.to_string(),
        user: access.user.clone(),
        project: access.project.clone(),
        domain: access.domain.clone(),
        system: access.system.then_some(true),
        roles: access.roles.clone(),
        regions: token.catalog.regions().into_iter().map(str::to_owned).collect(),
        services: join_all(entries).await,
    })
}

/// The token, once Keystone has confirmed it; a new one if Keystone does not.
async fn verified(sender: &Sender) -> Result<Arc<Token>, Error> {
    let keystone = sender.keystone();
    let token = keystone.token().await?;
    if keystone.knows(&token, Duration::ZERO).await? {
        return Ok(token);
    }
    keystone.successor_of(token.generation).await
}

async fn entry(
    sender: &Sender,
    endpoints: &Endpoints,
    kind: &str,
    address: &str,
    service: Option<&'static Service>,
) -> CatalogEntry {
    let mut entry =
        CatalogEntry { r#type: kind.to_owned(), endpoint: address.to_owned(), ..CatalogEntry::default() };
    let Some(service) = service else { return entry };
    if let Some(own) = endpoints.settings().endpoint_override(service) {
        entry.endpoint = own.to_string();
    }
    match endpoints.version(sender, service).await {
        Ok(version) => {
            entry.version = version.id;
            entry.min_microversion = version.range.map(|(oldest, _)| oldest.to_string());
            entry.max_microversion = version.range.map(|(_, newest)| newest.to_string());
        }
        Err(error) => entry.problem = Some(error.to_string()),
    }
    entry
}
