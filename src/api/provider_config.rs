//! The ProviderConfig family: where credentials come from, and who uses them (contract §4).

use super::{DOMAIN, VERSION, crd, glob};
use serde::Deserialize;
use serde_json::{Value, json};

/// `spec` of `ProviderConfig` and `ClusterProviderConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigSpec {
    /// Where the `clouds.yaml` lies.
    pub credentials: CredentialSource,
    /// Entry of `clouds` to use.
    pub cloud: Option<String>,
    /// Region, before the entry's.
    pub region: Option<String>,
    /// Endpoint interface, before the entry's.
    pub interface: Option<String>,
    /// Namespaces whose managed resources may use it; all unless set (PC-11).
    pub allowed_namespaces: Option<Vec<String>>,
}

impl ProviderConfigSpec {
    /// May managed resources of this namespace use it?
    pub fn allows(&self, namespace: &str) -> bool {
        let allowed = self.allowed_namespaces.as_ref();
        allowed.is_none_or(|patterns| patterns.iter().any(|pattern| glob::matches(pattern, namespace)))
    }
}

/// Where the credentials lie.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialSource {
    /// Only `Secret` so far.
    pub source: Source,
    /// Which Secret.
    pub secret_ref: Option<SecretKeyReference>,
}

/// Kinds of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Source {
    /// A key of a Secret.
    Secret,
}

/// A key of a Secret; the namespace is the ProviderConfig's own where it has one (PC-9).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SecretKeyReference {
    /// The Secret's name.
    pub name: String,
    /// Its namespace; only for `ClusterProviderConfig`.
    pub namespace: Option<String>,
    /// The key.
    pub key: String,
}

fn spec_schema(namespaced: bool) -> Value {
    let mut secret = json!({"type": "object", "required": ["name", "key"],
    "description": "The key of the Secret that holds a clouds.yaml.",
    "properties": {
        "name": {"type": "string", "description": "Name of the Secret."},
        "key": {"type": "string", "description": "Key of the Secret whose value is a clouds.yaml."},
    }});
    if !namespaced && let Some(Value::Array(required)) = secret.get_mut("required") {
        required.push(json!("namespace"));
    }
    if !namespaced && let Some(Value::Object(properties)) = secret.get_mut("properties") {
        properties
            .insert("namespace".into(), json!({"type": "string", "description": "Namespace of the Secret."}));
    }
    let text = |about: &str| json!({"type": "string", "minLength": 1, "description": about});
    let mut spec = json!({"type": "object", "required": ["credentials"],
    "description": "How to reach a cloud, and as whom.",
    "properties": {
        "credentials": {"type": "object", "required": ["source"], "description": "Where the credentials lie.",
            "properties": {
                "source": {"type": "string", "enum": ["Secret"], "description": "Kind of source."},
                "secretRef": secret,
            },
            "x-kubernetes-validations": [{"rule": "self.source != 'Secret' || has(self.secretRef)",
                "message": "credentials.secretRef is required when source is Secret: name the Secret and the key that hold your clouds.yaml"}]},
        "cloud": text("Entry below clouds in the clouds.yaml; may be left out if there is only one."),
        "region": text("Region to work in; the clouds.yaml entry's region_name unless set."),
        "interface": {"type": "string", "enum": ["public", "internal", "admin"],
            "description": "Endpoint interface; the clouds.yaml entry's, or public, unless set."},
    }});
    if !namespaced && let Some(Value::Object(properties)) = spec.get_mut("properties") {
        properties.insert("allowedNamespaces".into(), allowed_namespaces());
    }
    spec
}

fn allowed_namespaces() -> Value {
    json!({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 63},
        "description": "Namespaces whose managed resources may use these credentials: names, in which * stands for any text and ? for one character. All namespaces unless set; none if empty."})
}

fn config(kind: &str, scope: &str, about: &str) -> Value {
    let status = json!({"type": "object", "description": "What is known of it.", "properties": {
        "conditions": crd::conditions_schema(),
        "users": {"type": "integer", "format": "int64", "description": "How many managed resources use it."},
    }});
    crd::Crd {
        group: DOMAIN.to_owned(),
        kind,
        plural: &format!("{}s", kind.to_lowercase()),
        scope,
        categories: &["crossplane", "provider", "openstack"],
        columns: json!([
            {"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
            {"name": "SECRET-NAME", "type": "string", "jsonPath": ".spec.credentials.secretRef.name", "priority": 1},
        ]),
        about,
        required: &["spec"],
        properties: json!({"spec": spec_schema(scope == "Namespaced"), "status": status}),
    }
    .build()
}

fn usage() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    crd::Crd {
        group: DOMAIN.to_owned(),
        kind: "ProviderConfigUsage",
        plural: "providerconfigusages",
        scope: "Namespaced",
        categories: &["crossplane", "provider", "openstack"],
        columns: json!([
            {"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
            {"name": "CONFIG-NAME", "type": "string", "jsonPath": ".providerConfigRef.name"},
            {"name": "RESOURCE-KIND", "type": "string", "jsonPath": ".resourceRef.kind"},
            {"name": "RESOURCE-NAME", "type": "string", "jsonPath": ".resourceRef.name"},
        ]),
        about: "Says that a managed resource uses a ProviderConfig. Made by the provider.",
        required: &["providerConfigRef", "resourceRef"],
        properties: json!({
            "providerConfigRef": {"type": "object", "required": ["kind", "name"], "description": "What is used.",
                "properties": {"kind": text("Its kind."), "name": text("Its name.")}},
            "resourceRef": {"type": "object", "required": ["apiVersion", "kind", "name"], "description": "Who uses it.",
                "properties": {"apiVersion": text("Its API version."), "kind": text("Its kind."),
                    "name": text("Its name."), "uid": text("Its UID.")}},
        }),
    }
    .build()
}

/// The three CRDs, which Crossplane installs at once and knows by their kinds.
pub fn crds() -> Vec<Value> {
    vec![
        config(
            "ProviderConfig",
            "Namespaced",
            "Credentials of a cloud, for the managed resources of its own namespace.",
        ),
        config(
            "ClusterProviderConfig",
            "Cluster",
            "Credentials of a cloud, for managed resources of every namespace.",
        ),
        usage(),
    ]
}

/// `apiVersion` of the family.
pub fn api_version() -> String {
    format!("{DOMAIN}/{VERSION}")
}
