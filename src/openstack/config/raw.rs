//! `clouds.yaml` as people write it. Pure serde types; secret values become [`SecretString`] while decoding.
//! Format: <https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html>, names of the methods' own
//! fields: <https://docs.openstack.org/keystoneauth/latest/plugin-options.html>

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// The file. Neither it nor an entry has Debug: an unknown field may be a secret.
#[derive(Deserialize)]
pub(super) struct CloudsFile {
    pub(super) clouds: BTreeMap<String, CloudEntry>,
}

/// One entry of `clouds`.
#[derive(Deserialize)]
pub(super) struct CloudEntry {
    #[serde(default)]
    pub(super) auth: Auth,
    pub(super) auth_type: Option<String>,
    pub(super) auth_methods: Option<OneOrMore>,
    pub(super) region_name: Option<String>,
    #[serde(alias = "endpoint_type")]
    pub(super) interface: Option<OneOrMore>,
    pub(super) verify: Option<Flag>,
    pub(super) insecure: Option<Flag>,
    #[serde(alias = "ca_cert")]
    pub(super) cacert: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub(super) cert: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    pub(super) key: Option<SecretString>,
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
    pub(super) auth_methods: Option<OneOrMore>,
    #[serde(alias = "user_name")]
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
    #[serde(deserialize_with = "secret")]
    pub(super) passcode: Option<SecretString>,
    /// Only known here: the seed of passcodes, so that a token can be renewed.
    #[serde(deserialize_with = "secret")]
    pub(super) totp_seed: Option<SecretString>,
    pub(super) identity_provider: Option<String>,
    pub(super) protocol: Option<String>,
    #[serde(deserialize_with = "secret")]
    pub(super) access_token: Option<SecretString>,
    pub(super) client_id: Option<String>,
    #[serde(deserialize_with = "secret")]
    pub(super) client_secret: Option<SecretString>,
    #[serde(alias = "scope")]
    pub(super) openid_scope: Option<String>,
    pub(super) discovery_endpoint: Option<String>,
    pub(super) access_token_endpoint: Option<String>,
    pub(super) access_token_type: Option<String>,
}

/// A name, a list of names, or names in one string with commas.
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

/// A boolean, or its word where every value is text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Said(bool),
    Written(Written),
}

/// Words for booleans, as YAML and Python write them.
#[derive(Debug, Deserialize)]
pub(super) enum Written {
    #[serde(rename = "true", alias = "True", alias = "1", alias = "yes")]
    Yes,
    #[serde(rename = "false", alias = "False", alias = "0", alias = "no")]
    No,
}

impl Flag {
    pub(super) fn is_set(&self) -> bool {
        matches!(self, Self::Said(true) | Self::Written(Written::Yes))
    }
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}
