//! The provider of OpenStack: its kinds, and the family of ProviderConfigs that say where a cloud is and who logs in.

use super::KINDS;
use crate::{
    api::{
        DOMAIN,
        provider_config::{Changes, ConfigCrds, SecretKeyReference},
    },
    kind::{
        cloud::Credentials,
        provider::{ConfigFamily, ConfigSpec, Expected, Provider},
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The provider.
pub fn openstack() -> Provider {
    Provider { name: "kupenstack", family: &FAMILY, kinds: KINDS.as_slice() }
}

/// ProviderConfigs of OpenStack clouds.
pub static FAMILY: ConfigFamily = ConfigFamily {
    crds: ConfigCrds {
        group: DOMAIN,
        categories: &["crossplane", "provider", "openstack"],
        about: [
            "Credentials of a cloud, for the managed resources of its own namespace.",
            "Credentials of a cloud, for managed resources of every namespace.",
        ],
        columns: &[("PROJECT", ".status.cloud.project.name")],
        wide_columns: &[
            ("AUTH-URL", ".status.cloud.authUrl"),
            ("FAILING-SINCE", ".status.failingSince"),
            ("SECRET-NAME", ".spec.credentials.secretRef.name"),
        ],
        spec: spec_schema,
        description_key: "cloud",
        description: cloud_schema,
    },
    read,
    expects: Expected { document: "a clouds.yaml", fields: "the fields of a clouds.yaml entry as keys" },
};

/// `spec` of `ProviderConfig` and `ClusterProviderConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    credentials: CredentialSource,
    cloud: Option<String>,
    region: Option<String>,
    interface: Option<String>,
    requests_per_second: Option<u32>,
    allowed_namespaces: Option<Vec<String>>,
    #[serde(default)]
    take_over_across_namespaces: bool,
    #[serde(default)]
    changes: Changes,
}

/// Where the credentials lie.
#[derive(Debug, Deserialize)]
#[serde(tag = "source", rename_all_fields = "camelCase")]
enum CredentialSource {
    Secret { secret_ref: SecretKeyReference },
}

fn read(spec: Value, _: Option<&str>) -> Result<ConfigSpec, serde_json::Error> {
    let spec: Spec = serde_json::from_value(spec)?;
    let CredentialSource::Secret { secret_ref } = spec.credentials;
    Ok(ConfigSpec {
        allowed_namespaces: spec.allowed_namespaces,
        take_over_across_namespaces: spec.take_over_across_namespaces,
        changes: spec.changes,
        secret: Some(secret_ref),
        credentials: Credentials {
            cloud: spec.cloud,
            region: spec.region,
            interface: spec.interface,
            requests_per_second: spec.requests_per_second,
            ..Credentials::default()
        },
    })
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
        properties.insert(
            "namespace".into(),
            json!({"type": "string", "minLength": 1, "description": "Namespace of the Secret."}),
        );
    }
    let text = |about: &str| json!({"type": "string", "minLength": 1, "description": about});
    json!({"type": "object", "required": ["credentials"],
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
    }})
}

fn cloud_schema() -> Value {
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
    json!({"type": "object", "description": "What the cloud said when the login worked last.", "properties": {
            "authUrl": text("Address of Keystone, with version."),
            "user": party("Who is logged in."),
            "project": party("Project that the login is for."),
            "domain": party("Domain that the login is for, if it is for a domain."),
            "system": {"type": "boolean", "description": "The login is for the whole deployment."},
            "roles": names("Names of the roles that the user has there."),
            "regions": names("Regions that the service catalog names."),
            "services": {"type": "array", "items": service, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                "description": "Services of the catalog in the region and on the interface in use."},
    }})
}
