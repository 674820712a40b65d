//! Server-side apply and what else a release's objects need of the API server in memory, as far as a backend relies on it.

use super::merge;
use serde_json::{Map, Value, json};

/// Kinds that discovery tells: group and version, kind, plural, whether they lie in namespaces.
const KINDS: &[(&str, &str, &str, bool)] = &[
    ("v1", "ConfigMap", "configmaps", true),
    ("v1", "Node", "nodes", false),
    ("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
    ("v1", "Pod", "pods", true),
    ("v1", "Secret", "secrets", true),
    ("v1", "Service", "services", true),
    ("v1", "ServiceAccount", "serviceaccounts", true),
    ("apps/v1", "DaemonSet", "daemonsets", true),
    ("apps/v1", "Deployment", "deployments", true),
    ("apps/v1", "StatefulSet", "statefulsets", true),
    ("batch/v1", "CronJob", "cronjobs", true),
    ("batch/v1", "Job", "jobs", true),
    ("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", true),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", false),
    ("rbac.authorization.k8s.io/v1", "Role", "roles", true),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true),
];

/// The answer to a question for what a group and version has.
pub(super) fn discovered(api: &str) -> Value {
    let group_version = api.trim_start_matches("apis/").trim_start_matches("api/");
    let of = KINDS.iter().filter(|(of, ..)| *of == group_version);
    let resources: Vec<_> = of
        .map(|(_, kind, name, namespaced)| json!({"name": name, "kind": kind, "namespaced": namespaced}))
        .collect();
    json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": resources})
}

/// Counts changes of the spec of a Deployment, StatefulSet or DaemonSet.
pub(super) fn count(api: &str, before: Option<&Value>, object: &mut Value) {
    if api != "apis/apps/v1" {
        return;
    }
    let known = before.and_then(|before| before["metadata"]["generation"].as_i64()).unwrap_or_default();
    let changed = before.is_none_or(|before| before["spec"] != object["spec"]);
    object["metadata"]["generation"] = json!(known + i64::from(changed));
}

/// What an apply makes of an object: fields that the manager applied before and no longer applies go. What was applied is kept in
/// the object itself, in the place of managedFields.
pub(super) fn applied(object: Option<&Value>, patch: &Value) -> Value {
    let mut made = object.cloned().unwrap_or_else(|| json!({}));
    let before = made.pointer("/metadata/managedFields/0/fieldsV1").cloned().unwrap_or_default();
    prune(&mut made, &before, patch);
    merge(&mut made, patch);
    let entry = json!([{"manager": "helm", "operation": "Apply", "fieldsV1": patch}]);
    made["metadata"]["managedFields"] = entry;
    made
}

/// What an apply by a manager of its own makes of an object that is another's: the same, beside whatever others have applied.
pub(super) fn applied_part(object: Option<&Value>, patch: &Value, manager: &str) -> Value {
    let mut made = object.cloned().unwrap_or_else(|| json!({}));
    let mut managed =
        made.pointer("/metadata/managedFields").and_then(Value::as_array).cloned().unwrap_or_default();
    let own = managed.iter().position(|entry| entry["manager"] == manager);
    let before = own.map(|at| managed.remove(at)["applied"].clone()).unwrap_or_default();
    prune(&mut made, &before, patch);
    merge(&mut made, patch);
    let fields = owned(patch);
    managed.push(json!({"manager": manager, "operation": "Apply", "fieldsV1": fields, "applied": patch}));
    made["metadata"]["managedFields"] = Value::Array(managed);
    made
}

/// The fields of a patch as the API server names them.
fn owned(patch: &Value) -> Value {
    let fields = patch.as_object().into_iter().flatten();
    Value::Object(fields.map(|(key, value)| (format!("f:{key}"), owned(value))).collect())
}

fn prune(object: &mut Value, before: &Value, now: &Value) {
    let (Some(fields), Some(before)) = (object.as_object_mut(), before.as_object()) else { return };
    let none = Map::new();
    let now = now.as_object().unwrap_or(&none);
    for (key, value) in before {
        match (now.get(key), fields.get_mut(key)) {
            (None, Some(_)) => drop(fields.remove(key)),
            (Some(now), Some(field)) => prune(field, value, now),
            (_, None) => {}
        }
    }
}
