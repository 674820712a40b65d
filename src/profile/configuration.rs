//! KupenStack's own configuration file as a cloud: its default profile, its nodes, and, since the file has no words for it, from the
//! defaults of the cluster where charts and images are from.

use super::{
    cloud::{Composed, WantedResource},
    composed_resource::ComposedResource,
    refusal::Refusal,
    spec::ProfileReference,
    xrd,
};
use crate::node::role::Role;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Name of the composed cloud.
pub const CLOUD: &str = "cloud";
/// Name of the EnvironmentConfig whose `data` are fields of a cloud's spec.
pub const DEFAULTS: &str = "kupenstack";

/// Fields of a cloud's spec that defaults can say; the file says the others.
const FIELDS: [&str; 9] = [
    "release",
    "chart",
    "images",
    "providerConfigRef",
    "components",
    "changes",
    "upgrade",
    "rotation",
    "deletion",
];
/// Those without which there is no cloud.
const NEEDED: [&str; 2] = ["release", "chart"];

/// `spec` of the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigurationSpec {
    /// Its profile.
    pub default_profile: Option<ProfileReference>,
    /// Its nodes. Where all of them are commented out nothing stands there.
    #[serde(deserialize_with = "none_is_empty")]
    pub nodes: Vec<Node>,
}

fn none_is_empty<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<Node>, D::Error> {
    Ok(Option::deserialize(text)?.unwrap_or_default())
}

/// A node of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Node {
    name: String,
    r#type: Option<String>,
    disabled: Option<bool>,
    /// KupenStack's documents have both.
    disable: Option<bool>,
}

/// What is known of a file.
pub struct ConfigurationInput<'a> {
    /// Its name, which the cloud bears.
    pub name: &'a str,
    /// Its namespace, in which the cloud is installed.
    pub namespace: &'a str,
    /// What it says.
    pub spec: &'a ConfigurationSpec,
    /// What the defaults of the cluster say; none if there are none.
    pub defaults: Option<&'a Map<String, Value>>,
    /// The cloud, once it was composed.
    pub cloud: Option<&'a ComposedResource>,
}

/// Composes the cloud. Of what is refused the cloud that is there stays as it is.
pub fn compose(file: &ConfigurationInput<'_>) -> Composed {
    let mut refusals = vec![];
    let spec = spec(file, &mut refusals);
    let object = if refusals.is_empty() {
        Some(json!({
            "apiVersion": xrd::api_version(xrd::CLOUD), "kind": xrd::CLOUD,
            "metadata": {"name": file.name, "namespace": file.namespace}, "spec": spec,
        }))
    } else {
        file.cloud.map(ComposedResource::as_it_is)
    };
    let is_ready = file.cloud.is_some_and(ComposedResource::ready);
    let wanted = object.map(|object| (CLOUD.to_owned(), WantedResource { object, ready: is_ready }));
    Composed {
        resources: BTreeMap::from_iter(wanted),
        status: status(file),
        ready: is_ready && refusals.is_empty(),
        refusals,
        ..Composed::default()
    }
}

fn spec(file: &ConfigurationInput<'_>, refusals: &mut Vec<Refusal>) -> Map<String, Value> {
    let said = |field: &str| file.defaults.and_then(|defaults| defaults.get(field));
    let missing: Vec<_> = NEEDED
        .into_iter()
        .filter(|field| said(field).is_none())
        .map(|field| format!("data.{field}"))
        .collect();
    if !missing.is_empty() {
        refusals.push(Refusal::NoDefaults { name: DEFAULTS, missing: missing.join(" and ") });
    }
    let fields = FIELDS.into_iter().filter_map(|field| Some((field.to_owned(), said(field)?.clone())));
    let mut spec: Map<_, _> = fields.collect();
    if let Some(ProfileReference { name, namespace }) = &file.spec.default_profile {
        let namespace = namespace.as_deref().unwrap_or(file.namespace);
        spec.insert("profiles".to_owned(), json!([{"name": name, "namespace": namespace}]));
    }
    let nodes = file.spec.nodes.iter().enumerate().map(|(at, node)| node.of_the_cloud(at, refusals));
    let nodes: Vec<_> = nodes.collect();
    if !nodes.is_empty() {
        spec.insert("nodes".to_owned(), Value::Array(nodes));
    }
    spec
}

impl Node {
    fn of_the_cloud(&self, at: usize, refusals: &mut Vec<Refusal>) -> Value {
        let mut node = Map::from_iter([("name".to_owned(), json!(self.name))]);
        let roles = self.r#type.iter().flat_map(|text| text.split(',')).map(str::trim);
        let roles: Vec<_> = roles.filter(|role| !role.is_empty()).collect();
        refusals.extend(roles.iter().filter(|role| !is_known(role)).map(|role| Refusal::UnknownRole {
            path: format!("spec.nodes[{at}].type"),
            role: (*role).to_owned(),
        }));
        if !roles.is_empty() {
            node.insert("roles".to_owned(), json!(roles));
        }
        if [self.disabled, self.disable].contains(&Some(true)) {
            node.insert("disabled".to_owned(), json!(true));
        }
        Value::Object(node)
    }
}

fn is_known(role: &str) -> bool {
    Role::ALL.iter().any(|known| known.as_str() == role)
}

fn status(file: &ConfigurationInput<'_>) -> Map<String, Value> {
    let unknown =
        file.defaults.into_iter().flat_map(Map::keys).filter(|name| !FIELDS.contains(&name.as_str()));
    let ignored: Vec<_> =
        unknown.map(|name| json!(format!("EnvironmentConfig {DEFAULTS}: data.{name}"))).collect();
    let mut status = Map::new();
    if let Some(cloud) = file.cloud {
        let told = |path: &[&str]| cloud.at(path).filter(|value| value.is_string()).cloned();
        status.insert("cloud".to_owned(), json!({"name": file.name}));
        status.extend(told(&["status", "phase"]).map(|phase| ("phase".to_owned(), phase)));
        let nodes = told(&["status", "nodes", "ready"]);
        status.extend(nodes.map(|nodes| ("nodeCount".to_owned(), nodes)));
        let release = told(&["status", "release", "current"]);
        status.extend(release.map(|release| ("release".to_owned(), release)));
        let refused = ["Accepted", "Synced"].into_iter().find_map(|r#type| {
            let (status, message) = cloud.condition(r#type)?;
            message.filter(|_| status == "False").map(|message| json!(message))
        });
        let message = refused.or_else(|| told(&["status", "stage", "blockedBy"]));
        status.extend(message.map(|message| ("message".to_owned(), message)));
    }
    status.insert("ignored".to_owned(), Value::Array(ignored));
    status
}

#[cfg(test)]
mod tests;
