//! Passwords and keys, each generation of which is made once: a Secret of the cluster.

use super::{compared::found, service::SERVICE};
use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Method, Read, Request},
        sealed::Desired,
    },
};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Secret texts that are made once.
pub struct GeneratedSecret;

/// What can be wanted of generated secret texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GeneratedSecretParameters {
    /// The texts. More can be added; what was made is made anew only if its generation is raised, and stays when it is no
    /// longer named.
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
    /// Which generation of it there should be; 1 unless set. A raised one makes it anew, and nothing else does. The newest is
    /// under the name itself; from the second on each is under the name with a dot and its number as well, such as db-nova.2, so
    /// that whoever has to can go on using an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub generation: Option<u16>,
    /// The oldest generation that is kept, since somebody still uses it; all are kept unless set. The newest always is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub oldest: Option<u16>,
}

impl GeneratedKey {
    fn generation(&self) -> u16 {
        self.generation.unwrap_or(1)
    }

    /// The name without the number, if it is that of a generation of another text.
    fn is_generation_of(&self, other: &Self) -> bool {
        let number = self.name.strip_prefix(&other.name).and_then(|rest| rest.strip_prefix('.'));
        number.is_some_and(|number| number.parse::<u16>().is_ok())
    }
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
    /// The newest generation of those that were made more than once.
    pub generations: BTreeMap<String, u16>,
    /// The oldest generation of them that is kept.
    pub oldest: BTreeMap<String, u16>,
    /// Which managed resource the Secret belongs to.
    pub owner: String,
}

type Asked<'a> = Key<'a, GeneratedSecretParameters>;

impl Kind for GeneratedSecret {
    type Parameters = GeneratedSecretParameters;
    type Observation = GeneratedSecretObservation;
    const INFO: Info = Info {
        service: &SERVICE,
        group: SERVICE.group,
        kind: "GeneratedSecret",
        plural: "generatedsecrets",
        short: "",
        about: "A GeneratedSecret has passwords and keys, each generation of which is made once, for its connection secret.",
        docs: "https://kubernetes.io/docs/concepts/configuration/secret/",
        columns: &[Column { name: "KEYS", field: "made" }],
        microversion: None,
        external_name: "the name of a Secret beside the connection secret, which keeps what was made",
        connection: &[
            "one key for each of forProvider.keys, and for each of its generations once there are several",
        ],
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
        if let (Some(why), Goal::Exist | Goal::Match) = (ambiguous(key), goal) {
            return Ok(Step::Refuse(why));
        }
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send(Method::Post, Some(wanted(key))),
            (Goal::Match, Some(seen)) if !differing(key, seen).is_empty() => {
                send(Method::Put, Some(wanted(key)))
            }
            (Goal::Vanish, Some(_)) => send(Method::Delete, None),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => Step::Done,
        })
    }

    fn drift(key: &Asked<'_>, seen: &Seen<'_, Self>) -> Vec<String> {
        differing(key, seen)
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
        .map(|key| {
            json!({"name": key.name, "format": key.format.unwrap_or_default(), "length": key.length.unwrap_or(32),
                "generation": key.generation(), "oldest": key.oldest})
        })
        .collect();
    json!({"keys": keys, "marker": key.any.meta.marker.text()})
}

/// What is still to be made, made anew, or dropped. A generation that is lower than what is there changes nothing.
fn differing(key: &Asked<'_>, seen: &Seen<'_, GeneratedSecret>) -> Vec<String> {
    let state = &seen.state;
    let differs = |key: &GeneratedKey| {
        let name = &key.name;
        if !state.made.contains(name) {
            return Some(format!("keys[{name}]"));
        }
        let newest = state.generations.get(name).copied().unwrap_or(1);
        if newest < key.generation() {
            return Some(format!("keys[{name}].generation"));
        }
        let oldest = state.oldest.get(name).copied().unwrap_or(newest);
        key.oldest.is_some_and(|wanted| oldest < wanted.min(newest)).then(|| format!("keys[{name}].oldest"))
    };
    key.params.keys.iter().flatten().filter_map(differs).collect()
}

/// Why it can't be told which text is meant, if so.
fn ambiguous(key: &Asked<'_>) -> Option<String> {
    let keys = || key.params.keys.iter().flatten();
    let (one, other) =
        keys().find_map(|one| Some((one, keys().find(|other| one.is_generation_of(other))?)))?;
    Some(format!("keys[{}] is named as a generation of {}: choose another name", one.name, other.name))
}

#[cfg(test)]
mod tests;
