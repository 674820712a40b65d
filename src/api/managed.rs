//! A managed resource as the runtime reads it: metadata, spec and status, whatever its kind.

use super::{condition::Condition, meta, policy::ManagementPolicy};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A managed resource of any kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Managed {
    /// `group/version`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// Metadata, as far as the runtime needs it.
    pub metadata: Metadata,
    /// What somebody wants.
    pub spec: Spec,
    /// What was found last.
    pub status: Status,
}

/// The metadata that the runtime needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// Name.
    pub name: String,
    /// Namespace.
    pub namespace: String,
    /// UID.
    pub uid: String,
    /// Version of the object that this was read from.
    pub resource_version: String,
    /// Counts changes of the spec.
    pub generation: i64,
    /// When it was made, RFC 3339.
    pub creation_timestamp: String,
    /// When somebody asked to delete it.
    pub deletion_timestamp: Option<String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Finalizers.
    pub finalizers: Vec<String>,
    /// Owners.
    pub owner_references: Vec<OwnerReference>,
}

/// An owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// The owner's UID.
    pub uid: String,
    /// Whether it is the controlling one.
    pub controller: bool,
}

/// `spec` of every managed resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    /// Wanted state, kept up.
    pub for_provider: Map<String, Value>,
    /// Wanted state at create only.
    pub init_provider: Map<String, Value>,
    /// How an object that exists is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<Import>,
    /// What the provider may do.
    pub management_policies: Vec<ManagementPolicy>,
    /// Credentials to use.
    pub provider_config_ref: ProviderConfigReference,
    /// Where connection details go.
    pub write_connection_secret_to_ref: Option<LocalReference>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            for_provider: Map::new(),
            init_provider: Map::new(),
            import: None,
            management_policies: vec![ManagementPolicy::All],
            provider_config_ref: ProviderConfigReference::default(),
            write_connection_secret_to_ref: None,
        }
    }
}

/// How an object that exists is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Import {
    /// What it has.
    pub filter: Map<String, Value>,
}

/// Which ProviderConfig.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigReference {
    /// `ProviderConfig` or `ClusterProviderConfig`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl Default for ProviderConfigReference {
    fn default() -> Self {
        Self { kind: "ClusterProviderConfig".to_owned(), name: "default".to_owned() }
    }
}

/// An object in the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalReference {
    /// Its name.
    pub name: String,
}

/// `status` of every managed resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// Conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Generation that the status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Last value of the reconcile request annotation that was honoured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// State of the external resource.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub at_provider: Map<String, Value>,
}

impl Managed {
    /// A non-empty annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.metadata.annotations.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The external-name, once there is one.
    pub fn external_name(&self) -> Option<&str> {
        self.annotation(meta::EXTERNAL_NAME)
    }

    /// What the object that it stands for is to be found by, as long as that counts: it has no external-name, no create of it
    /// has begun, and nobody asked to delete it.
    pub fn sought(&self) -> Option<&Map<String, Value>> {
        let open = self.external_name().is_none() && !self.create_incomplete() && !self.deleting();
        self.spec.import.as_ref().map(|import| &import.filter).filter(|filter| open && !filter.is_empty())
    }

    /// Did somebody ask to delete it?
    pub fn deleting(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }

    /// Does it carry our finalizer?
    pub fn finalized(&self) -> bool {
        self.metadata.finalizers.iter().any(|f| f == meta::FINALIZER)
    }

    /// The finalizer of somebody who has to let it go first, if there is one. Kubernetes' own finalizers don't count: in a deletion in the foreground
    /// the garbage collector waits for what the object owns, and its usage of a ProviderConfig is let go by us alone.
    pub fn held_by_others(&self) -> Option<&str> {
        let all = &self.metadata.finalizers;
        let other = |finalizer: &&str| !meta::COLLECTORS.contains(finalizer) && *finalizer != meta::FINALIZER;
        all.iter().map(String::as_str).find(other).filter(|_| all.len() > 1)
    }

    /// Is it paused by annotation?
    pub fn paused(&self) -> bool {
        self.annotation(meta::PAUSED) == Some("true")
    }

    /// The token of a request to reconcile now that was not handled yet.
    pub fn reconcile_request(&self) -> Option<&str> {
        let handled = self.status.last_handled_reconcile_at.as_deref();
        self.annotation(meta::RECONCILE_REQUESTED_AT).filter(|token| Some(*token) != handled)
    }

    /// A create was begun whose end is not recorded.
    pub fn create_incomplete(&self) -> bool {
        let at = |key| self.annotation(key).unwrap_or_default();
        let pending = at(meta::CREATE_PENDING);
        // RFC 3339 in UTC with equal precision sorts as text.
        !pending.is_empty() && pending > at(meta::CREATE_SUCCEEDED) && pending > at(meta::CREATE_FAILED)
    }

