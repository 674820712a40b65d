//! The provider of components: its kinds, and the family of ProviderConfigs that say as whom releases are installed.

use super::KINDS;
use crate::{
    api::provider_config::{Changes, ConfigCrds},
    kind::{
        cloud::{Credentials, Given},
        provider::{ConfigFamily, ConfigSpec, Expected, Provider},
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The provider.
pub fn components() -> Provider {
    Provider { name: "kupenstack-components", family: &FAMILY, kinds: KINDS.as_slice() }
}

/// Word of the command line that runs it.
pub const COMMAND: &str = "components";

/// Path of Helm in its image, without a leading slash.
pub const HELM: &str = "usr/local/bin/helm";

/// ProviderConfigs that name a ServiceAccount.
pub static FAMILY: ConfigFamily = ConfigFamily {
    crds: ConfigCrds {
        group: "component.kupenstack.io",
        categories: &["crossplane", "provider", "openstack"],
        about: [
            "The ServiceAccount of its own namespace as which components of that namespace are installed.",
            "The ServiceAccount as which components are installed.",
        ],
        columns: &[("ACCOUNT", ".status.cluster.account")],
        wide_columns: &[("VERSION", ".status.cluster.version")],
        spec: spec_schema,
        description_key: "cluster",
        description: cluster_schema,
    },
    read,
    expects: Expected { document: "nothing", fields: "nothing" },
};

/// `spec` of `ProviderConfig` and `ClusterProviderConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    service_account_ref: ServiceAccountRef,
    allowed_namespaces: Option<Vec<String>>,
    #[serde(default)]
    take_over_across_namespaces: bool,
    #[serde(default)]
    changes: Changes,
}

#[derive(Debug, Deserialize)]
struct ServiceAccountRef {
    namespace: Option<String>,
    name: String,
}

/// The account of a namespaced ProviderConfig is of its own namespace, whatever it says.
fn read(spec: Value, home: Option<&str>) -> Result<ConfigSpec, serde_json::Error> {
    let Spec { service_account_ref: account, allowed_namespaces, take_over_across_namespaces, changes } =
        serde_json::from_value(spec)?;
    let namespace = home.map(str::to_owned).or(account.namespace).unwrap_or_default();
    let given = Given::Account { namespace, name: account.name };
    Ok(ConfigSpec {
        allowed_namespaces,
        take_over_across_namespaces,
        changes,
        secret: None,
        credentials: Credentials { given, ..Credentials::default() },
    })
}

fn spec_schema(namespaced: bool) -> Value {
    let text = |about: &str| json!({"type": "string", "minLength": 1, "description": about});
    let mut account = json!({"type": "object", "required": ["name"],
        "description": "The ServiceAccount as which releases are installed. What it may not do is not done: nothing is done with the provider's own rights.",
        "properties": {"name": text("Name of the ServiceAccount.")}});
    if !namespaced {
        if let Some(Value::Array(required)) = account.get_mut("required") {
            required.push(json!("namespace"));
        }
        if let Some(Value::Object(properties)) = account.get_mut("properties") {
            properties.insert("namespace".into(), text("Namespace of the ServiceAccount."));
        }
    }
    json!({"type": "object", "required": ["serviceAccountRef"],
        "description": "As whom components are installed.",
        "properties": {"serviceAccountRef": account}})
}

fn cluster_schema() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    json!({"type": "object", "description": "What the cluster said when it was asked last.", "properties": {
        "version": text("Version of Kubernetes."),
        "account": text("The ServiceAccount, as namespace/name."),
        "missing": {"type": "array", "items": {"type": "string"},
            "description": "Rights that the ServiceAccount lacks and installing a component needs."},
    }})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(spec: Value, home: Option<&str>) -> (String, String) {
        match read(spec, home).unwrap().credentials.given {
            Given::Account { namespace, name } => (namespace, name),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_namespaced_config_names_accounts_of_its_own_namespace_whatever_it_says() {
        let theirs = json!({"serviceAccountRef": {"namespace": "openstack", "name": "deployer"}});
        let bare = json!({"serviceAccountRef": {"name": "deployer"}});
        let of = |namespace: &str| (namespace.to_owned(), "deployer".to_owned());
        for spec in [&theirs, &bare] {
            assert_eq!(account(spec.clone(), Some("team")), of("team"));
        }
        assert_eq!(account(theirs, None), of("openstack"));
        assert_eq!(account(bare, None), of(""), "which is no account");
    }
}
