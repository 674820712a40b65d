//! From a catalog's address to the URL that our paths are relative to. The address has a version (Keystone, Nova, Cinder) or
//! none (Neutron, Glance, Octavia), and sometimes a project behind it. Pure: says which version document to read, and
//! chooses from it. Of a document's links only the version's path segment is used, since services behind a proxy
//! publish addresses that nobody can reach. May use [`crate::kind`].
//!
//! Discovery: <https://docs.openstack.org/keystoneauth/latest/using-sessions.html>,
//! <https://specs.openstack.org/openstack/api-sig/guidelines/microversion_specification.html#version-discovery>

use super::error::Error;
use crate::kind::request::{Microversion, service::Service};
use serde_json::Value;
use url::Url;

/// A catalog's address, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// With our version: the URL that paths are relative to, and where the version is described.
    Versioned(Url, Root),
    /// Without: where the list of versions is, to be read for [`choose`].
    Unversioned(Root),
}

/// Where a version document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Its URL.
    pub url: Url,
    /// What followed another version in the catalog's address: a project. It follows ours as well.
    suffix: String,
}

/// A version of a service's API, as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What our paths are relative to.
    pub url: Url,
    /// The service's name for it: `v2.1`.
    pub id: Option<String>,
    /// Oldest and newest microversion, if it has any.
    pub range: Option<(Microversion, Microversion)>,
}

impl Version {
    /// One without a description: every microversion is tried.
    pub fn unspecified(url: Url) -> Self {
        Self { url, id: None, range: None }
    }

    /// Checks that a request may have a microversion; `because` is the field that needs it.
    ///
    /// # Errors
    /// [`Error::NoMicroversion`]: the service is too old or too new.
    pub fn offers(
        &self,
        service: &Service,
        needed: Microversion,
        because: Option<String>,
    ) -> Result<(), Error> {
        let offered = match self.range {
            Some((_, newest)) if needed > newest => format!("at most {newest}"),
            Some((oldest, _)) if needed < oldest => format!("at least {oldest}"),
            Some(_) | None => return Ok(()),
        };
        Err(Error::NoMicroversion { service: service.group, needed, offered, because })
    }
}

/// Reads a catalog's address.
pub fn read(url: &Url, service: &Service) -> Address {
    let path = url.path().trim_end_matches('/');
    let segments = path.split('/').collect::<Vec<_>>();
    let version = segments.iter().rposition(|segment| version(segment).is_some());
    let split = version.and_then(|at| segments.split_at_checked(at));
    let with_path = |path: &str| {
        let mut url = url.clone();
        url.set_path(path);
        url
    };
    match split {
        None => Address::Unversioned(Root { url: url.clone(), suffix: String::new() }),
        Some((before, after)) => match after.split_first() {
            Some((own, rest)) if version_major(own) != Some(service.major) => Address::Unversioned(Root {
                url: with_path(&format!("{}/", before.join("/"))),
                suffix: rest.iter().map(|segment| format!("/{segment}")).collect(),
            }),
            Some((own, _)) => {
                let document = format!("{}/{own}/", before.join("/"));
                let root = Root { url: with_path(&document), suffix: String::new() };
                Address::Versioned(with_path(path), root)
            }
            None => Address::Unversioned(Root { url: url.clone(), suffix: String::new() }),
        },
    }
}

/// Chooses our version from a version document: the newest with our major number, as Nova's `v2.1` before `v2.0`.
///
/// # Errors
/// [`Error::NoVersion`].
pub fn choose(document: &Value, root: &Root, service: &Service) -> Result<Version, Error> {
    let versions = versions(document);
    let ours = versions.iter().filter_map(|item| {
        let number = version(item.get("id")?.as_str()?)?;
        (number.0 == service.major).then_some((number, *item))
    });
    let Some((_, newest)) = ours.max_by_key(|(number, _)| *number) else {
        let offered = versions.iter().filter_map(|item| item.get("id")?.as_str()).collect::<Vec<_>>();
        return Err(Error::NoVersion {
            service: service.group,
            root: root.url.to_string(),
            major: service.major,
            offered: if offered.is_empty() { "no list of versions".to_owned() } else { offered.join(", ") },
        });
    };
    let mut url = root.url.clone();
    let segment = segment(newest).map_or_else(String::new, |segment| format!("/{segment}"));
    url.set_path(&format!("{}{segment}{}", root.url.path().trim_end_matches('/'), root.suffix));
    let id = newest.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(Version { url, id, range: range(newest) })
}

/// `version` and `min_version` of Nova, Cinder and others; Placement says `max_version`.
fn range(item: &Value) -> Option<(Microversion, Microversion)> {
    let number = |key: &str| Microversion::read(item.get(key)?.as_str()?);
    Some((number("min_version")?, number("max_version").or_else(|| number("version"))?))
}

/// `{"versions": […]}`, Keystone's `{"versions": {"values": […]}}`, or `{"version": {…}}`.
fn versions(document: &Value) -> Vec<&Value> {
    let list = document.get("versions");
    let list = list.and_then(|versions| versions.get("values")).or(list).and_then(Value::as_array);
    list.map_or_else(|| document.get("version").into_iter().collect(), |list| list.iter().collect())
}

/// The path segment of a version, from its own link: `v2.0` for Neutron, `v2` for Glance's `v2.17`, none for Placement.
fn segment(item: &Value) -> Option<&str> {
    let links = item.get("links")?.as_array()?;
    let own = links.iter().find(|link| link.get("rel").and_then(Value::as_str) == Some("self"))?;
    let path = own.get("href")?.as_str()?.trim_end_matches('/');
    path.rsplit('/').find(|segment| version(segment).is_some())
}

fn version_major(segment: &str) -> Option<u16> {
    version(segment).map(|(major, _)| major)
}

/// `v2.1`, `v3`.
fn version(segment: &str) -> Option<(u16, u16)> {
    let number = segment.strip_prefix('v')?;
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests;
