//! A `clouds.yaml` read into typed settings: where to log in, as whom, for what, and how to reach services.
//! May use [`crate::kind`]. Pure; nothing here prints a value that could be a secret.

mod login;
mod raw;
#[cfg(test)]
mod tests;

pub use login::{Domain, Login, Named, Scope};

use super::error::Error;
use crate::kind::{cloud::Credentials, service::Service};
use ::openstack::{EndpointFilters, InterfaceType};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use url::Url;

const OVERRIDE: &str = "_endpoint_override";

/// Everything needed to connect to one cloud, region and scope.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Keystone with version: `https://host:5000/v3`.
    pub auth_url: Url,
    /// Who logs in.
    pub login: Login,
    /// For what.
    pub scope: Scope,
    /// Region and interfaces, in order, that an endpoint must be in.
    pub filters: EndpointFilters,
    /// Check certificates?
    pub verify: bool,
    /// PEM bundle to trust beside the usual roots.
    pub ca_bundle: Option<String>,
    overrides: BTreeMap<String, Url>,
}

impl Settings {
    /// Reads the entry that the credentials choose.
    pub fn read(credentials: &Credentials) -> Result<Self, Error> {
        let file: raw::File = serde_saphyr::from_str(credentials.clouds_yaml.expose_secret())
            .map_err(|error| unreadable(&error))?;
        let (name, cloud) = choose(&file, credentials.cloud.as_deref())?;
        if cloud.identity_api_version.as_deref().is_some_and(|version| !version.starts_with('3')) {
            return Err(wrong(name, "identity_api_version must be 3"));
        }
        Ok(Self {
            auth_url: auth_url(name, cloud.auth.auth_url.as_deref())?,
            login: login::login(name, cloud)?,
            scope: login::scope(name, cloud)?,
            filters: filters(name, cloud, credentials)?,
            verify: cloud.verify.unwrap_or(true),
            ca_bundle: ca_bundle(name, cloud.cacert.as_deref())?,
            overrides: overrides(name, cloud)?,
        })
    }

    /// The endpoint that the entry sets for a service, under any of its types: `network_endpoint_override`.
    pub fn endpoint_override(&self, service: &Service) -> Option<&Url> {
        service.types.iter().find_map(|kind| self.overrides.get(&kind.replace('-', "_")))
    }
}

/// An error about one entry.
fn wrong(cloud: &str, what: impl std::fmt::Display) -> Error {
    Error::Config(format!("{what} for cloud {cloud:?}"))
}

/// A parser's own text quotes the file, secrets included: only the place is told.
fn unreadable(error: &serde_saphyr::Error) -> Error {
    let place = error.location().map(|at| format!(" at line {}, column {}", at.line(), at.column()));
    Error::Config(format!("not valid YAML with a map clouds{}", place.unwrap_or_default()))
}

fn choose<'a>(file: &'a raw::File, wanted: Option<&str>) -> Result<(&'a str, &'a raw::Cloud), Error> {
    let names = || file.clouds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut clouds = file.clouds.iter().map(|(name, cloud)| (name.as_str(), cloud));
    match (wanted, clouds.next(), clouds.next()) {
        (_, None, _) => Err(Error::Config("clouds is empty".to_owned())),
        (None, Some(only), None) => Ok(only),
        (None, Some(_), Some(_)) => Err(Error::Config(format!("several clouds, name one of: {}", names()))),
        (Some(wanted), Some(_), _) => file
            .clouds
            .get_key_value(wanted)
            .map(|(name, cloud)| (name.as_str(), cloud))
            .ok_or_else(|| Error::Config(format!("no cloud {wanted:?}, there are: {}", names()))),
    }
}

fn auth_url(name: &str, given: Option<&str>) -> Result<Url, Error> {
    let given = given.ok_or_else(|| wrong(name, "auth.auth_url is missing"))?;
    let mut url = http_url(name, "auth.auth_url", given)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/v2.0").unwrap_or(&path);
    let path = if path.ends_with("/v3") { path.to_owned() } else { format!("{path}/v3") };
    url.set_path(&path);
    Ok(url)
}

/// An address without user, password, query or fragment; the value itself is not repeated, it may hold a password.
fn http_url(cloud: &str, field: &str, given: &str) -> Result<Url, Error> {
    let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut url = url.ok_or_else(|| wrong(cloud, format!("{field} is no http or https address")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(cloud, format!("{field} holds a user or password")));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn filters(name: &str, cloud: &raw::Cloud, credentials: &Credentials) -> Result<EndpointFilters, Error> {
    let named = credentials.interface.as_deref().map(|names| raw::OneOrMore::One(names.to_owned()));
    let interfaces = match named.as_ref().or(cloud.interface.as_ref()) {
        None => vec![InterfaceType::Public],
        Some(names) => names
            .names()
            .into_iter()
            .map(str::parse::<InterfaceType>)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong(name, "interface must be public, internal or admin"))?,
    };
    let mut filters = EndpointFilters::default();
    filters.interfaces = interfaces.into();
    filters.region = credentials.region.as_ref().or(cloud.region_name.as_ref()).cloned();
    Ok(filters)
}

fn ca_bundle(name: &str, given: Option<&str>) -> Result<Option<String>, Error> {
    match given.map(str::trim_start) {
        None | Some("") => Ok(None),
        Some(pem) if pem.starts_with("-----BEGIN") => Ok(Some(pem.to_owned())),
        Some(_) => Err(wrong(
            name,
            "cacert is a path, which does not exist where the provider runs: put the certificate itself (PEM) there",
        )),
    }
}

fn overrides(name: &str, cloud: &raw::Cloud) -> Result<BTreeMap<String, Url>, Error> {
    let given = cloud
        .rest
        .iter()
        .filter_map(|(key, value)| Some((key, key.strip_suffix(OVERRIDE)?, value.as_str()?)));
    given.map(|(key, service, value)| Ok((service.replace('-', "_"), http_url(name, key, value)?))).collect()
}
