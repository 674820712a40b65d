//! Credentials read into typed settings: where to log in, as which user, for which scope, and how to reach services.
//! May use [`crate::kind`]. Pure. No message repeats a value that could be a secret.

mod address;
mod federation;
mod login;
mod origin;
mod pem;
mod raw;
mod scope;
#[cfg(test)]
mod tests;
pub mod totp;

pub use federation::{BearerSource, Federated, TokenEndpoint};
pub use login::{Login, Passcode, Proof};
pub use scope::{DomainRef, Named, Scope};

use super::error::Error;
use crate::kind::{
    cloud::{Credentials, Given},
    request::service::Service,
};
use ::openstack::{EndpointFilters, InterfaceType};
use address::{auth_url, http_url};
use origin::SettingsOrigin;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

const OVERRIDE: &str = "_endpoint_override";

/// Everything needed to connect to one cloud, region and scope.
#[derive(Clone, Debug)]
pub struct CloudSettings {
    /// Keystone with version: `https://host:5000/v3`.
    pub auth_url: Url,
    /// How to log in.
    pub login: Login,
    /// What the token is for.
    pub scope: Scope,
    /// Accepted region and interfaces of endpoints; the first interface is preferred.
    pub filters: EndpointFilters,
    /// Whether certificates are verified.
    pub verify: bool,
    /// Further certificate authorities to trust, PEM.
    pub ca_bundle: Option<String>,
    /// Client certificate and key, PEM.
    pub client_certificate: Option<SecretString>,
    /// Most requests a second to each service, over time.
    pub requests_per_second: Option<u32>,
    overrides: BTreeMap<String, Url>,
}

impl CloudSettings {
    /// Reads the fields of a Secret, or an entry of a `clouds.yaml`.
    ///
    /// # Errors
    /// [`Error::Config`], which names what is missing or wrong.
    pub fn read(credentials: &Credentials) -> Result<Self, Error> {
        match &credentials.given {
            Given::Fields(fields) => Self::typed(SettingsOrigin::Fields, &entry(fields)?, credentials),
            Given::Document(text) => {
                let file: raw::CloudsFile =
                    serde_saphyr::from_str(text.expose_secret()).map_err(|error| unreadable(&error))?;
                let (name, cloud) = choose(&file, credentials.cloud.as_deref())?;
                Self::typed(SettingsOrigin::Entry(name), cloud, credentials)
            }
            Given::Account { namespace, name } => Err(Error::Config(format!(
                "OpenStack knows no ServiceAccount: name a Secret: {namespace}/{name}"
            ))),
        }
    }

    fn typed(
        at: SettingsOrigin<'_>,
        cloud: &raw::CloudEntry,
        credentials: &Credentials,
    ) -> Result<Self, Error> {
        if cloud.identity_api_version.as_deref().is_some_and(|version| !version.starts_with('3')) {
            return Err(at.wrong("identity_api_version must be 3"));
        }
        let auth_url = auth_url(at, cloud.auth.auth_url.as_deref())?;
        let (login, scope) = login::login(at, cloud)?;
        let insecure = cloud.insecure.as_ref().is_some_and(raw::Flag::is_set);
        Ok(Self {
            auth_url,
            login,
            scope,
            filters: filters(at, cloud, credentials)?,
            verify: cloud.verify.as_ref().is_none_or(raw::Flag::is_set) && !insecure,
            ca_bundle: pem::certificates(at, "cacert", cloud.cacert.as_deref())?,
            client_certificate: pem::client(at, cloud.cert.as_ref(), cloud.key.as_ref())?,
            requests_per_second: credentials.requests_per_second,
            overrides: overrides(at, cloud)?,
        })
    }

    /// The endpoint that the credentials set for a service, under any of its types: `network_endpoint_override`.
    pub fn endpoint_override(&self, service: &Service) -> Option<&Url> {
        service.types.iter().find_map(|kind| self.overrides.get(&kind.replace('-', "_")))
    }
}

/// Reads fields as an entry of a `clouds.yaml`. A field may be spelt as in an openrc file: `OS_AUTH_URL` is `auth_url`.
fn entry(fields: &BTreeMap<String, SecretString>) -> Result<raw::CloudEntry, Error> {
    let plain = |(name, value): (&String, &SecretString)| {
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("os_").unwrap_or(&name).to_owned();
        // A Secret made from files has line ends that belong to no value. PEM does not need its last one.
        (name, json!(value.expose_secret().trim_end_matches(['\r', '\n'])))
    };
    let all: Map<String, Value> = fields.iter().map(plain).filter(|(_, value)| *value != json!("")).collect();
    let mut entry = all.clone();
    entry.insert("auth".to_owned(), Value::Object(all));
    serde_json::from_value(Value::Object(entry)).map_err(|_| {
        // The parser's own message quotes values.
        let hint = "a field is given twice, or verify or insecure is neither true nor false";
        SettingsOrigin::Fields.wrong(hint)
    })
}

/// The parser's own message quotes the file, secrets included; this one has only the position.
fn unreadable(error: &serde_saphyr::Error) -> Error {
    let place = error.location().map(|at| format!(" at line {}, column {}", at.line(), at.column()));
    Error::Config(format!("clouds.yaml: not valid YAML with a map clouds{}", place.unwrap_or_default()))
}

fn choose<'a>(
    file: &'a raw::CloudsFile,
    wanted: Option<&str>,
) -> Result<(&'a str, &'a raw::CloudEntry), Error> {
    let names = || file.clouds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut clouds = file.clouds.iter().map(|(name, cloud)| (name.as_str(), cloud));
    match (wanted, clouds.next(), clouds.next()) {
        (_, None, _) => Err(Error::Config("clouds.yaml: clouds is empty".to_owned())),
        (None, Some(only), None) => Ok(only),
        (None, Some(_), Some(_)) => {
            Err(Error::Config(format!("clouds.yaml: several clouds, name one of: {}", names())))
        }
        (Some(wanted), Some(_), _) => {
            file.clouds.get_key_value(wanted).map(|(name, cloud)| (name.as_str(), cloud)).ok_or_else(|| {
                Error::Config(format!("clouds.yaml: no cloud {wanted:?}, there are: {}", names()))
            })
        }
    }
}

fn filters(
    at: SettingsOrigin<'_>,
    cloud: &raw::CloudEntry,
    credentials: &Credentials,
) -> Result<EndpointFilters, Error> {
    let named = credentials.interface.as_deref().map(|names| raw::OneOrMore::One(names.to_owned()));
    let interfaces = match named.as_ref().or(cloud.interface.as_ref()) {
        None => vec![InterfaceType::Public],
        Some(names) => names
            .names()
            .into_iter()
            .map(str::parse::<InterfaceType>)
            .collect::<Result<_, _>>()
            .map_err(|_| at.wrong("interface must be public, internal or admin"))?,
    };
    let mut filters = EndpointFilters::default();
    filters.interfaces = interfaces.into();
    filters.region = credentials.region.as_ref().or(cloud.region_name.as_ref()).cloned();
    Ok(filters)
}

fn overrides(at: SettingsOrigin<'_>, cloud: &raw::CloudEntry) -> Result<BTreeMap<String, Url>, Error> {
    let given = cloud
        .rest
        .iter()
        .filter_map(|(key, value)| Some((key, key.strip_suffix(OVERRIDE)?, value.as_str()?)));
    given.map(|(key, service, value)| Ok((service.replace('-', "_"), http_url(at, key, value)?))).collect()
}
