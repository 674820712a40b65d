//! Nodes of a cloud: those that people name, and those that pools select. Each becomes an OpenstackNode; what a profile of its own says
//! of its agents becomes an override in their charts, by the label that the node gets.

use super::{
    chain::FoundProfile,
    composed_resource::ComposedResource,
    input::{CloudInput, ComposedResources, NodeFacts, NodesInput},
    occp,
    refusal::Refusal,
    selection::Selection,
    spec::{CloudSpec, ComponentEntry, NodeEntry},
};
use crate::{
    api::{DOMAIN, VERSION, meta},
    node::role::{ENABLED, PROFILE},
    profile::GROUP,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Agents by the component whose chart has them, as its overrides name them.
const AGENTS: [(&str, &[&str]); 2] = [
    ("nova", &["nova_compute"]),
    ("neutron", &["neutron_ovs-agent", "neutron_dhcp-agent", "neutron_l3-agent", "neutron_metadata-agent"]),
];
/// Most nodes that a status names.
const NAMED: usize = 10;

/// Names of the profiles that nodes have.
pub fn profiles(spec: &CloudSpec) -> BTreeSet<&str> {
    let named = spec.nodes.iter().map(|node| &node.profile);
    named.chain(spec.node_pools.iter().map(|pool| &pool.profile)).flatten().map(String::as_str).collect()
}

/// The nodes, each once: what is said of one by name counts before pools, and earlier pools before later ones. `named` are Nodes of
/// entries without roles, `pools` those of each pool.
pub fn entries(spec: &CloudSpec, named: &[NodeFacts], pools: &[Vec<NodeFacts>]) -> Vec<NodeEntry> {
    let usual = |name: &str| {
        let control = named.iter().any(|facts| facts.name == name && facts.control_plane);
        vec![if control { "control" } else { "compute" }.to_owned()]
    };
    let mut all: Vec<NodeEntry> = spec.nodes.clone();
    for entry in all.iter_mut().filter(|entry| entry.roles.is_empty()) {
        entry.roles = usual(&entry.name);
    }
    for (pool, found) in spec.node_pools.iter().zip(pools) {
        for facts in found {
            if !all.iter().any(|entry| entry.name == facts.name) {
                let (name, roles, profile) = (facts.name.clone(), pool.roles.clone(), pool.profile.clone());
                all.push(NodeEntry { name, roles, profile, ..NodeEntry::default() });
            }
        }
    }
    all
}

/// Name of a node among the composed resources.
pub fn key(node: &str) -> String {
    format!("node-{node}")
}

/// Puts the configuration of nodes' profiles into the entries of the components that have agents; refuses profiles that can't be used.
pub fn configure(nodes: &NodesInput, selection: &mut Selection) {
    let mut layers = vec![];
    for (name, profile) in &nodes.profiles {
        match profile {
            Ok(FoundProfile { effective: Some(layer), .. }) => layers.push((name, occp::document(layer))),
            Ok(FoundProfile { name, why, .. }) => {
                selection.refusals.push(Refusal::Unresolved { name: name.to_string(), why: why.clone() });
            }
            Err(refusal) => selection.refusals.push(refusal.clone()),
        }
    }
    for selected in &mut selection.composed {
        let key = selected.component.key;
        let Some((_, agents)) = AGENTS.iter().find(|(component, _)| *component == key) else { continue };
        let labels: Vec<Value> =
            layers.iter().filter_map(|(name, document)| overridden(name, document, key)).collect();
        if !labels.is_empty() {
            add(&mut selected.entry, agents, &labels);
        }
    }
}

/// The override of a profile for the agents of a component; none where the profile says nothing of their configuration.
fn overridden(profile: &str, document: &Map<String, Value>, component: &str) -> Option<Value> {
    let mut conf = ComponentEntry::of(document, component).conf?;
    conf.remove("overrides");
    let label = json!({"key": format!("{PROFILE}{profile}"), "values": [ENABLED]});
    (!conf.is_empty()).then(|| json!({"label": label, "conf": conf}))
}

/// What people say of an agent's overrides themselves counts.
fn add(entry: &mut ComponentEntry, agents: &[&str], labels: &[Value]) {
    let conf = entry.conf.get_or_insert_default();
    let overrides = conf.entry("overrides").or_insert_with(|| json!({}));
    if let Value::Object(overrides) = overrides {
        for agent in agents {
            overrides.entry(*agent).or_insert_with(|| json!({"labels": labels}));
        }
    }
}

/// The OpenstackNodes of a cloud, by their names among the composed resources. `secret` has the login, once there is one.
pub fn objects(cloud: &CloudInput<'_>, secret: Option<&str>) -> BTreeMap<String, Value> {
    cloud.nodes.entries.iter().map(|entry| (key(&entry.name), object(cloud, entry, secret))).collect()
}

fn object(cloud: &CloudInput<'_>, entry: &NodeEntry, secret: Option<&str>) -> Value {
    let mut parameters = Map::new();
    let mut set = |name: &str, value: Value| parameters.insert(name.to_owned(), value);
    set("roles", json!(entry.roles));
    set("disabled", json!(entry.disabled));
    if !entry.maintenance.is_empty() {
        set("maintenance", Value::Object(entry.maintenance.clone()));
    }
    if let Some(profile) = &entry.profile {
        set("openstackCloudConfigurationProfileRef", json!({"name": profile}));
    }
    // By name and not by reference: a node has its labels before Keystone can be there.
    if let Some(secret) = secret {
        set("identityConnection", json!(secret));
    }
    let mut spec = Map::from_iter([("forProvider".to_owned(), Value::Object(parameters))]);
    spec.extend(cloud.spec.provider_config_ref.clone().map(|it| ("providerConfigRef".to_owned(), it)));
    json!({
        "apiVersion": format!("{GROUP}.{DOMAIN}/{VERSION}"), "kind": "OpenstackNode",
        "metadata": {"name": format!("{}-{}", cloud.name, entry.name), "namespace": cloud.namespace,
            "annotations": {(meta::EXTERNAL_NAME): entry.name}},
        "spec": spec,
    })
}

/// What the status tells of nodes; nothing of a cloud that names none.
pub fn told(resources: &ComposedResources) -> Option<Value> {
    let all: Vec<_> =
        resources.iter().filter_map(|(key, it)| Some((key.strip_prefix("node-")?, it))).collect();
    if all.is_empty() {
        return None;
    }
    let unready: Vec<_> = all.iter().filter(|(_, resource)| !resource.ready()).collect();
    let why = |(name, resource): &&(&str, &ComposedResource)| match resource.why() {
        Some(why) => format!("{name}: {why}"),
        None => (*name).to_owned(),
    };
    let named: Vec<String> = unready.iter().take(NAMED).map(why).collect();
    Some(json!({"ready": format!("{}/{}", all.len() - unready.len(), all.len()), "notReady": named}))
}

#[cfg(test)]
mod tests;
