//! A profile behind an address: fetched, compared with its checksum and told, never carried out. What it means is the
//! room `profile`'s business.

use super::{compared::found, service::SERVICE};
use crate::{
    api::{DOMAIN, VERSION, crd::Column},
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Method, Read, Request},
        sealed::Desired,
    },
};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A profile behind an address.
pub struct RemoteProfile;

/// Kind of what has to lie at the address.
pub const PROFILE: &str = "OpenStackCloudConfigurationProfile";

/// What can be wanted of a profile behind an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoteProfileParameters {
    /// Address of the file, http or https: an OpenStackCloudConfigurationProfile in YAML.
    #[schemars(extend("x-os" = {"required": true}), regex(pattern = r"^https?://.+"), length(max = 2048))]
    pub url: Option<String>,
    /// SHA-256 of the file, 64 hexadecimal digits. Other bytes are refused.
    #[schemars(extend("x-os" = {"required": true}), regex(pattern = r"^[0-9a-fA-F]{64}$"))]
    pub sha256: Option<String>,
}

/// What was read at an address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoteProfileObservation {
    /// SHA-256 of the file that was read.
    pub digest: String,
    /// `spec` of the profile, without its nulls, which a status can't keep.
    pub spec: Map<String, Value>,
    /// Where the nulls of `spec` are, as JSON pointers: `/nova/conf/nova/DEFAULT/debug`.
    pub nulls: Vec<String>,
}

type Asked<'a> = Key<'a, RemoteProfileParameters>;

impl Kind for RemoteProfile {
    type Parameters = RemoteProfileParameters;
    type Observation = RemoteProfileObservation;
    const INFO: Info = Info {
        service: &SERVICE,
        group: SERVICE.group,
        kind: "RemoteProfile",
        plural: "remoteprofiles",
        short: "",
        about: "A RemoteProfile is a profile behind an address, which is fetched and compared with its checksum.",
        docs: "https://docs.crossplane.io/latest/composition/compositions/",
        columns: &[Column { name: "DIGEST", field: "digest" }],
        microversion: None,
        external_name: "a name for what was read, which nobody else looks at",
        connection: &[],
        rights: Rights::Project,
        marker: MarkerPlace::NaturalKey,
        requires: &[],
    };
    const OPTIONS: Options = Options { mirrors: false, local_names: true, ..Options::USUAL };

    fn reads(key: &Asked<'_>) -> Vec<Read> {
        let with = Desired { body: wanted(key), sealed: SecretString::from("") };
        vec![Read::Compare { path: path(key), with: Box::new(with) }]
    }

    fn parse(key: &Asked<'_>, answers: &[Answer]) -> Result<Found, KindError> {
        found(name(key), answers, "a profile", |body| body)
    }

    /// Nothing is made and nothing removed where the file is: it is read, and forgotten.
    fn step(goal: Goal, key: &Asked<'_>, seen: Option<&Seen<'_, Self>>, _: &Diff) -> Result<Step, KindError> {
        let send = |method, body| Step::Send(Request::new(&SERVICE, method, path(key), body));
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send(Method::Post, Some(wanted(key))),
            (Goal::Vanish, Some(_)) => send(Method::Delete, None),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => Step::Done,
        })
    }

    fn chosen_name(key: &Asked<'_>) -> Option<String> {
        Some(name(key))
    }
}

fn name(key: &Asked<'_>) -> String {
    let meta = &key.any.meta;
    meta.external_name.unwrap_or(meta.name).to_owned()
}

fn path(key: &Asked<'_>) -> String {
    format!("/namespaces/{}/documents/{}", key.any.meta.namespace, name(key))
}

fn wanted(key: &Asked<'_>) -> Value {
    json!({"url": key.params.url, "sha256": key.params.sha256,
        "api_version": format!("cluster.{DOMAIN}/{VERSION}"), "kind": PROFILE})
}

#[cfg(test)]
mod tests;
