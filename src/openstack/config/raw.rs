//! `clouds.yaml` as people write it. Pure serde types; secret values become [`SecretString`] while decoding.
//! Format: <https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html>

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// The file.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) clouds: BTreeMap<String, Cloud>,
}

/// One entry of `clouds`.
#[derive(Debug, Deserialize)]
pub(super) struct Cloud {
    #[serde(default)]
    pub(super) auth: Auth,
    pub(super) auth_type: Option<String>,
    pub(super) region_name: Option<String>,
    #[serde(alias = "endpoint_type")]
    pub(super) interface: Option<OneOrMore>,
    pub(super) verify: Option<bool>,
    #[serde(alias = "ca_cert")]
    pub(super) cacert: Option<String>,
    pub(super) identity_api_version: Option<String>,
    /// `<service>_endpoint_override`, and whatever else other tools understand.
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, Value>,
}

/// The part `auth`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Auth {
    pub(super) auth_url: Option<String>,
    pub(super) username: Option<String>,
    pub(super) user_id: Option<String>,
    #[serde(deserialize_with = "secret")]
    pub(super) password: Option<SecretString>,
    pub(super) user_domain_id: Option<String>,
    pub(super) user_domain_name: Option<String>,
    #[serde(alias = "tenant_id")]
    pub(super) project_id: Option<String>,
    #[serde(alias = "tenant_name")]
    pub(super) project_name: Option<String>,
    pub(super) project_domain_id: Option<String>,
    pub(super) project_domain_name: Option<String>,
    pub(super) default_domain_id: Option<String>,
    pub(super) default_domain_name: Option<String>,
    pub(super) domain_id: Option<String>,
    pub(super) domain_name: Option<String>,
    pub(super) system_scope: Option<String>,
    pub(super) trust_id: Option<String>,
    pub(super) application_credential_id: Option<String>,
    pub(super) application_credential_name: Option<String>,
    #[serde(deserialize_with = "secret")]
    pub(super) application_credential_secret: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    pub(super) token: Option<SecretString>,
}

/// A name, several names, or several in one string.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::One(names) => names.split(',').map(str::trim).collect(),
            Self::More(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}