    /// The create that succeeded was not the first.
    pub fn create_repeated(&self) -> bool {
        let at = |key| self.annotation(key).unwrap_or_default();
        let failed = at(meta::CREATE_FAILED);
        !failed.is_empty() && at(meta::CREATE_SUCCEEDED) > failed
    }

    /// The condition of a type.
    pub fn condition(&self, r#type: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|condition| condition.r#type == r#type)
    }

    /// Is the condition of this type True?
    pub fn holds(&self, r#type: &str) -> bool {
        self.condition(r#type).is_some_and(|condition| condition.status == "True")
    }

    /// UID of the controlling owner.
    pub fn controller(&self) -> Option<&str> {
        self.metadata.owner_references.iter().find(|o| o.controller).map(|o| o.uid.as_str())
    }
}

/// What is wanted of the external resource: the parts of a spec that a kind reads, with references resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// `spec.forProvider`.
    pub for_provider: Map<String, Value>,
    /// `spec.initProvider`.
    pub init_provider: Map<String, Value>,
    /// `spec.import.filter`, while it counts.
    pub filter: Map<String, Value>,
}

impl Wanted {
    /// Parameters of a request: `initProvider` counts until the creation is complete (INI-2, INI-3).
    pub fn parameters(&self, creating: bool) -> Map<String, Value> {
        if creating { merged(&self.init_provider, &self.for_provider) } else { self.for_provider.clone() }
    }
}

/// What a create asks for: `initProvider` under `forProvider` (INI-1: objects merge, lists do not).
pub fn merged(init_provider: &Map<String, Value>, for_provider: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = init_provider.clone();
    merge_over(&mut merged, for_provider);
    merged
}

fn merge_over(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge_over(below, above),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn managed(value: Value) -> Managed {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn ini_1_for_provider_wins_per_leaf_and_lists_are_not_mixed() {
        let object = managed(json!({"spec": {
            "forProvider": {"a": {"x": 1}, "list": [1]},
            "initProvider": {"a": {"x": 9, "y": 2}, "list": [7, 8], "b": true},
        }}));
        let want = json!({"a": {"x": 1, "y": 2}, "list": [1], "b": true});
        assert_eq!(Value::Object(merged(&object.spec.init_provider, &object.spec.for_provider)), want);
    }

    #[test]
    fn a_create_is_incomplete_only_while_pending_is_the_latest_mark() {
        for (pending, succeeded, failed, want) in [
            ("", "", "", false),
            ("2026-01-01T00:00:01Z", "", "", true),
            ("2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z", "", false),
            ("2026-01-01T00:00:02Z", "2026-01-01T00:00:01Z", "", true),
            ("2026-01-01T00:00:02Z", "", "2026-01-01T00:00:03Z", false),
        ] {
            let marks = json!({(meta::CREATE_PENDING): pending, (meta::CREATE_SUCCEEDED): succeeded, (meta::CREATE_FAILED): failed});
            assert_eq!(
                managed(json!({"metadata": {"annotations": marks}})).create_incomplete(),
                want,
                "{pending} {succeeded} {failed}"
            );
        }
    }

    #[test]
    fn nam_5_a_filter_counts_only_while_nothing_else_says_what_the_resource_stands_for() {
        let object = |annotations: Value, import: Value| {
            managed(json!({"metadata": {"annotations": annotations}, "spec": {"import": import}}))
        };
        let filter = || json!({"filter": {"name": "web"}});
        let failed = json!({(meta::CREATE_PENDING): "2026-01-01T00:00:01Z", (meta::CREATE_FAILED): "2026-01-01T00:00:02Z"});
        for (annotations, import, counts) in [
            (json!({}), filter(), true),
            (json!({(meta::EXTERNAL_NAME): ""}), filter(), true),
            (failed, filter(), true),
            (json!({(meta::EXTERNAL_NAME): "i"}), filter(), false),
            (json!({(meta::CREATE_PENDING): "2026-01-01T00:00:01Z"}), filter(), false),
            (json!({}), json!({"filter": {}}), false),
            (json!({}), Value::Null, false),
        ] {
            let mut object = object(annotations.clone(), import.clone());
            assert_eq!(object.sought().is_some(), counts, "{annotations} {import}");
            object.metadata.deletion_timestamp = Some("2026-01-01T00:00:00Z".to_owned());
            assert_eq!(object.sought(), None);
        }
    }

    #[test]
    fn mr_1_what_is_left_out_of_the_spec_gets_crossplanes_defaults() {
        let object = managed(json!({"spec": {"forProvider": {}}}));
        assert_eq!(object.spec.management_policies, [ManagementPolicy::All]);
        assert_eq!(object.spec.provider_config_ref.kind, "ClusterProviderConfig");
        assert_eq!(object.spec.provider_config_ref.name, "default");
    }
}
