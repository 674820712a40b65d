//! The rights that Crossplane's RBAC manager grants to a provider with these CRDs (contract §6.2). For reading, and
//! for whoever runs the provider without Crossplane's package manager.

use crate::{api::DOMAIN, kinds::KINDS};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The ClusterRole.
pub(super) fn cluster_role() -> Value {
    let mut resources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let family = ["clusterproviderconfigs", "providerconfigs", "providerconfigusages"];
    resources.insert(DOMAIN.to_owned(), family.map(str::to_owned).to_vec());
    for kind in KINDS.iter() {
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
        "metadata": {"name": "provider-kupenstack"}, "rules": rules})
}
