//! Passwords and keys that are made once: a Secret of the cluster.

use super::{compared::found, service::SERVICE};
use crate::{
    api::crd::Column,
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights,
        Seen, Step,
        diff::Diff,
        request::{Answer, Method, Read, Request},
        sealed::Desired,
    },
};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Secret texts that are made once.
pub struct GeneratedSecret;

/// What can be wanted of generated secret texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GeneratedSecretParameters {
    /// The texts. More can be added; what was made once is never made anew, and stays when it is no longer named.
    #[schemars(extend("x-os" = {"required": true},
        "x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]), length(min = 1, max = 200))]
    pub keys: Option<Vec<GeneratedKey>>,
}

/// A secret text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneratedKey {
    /// Its key in the connection secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub name: String,
    /// What it is made of; Alphanumeric unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<SecretFormat>,
    /// How many characters it has; 32 unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 8, max = 1024))]
    pub length: Option<u16>,
}

/// What a secret text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SecretFormat {
    /// Letters and digits.
    #[default]
    Alphanumeric,
    /// Hexadecimal digits.
    Hex,
    /// Base64 of random bytes.
    Base64,
    /// A key for Fernet: 32 random bytes in base64, which are 44 characters whatever `length` says.
    Fernet,
}

/// What the cluster says of generated secret texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GeneratedSecretObservation {
    /// Names of the texts that were made.
    pub made: Vec<String>,
    /// Which managed resource the Secret belongs to.
    pub owner: String,
}

type Asked<'a> = Key<'a, GeneratedSecretParameters>;

impl Kind for GeneratedSecret {
    type Parameters = GeneratedSecretParameters;
    type Observation = GeneratedSecretObservation;
    const INFO: Info = Info {
        service: &SERVICE,
        kind: "GeneratedSecret",
        plural: "generatedsecrets",
        short: "",
        about: "A GeneratedSecret has passwords and keys that are made once, for its connection secret.",
        docs: "https://kubernetes.io/docs/concepts/configuration/secret/",
        columns: &[Column { name: "KEYS", field: "made" }],
        microversion: None,
        external_name: "the name of a Secret beside the connection secret, which keeps what was made",
        connection: &["one key for each of forProvider.keys"],
        rights: Rights::Project,
        marker: MarkerPlace::NaturalKey,
        requires: &[],
    };
    const OPTIONS: Options = Options { mirrors: false, local_names: true, guards: true, ..Options::USUAL };

    fn reads(key: &Asked<'_>) -> Vec<Read> {
        let with = Desired { body: wanted(key), sealed: SecretString::from("") };
        vec![Read::Compare { path: path(key), with: Box::new(with) }]
    }

    fn parse(key: &Asked<'_>, answers: &[Answer]) -> Result<Found, KindError> {
        found(name(key), answers, "a Secret", |body| body)
    }

    fn step(goal: Goal, key: &Asked<'_>, seen: Option<&Seen<'_, Self>>, _: &Diff) -> Result<Step, KindError> {
        let send = |method, body| Step::Send(Request::new(&SERVICE, method, path(key), body));
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send(Method::Post, Some(wanted(key))),
            (Goal::Match, Some(seen)) if !lacking(key, seen).is_empty() => {
                send(Method::Put, Some(wanted(key)))
            }
            (Goal::Vanish, Some(_)) => send(Method::Delete, None),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => Step::Done,
        })
    }

    fn drift(key: &Asked<'_>, seen: &Seen<'_, Self>) -> Vec<String> {
        lacking(key, seen).into_iter().map(|name| format!("keys[{name}]")).collect()
    }

    /// It is there or not.
    fn ready(_: &GeneratedSecretParameters, _: &Seen<'_, Self>) -> Ready {
        Ready::Yes
    }

    fn chosen_name(key: &Asked<'_>) -> Option<String> {
        Some(name(key))
    }

    fn recognises(key: &Asked<'_>, seen: &Seen<'_, Self>) -> bool {
        seen.state.owner == key.any.meta.marker.text()
    }

    fn connection(
        _: &Asked<'_>,
        seen: &Seen<'_, Self>,
        _: &crate::kind::cloud::CloudInfo,
    ) -> ConnectionDetails {
        seen.any.sealed.0.clone()
    }
}

/// Beside the connection secret, which may be deleted and is written again.
fn name(key: &Asked<'_>) -> String {
    let meta = &key.any.meta;
    meta.external_name.map_or_else(|| format!("{}-generated", meta.name), str::to_owned)
}

fn path(key: &Asked<'_>) -> String {
    format!("/namespaces/{}/generatedsecrets/{}", key.any.meta.namespace, name(key))
}

fn wanted(key: &Asked<'_>) -> Value {
    let keys = key.params.keys.iter().flatten();
    let keys: Vec<_> = keys
        .map(|key| json!({"name": key.name, "format": key.format.unwrap_or_default(), "length": key.length.unwrap_or(32)}))
        .collect();
    json!({"keys": keys, "marker": key.any.meta.marker.text()})
}

/// Names of the texts that are still to be made.
fn lacking(key: &Asked<'_>, seen: &Seen<'_, GeneratedSecret>) -> Vec<String> {
    let wanted = key.params.keys.iter().flatten().map(|key| key.name.clone());
    wanted.filter(|name| !seen.state.made.contains(name)).collect()
}

#[cfg(test)]
mod tests;
