//! The rights that Crossplane's RBAC manager grants to a provider with these CRDs (contract §6.2). For reading, and
//! for whoever runs the provider without Crossplane's package manager.

use crate::{api::provider_config, kind::provider::Provider};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The ClusterRole.
pub(super) fn cluster_role(provider: &Provider) -> Value {
    let mut resources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let family = provider_config::KINDS.map(provider_config::plural);
    resources.insert(provider.family.group().to_owned(), family.to_vec());
    for kind in provider.kinds {
        let info = kind.info();
        resources.entry(info.service.api_group()).or_default().push(info.plural.to_owned());
    }
    let mut rules = vec![];
    for (group, mut plurals) in resources {
        plurals.sort();
        let with_status: Vec<_> = plurals.iter().flat_map(|p| [p.clone(), format!("{p}/status")]).collect();
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
