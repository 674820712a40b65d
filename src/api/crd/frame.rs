//! What is alike in every managed resource: the frame around `forProvider` and `atProvider` (contract §1.2), and the
//! columns that tools and people expect.

use serde_json::{Value, json};

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

/// `spec`.
pub(super) fn spec(for_provider: Value, init_provider: Value) -> Value {
    json!({"type": "object", "required": ["forProvider"], "description": "What is wanted.", "properties": {
        "forProvider": for_provider,
        "initProvider": init_provider,
        "managementPolicies": {"type": "array", "default": ["*"],
            "description": "What the provider may do with the external resource: everything (*), or the actions listed. An empty list pauses.",
            "items": {"type": "string", "enum": ["Observe", "Create", "Update", "Delete", "LateInitialize", "*"]}},
        "providerConfigRef": {"type": "object", "required": ["kind", "name"],
            "default": {"kind": "ClusterProviderConfig", "name": "default"},
            "description": "Credentials to use.",
            "properties": {
                "kind": {"type": "string", "enum": ["ProviderConfig", "ClusterProviderConfig"],
                    "description": "ProviderConfig (of the same namespace) or ClusterProviderConfig."},
                "name": text("Its name."),
            }},
        "writeConnectionSecretToRef": {"type": "object", "required": ["name"],
            "description": "Secret of the same namespace to write connection details to.",
            "properties": {"name": text("Name of the Secret.")}},
    }})
}

/// `status`.
pub(super) fn status(at_provider: Value) -> Value {
    json!({"type": "object", "description": "What was found.", "properties": {
        "atProvider": at_provider,
        "conditions": conditions_schema(),
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation of the spec that the status speaks of."},
        "lastHandledReconcileAt": text("Last value of the annotation crossplane.io/reconcile-requested-at that was honoured."),
    }})
}

/// `status.conditions`.
pub fn conditions_schema() -> Value {
    json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
    "description": "Conditions of the resource.",
    "items": {"type": "object", "required": ["type", "status", "reason", "lastTransitionTime"], "properties": {
        "type": text("Ready, Synced, UpToDate, or Stalled while somebody is needed."),
        "status": text("True, False or Unknown."),
        "reason": text("Why, for machines."),
        "message": text("Why, for people."),
        "lastTransitionTime": {"type": "string", "format": "date-time", "description": "When it last changed."},
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation of the spec that it was found for."},
    }}})
}

/// Fields that `kubectl get --field-selector` can select by, from Kubernetes 1.31. Version 1.30 has them behind the
/// feature gate `CustomResourceFieldSelectors`, and drops the list where that is off.
pub(super) fn selectable(has_id: bool) -> &'static [&'static str] {
    // The API server refuses a path that leads nowhere.
    if has_id {
        &[".spec.providerConfigRef.name", ".status.atProvider.id"]
    } else {
        &[".spec.providerConfigRef.name"]
    }
}

/// A printer column between EXTERNAL-NAME and AGE.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Heading, upper case.
    pub name: &'static str,
    /// Field of `status.atProvider`.
    pub field: &'static str,
}

/// The columns of `kubectl get`: Crossplane's, the kind's `own`, and with `-o wide` the credentials and the trouble.
pub(super) fn columns(own: &[Column]) -> Value {
    let column = |name: &str, path: String| json!({"name": name, "type": "string", "jsonPath": path});
    let wide =
        |name: &str, path: &str| json!({"name": name, "type": "string", "jsonPath": path, "priority": 1});
    let condition = |name, r#type| column(name, format!(".status.conditions[?(@.type=='{type}')].status"));
    let mut all = vec![
        condition("READY", "Ready"),
        condition("SYNCED", "Synced"),
        column("EXTERNAL-NAME", ".metadata.annotations.crossplane\\.io/external-name".to_owned()),
    ];
    all.extend(own.iter().map(|own| column(own.name, format!(".status.atProvider.{}", own.field))));
    all.push(json!({"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"}));
    all.push(wide("CONFIG", ".spec.providerConfigRef.name"));
    // The API server shows the first match alone: conditions stand in the order of what stops what, and a good one has
    // no message.
    all.push(wide("WHY", ".status.conditions[?(@.message)].message"));
    Value::Array(all)
}

/// The subresource `scale`: which fields `kubectl scale` and a HorizontalPodAutoscaler read and write. Dots separate
/// names: `replicas.api`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Field of `spec.forProvider`: how many replicas are wanted. Scaling needs a value there.
    pub spec: &'static str,
    /// Field of `status.atProvider`: how many replicas there are.
    pub status: &'static str,
    /// Field of `status.atProvider`: a label selector of the pods, as text. An autoscaler needs it.
    pub selector: &'static str,
}

impl Scale {
    pub(super) fn subresource(self) -> Value {
        let told = |field| format!(".status.atProvider.{field}");
        json!({"specReplicasPath": format!(".spec.forProvider.{}", self.spec),
            "statusReplicasPath": told(self.status), "labelSelectorPath": told(self.selector)})
    }
}
