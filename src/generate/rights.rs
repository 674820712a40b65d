//! The rights that Crossplane's RBAC manager grants to a provider with these CRDs (contract §6.2). For reading, and
//! for whoever runs the provider without Crossplane's package manager.

use crate::{api::provider_config, kind::provider::Provider};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the provider's kinds are called in rules, with their statuses, by API group.
fn resources(provider: &Provider) -> BTreeMap<String, Vec<String>> {
    let mut resources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let family = provider_config::KINDS.map(provider_config::plural);
    resources.insert(provider.family.group().to_owned(), family.to_vec());
    for kind in provider.kinds {
        let info = kind.info();
        resources.entry(info.api_group()).or_default().push(info.plural.to_owned());
    }
    for plurals in resources.values_mut() {
        plurals.sort();
        *plurals = plurals.iter().flat_map(|plural| [plural.clone(), format!("{plural}/status")]).collect();
    }
    resources
}

/// What Crossplane's RBAC manager adds to the roles of a cluster's users, by Kubernetes' own aggregation: who may edit in a
/// namespace may edit these kinds there.
pub(super) fn user_roles(provider: &Provider) -> [Value; 2] {
    let role = |name: &str, verbs: &[&str], into: &[&str]| {
        let rules = resources(provider).into_iter();
        let rules = rules.map(|(group, all)| json!({"apiGroups": [group], "resources": all, "verbs": verbs}));
        let label = |into: &&str| (format!("rbac.authorization.k8s.io/aggregate-to-{into}"), json!("true"));
        let labels: Map<String, Value> = into.iter().map(label).collect();
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": format!("{}-{name}", provider.package()), "labels": labels},
            "rules": rules.collect::<Vec<_>>()})
    };
    [
        role("edit", &["*"], &["admin", "edit"]),
        role("view", &["get", "list", "watch"], &["admin", "edit", "view"]),
    ]
}

/// The ClusterRole.
pub(super) fn cluster_role(provider: &Provider) -> Value {
    let mut rules = vec![];
    for (group, with_status) in resources(provider) {
        let verbs = ["get", "list", "watch", "update", "patch", "create"];
        rules.push(json!({"apiGroups": [group], "resources": with_status, "verbs": verbs}));
        rules.push(json!({"apiGroups": [group], "resources": ["*/finalizers"], "verbs": ["update"]}));
    }
    let shared = ["secrets", "configmaps", "events", "leases"];
    rules.push(json!({"apiGroups": ["", "coordination.k8s.io"], "resources": shared, "verbs": ["*"]}));
    rules.push(json!({"apiGroups": ["apiextensions.k8s.io"], "resources": ["customresourcedefinitions"],
        "verbs": ["get", "list", "watch"]}));
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": provider.package()}, "rules": rules})
}
