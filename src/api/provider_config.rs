//! The ProviderConfig family: where credentials come from, and who uses them (contract §4).

use super::{DOMAIN, VERSION, crd, glob};
use serde::Deserialize;
use serde_json::{Value, json};

/// `spec` of `ProviderConfig` and `ClusterProviderConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigSpec {
    /// Where the credentials lie.
    pub credentials: CredentialSource,
    /// Entry of `clouds` to use.
    pub cloud: Option<String>,
    /// Region, before the entry's.
    pub region: Option<String>,
    /// Endpoint interface, before the entry's.
    pub interface: Option<String>,
    /// Requests a second to each service at most, over time.
    pub requests_per_second: Option<u32>,
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

/// A Secret, or a key of it; the namespace is the ProviderConfig's own where it has one (PC-9).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SecretKeyReference {
    /// The Secret's name.
    pub name: String,
    /// Its namespace; only for `ClusterProviderConfig`.
    pub namespace: Option<String>,
    /// The key that holds a `clouds.yaml`; without it the Secret's keys are the fields themselves.
    pub key: Option<String>,
}

fn spec_schema(namespaced: bool) -> Value {
    let mut secret = json!({"type": "object", "required": ["name"],
    "description": "The Secret that holds a clouds.yaml, or the fields of one entry of it.",
    "properties": {
        "name": {"type": "string", "description": "Name of the Secret."},
        "key": {"type": "string", "minLength": 1, "description": "Key of the Secret whose value is a clouds.yaml. Left out, the Secret's own keys are the fields of one entry, as auth_url and password, or as in an openrc file, OS_AUTH_URL and OS_PASSWORD."},
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
                "message": "credentials.secretRef is required when source is Secret: name the Secret, and the key that holds your clouds.yaml"}]},
        "cloud": text("Entry below clouds in the clouds.yaml; may be left out if there is only one."),
        "region": text("Region to work in; the clouds.yaml entry's region_name unless set."),
        "interface": {"type": "string", "enum": ["public", "internal", "admin"],
            "description": "Endpoint interface; the clouds.yaml entry's, or public, unless set."},
        "requestsPerSecond": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 10000,
            "description": "How many requests a second go to each OpenStack service at most, over time; five times as many may go at once. 200 unless set. Pauses that a service asks for (429 or 503 with Retry-After) are kept in any case."},
    }});
    if !namespaced && let Some(Value::Object(properties)) = spec.get_mut("properties") {
        properties.insert("allowedNamespaces".into(), allowed_namespaces());
    }
    spec
}

fn status_schema() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    let names = |about: &str| json!({"type": "array", "items": {"type": "string"}, "description": about});
    let party = |about: &str| {
        json!({"type": "object", "description": about, "properties": {
            "id": text("Its id."),
            "name": text("Its name."),
            "domain": text("Name of the domain that it is in."),
        }})
    };
    let service = json!({"type": "object", "required": ["type", "endpoint"], "properties": {
        "type": text("Type in the service catalog, such as network."),
        "endpoint": text("Address in the region and on the interface in use."),
        "version": text("API version that the service names; only of services that the provider has kinds of."),
        "minMicroversion": text("Oldest microversion that the service speaks."),
        "maxMicroversion": text("Newest microversion that the service speaks. A field that needs a newer one is refused, saying so."),
        "problem": text("Why the service's version could not be found out."),
    }});
    json!({"type": "object", "description": "What is known of it.", "properties": {
        "conditions": crd::conditions_schema(),
        "users": {"type": "integer", "format": "int64", "description": "How many managed resources use it."},
        "failingSince": {"type": "string", "format": "date-time",
            "description": "Since when Ready is False. Absent while the login works."},
        "cloud": {"type": "object", "description": "What the cloud said when the login worked last.", "properties": {
            "authUrl": text("Address of Keystone, with version."),
            "user": party("Who is logged in."),
            "project": party("Project that the login is for."),
            "domain": party("Domain that the login is for, if it is for a domain."),
            "system": {"type": "boolean", "description": "The login is for the whole deployment."},
            "roles": names("Names of the roles that the user has there."),
            "regions": names("Regions that the service catalog names."),
            "services": {"type": "array", "items": service, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                "description": "Services of the catalog in the region and on the interface in use."},
        }},
    }})
}

fn allowed_namespaces() -> Value {
    json!({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 63},
        "description": "Namespaces whose managed resources may use these credentials: names, in which * stands for any text and ? for one character. All namespaces unless set; none if empty."})
}

fn config(kind: &str, scope: &str, about: &str) -> Value {
    crd::Crd {
        group: DOMAIN.to_owned(),
        kind,
        plural: &format!("{}s", kind.to_lowercase()),
        scope,
        categories: &["crossplane", "provider", "openstack"],
        columns: json!([
            {"name": "READY", "type": "string", "jsonPath": ".status.conditions[?(@.type=='Ready')].status"},
            {"name": "PROJECT", "type": "string", "jsonPath": ".status.cloud.project.name"},
            {"name": "USERS", "type": "integer", "jsonPath": ".status.users"},
            {"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
            {"name": "AUTH-URL", "type": "string", "jsonPath": ".status.cloud.authUrl", "priority": 1},
            {"name": "FAILING-SINCE", "type": "string", "jsonPath": ".status.failingSince", "priority": 1},
            {"name": "SECRET-NAME", "type": "string", "jsonPath": ".spec.credentials.secretRef.name", "priority": 1},
        ]),
        about,
        required: &["spec"],
        properties: json!({"spec": spec_schema(scope == "Namespaced"), "status": status_schema()}),
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
