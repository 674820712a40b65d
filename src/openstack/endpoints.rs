//! Where each service of a connection is and which version it speaks: from an override or the token's catalog, and from
//! the service's version document where the address leaves something open. Each document is read once per connection.
//! May use [`crate::kind`], [`super::endpoint`] and [`super::sender`].

use super::{
    config::CloudSettings,
    endpoint::{self, Address, Root, Version},
    error::Error,
    http::Room,
    sender::{Call, Sender},
};
use crate::kind::{failure::Class, request::service::Service};
use ::http::StatusCode;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::OnceCell;
use url::Url;

/// Versions by the catalog's address and the major version that our paths are written for. A cell is filled by the first
/// to come, while the others wait for it instead of asking too.
type VersionCells = HashMap<(Url, u16), Arc<OnceCell<Version>>>;

/// A catalog that lacks a service is believed for so long.
const CATALOG_LIFE: Duration = Duration::from_secs(30);

/// The endpoints of one connection.
pub(super) struct Endpoints {
    settings: CloudSettings,
    versions: Mutex<VersionCells>,
}

impl Endpoints {
    /// Knows no version yet.
    pub(super) fn new(settings: CloudSettings) -> Self {
        Self { settings, versions: Mutex::default() }
    }

    /// The settings of the connection.
    pub(super) fn settings(&self) -> &CloudSettings {
        &self.settings
    }

    /// The URL that the service's paths are relative to.
    pub(super) async fn url(&self, sender: &Sender, service: &'static Service) -> Result<Url, Error> {
        let address = self.address(sender, service).await?;
        match endpoint::read(&address, service) {
            Address::Versioned(endpoint, _) => Ok(endpoint),
            Address::Unversioned(root) => Ok(self.look_up(sender, address, root, service).await?.url),
        }
    }

    /// The version that the service's paths are written for. One without a readable document is unspecified.
    pub(super) async fn version(&self, sender: &Sender, service: &'static Service) -> Result<Version, Error> {
        let address = self.address(sender, service).await?;
        match endpoint::read(&address, service) {
            Address::Unversioned(root) => self.look_up(sender, address, root, service).await,
            Address::Versioned(url, root) => {
                Ok(Version { url, ..self.look_up(sender, address, root, service).await? })
            }
        }
    }

    /// What an override, or else the catalog, says.
    async fn address(&self, sender: &Sender, service: &'static Service) -> Result<Url, Error> {
        match self.settings.endpoint_override(service) {
            Some(address) => Ok(address.clone()),
            None => self.cataloged(sender, service).await,
        }
    }

    /// A cloud that is being installed gets its services one after the other, and a catalog is as old as its token.
    async fn cataloged(&self, sender: &Sender, service: &'static Service) -> Result<Url, Error> {
        let (keystone, filters) = (sender.keystone(), &self.settings.filters);
        let token = keystone.token().await?;
        let found = token.catalog.find(service, filters);
        if !matches!(found, Err(Error::NoService { .. })) || token.asked.elapsed() < CATALOG_LIFE {
            return found;
        }
        match keystone.successor_of(token.generation).await {
            Ok(token) => token.catalog.find(service, filters),
            Err(_) => found,
        }
    }

    async fn look_up(
        &self,
        sender: &Sender,
        address: Url,
        root: Root,
        service: &'static Service,
    ) -> Result<Version, Error> {
        // An address with our version is enough to send requests to; its document is advice.
        let optional = matches!(endpoint::read(&address, service), Address::Versioned(..));
        let cell = {
            let mut versions = self.versions.lock();
            versions.entry((address, service.major)).or_default().clone()
        };
        let look = async || match discover(sender, service, &root).await {
            Err(error) if optional && is_hidden(&error) => Ok(Version::unspecified(root.url.clone())),
            found => found,
        };
        cell.get_or_try_init(look).await.cloned()
    }
}

/// Reads the version document at an address.
async fn discover(sender: &Sender, service: &'static Service, root: &Root) -> Result<Version, Error> {
    let call = Call::get(service, root.url.clone(), root.url.path());
    let (mut response, _) = sender.send(&call, Room::Object, None).await?;
    // Keystone and Glance send their list of versions with this status.
    if response.status == StatusCode::MULTIPLE_CHOICES {
        response.status = StatusCode::OK;
    }
    endpoint::choose(&response.into_body(service, [])?, root, service)
}

/// Does the error say that there is no version document, or no readable one? Then requests are sent without one, and the
/// service's own response to them decides about the microversion. An outage, in contrast, passes: the document
/// is asked for again.
fn is_hidden(error: &Error) -> bool {
    match error.class() {
        Class::Terminal | Class::NotFound | Class::Conflict => true,
        Class::Unanswered => matches!(error, Error::Malformed { .. }),
        Class::Transient => matches!(error, Error::Foreign { status: 400..=499, .. }),
        Class::RateLimited(_) | Class::Unauthenticated => false,
    }
}
