//! Ready-made files to log in with, for connection secrets.

use crate::kind::{ConnectionDetails, cloud::CloudInfo};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// A `clouds.yaml` with one entry, `openstack`, whose login has a secret of this name; and the CA beside it as a file,
/// for tools that want one.
pub(super) fn clouds_yaml(
    cloud: &CloudInfo,
    kind: &str,
    auth: Value,
    name: &str,
    secret: &SecretString,
) -> ConnectionDetails {
    let mut auth = auth;
    if let Value::Object(auth) = &mut auth {
        auth.insert(name.to_owned(), json!(secret.expose_secret()));
    }
    let mut entry = json!({"auth_type": kind, "auth": auth, "identity_api_version": 3});
    if let Value::Object(entry) = &mut entry {
        entry.extend(cloud.region.iter().map(|region| ("region_name".to_owned(), json!(region))));
        entry.extend(cloud.ca_bundle.iter().map(|pem| ("cacert".to_owned(), json!(pem))));
    }
    let file = ("clouds.yaml", yaml(&json!({"clouds": {"openstack": entry}}), ""));
    let ca = cloud.ca_bundle.clone().map(|pem| ("clusterCA", pem));
    [file].into_iter().chain(ca).map(|(key, value)| (key.to_owned(), value.into())).collect()
}

/// Every text is quoted: no reader, of whatever version of YAML, takes a password for a number.
fn yaml(value: &Value, indent: &str) -> String {
    let lines = value.as_object().into_iter().flatten().map(|(name, value)| match value {
        Value::Object(_) => format!("{indent}{name}:\n{}", yaml(value, &format!("{indent}  "))),
        leaf => format!("{indent}{name}: {leaf}\n"),
    });
    lines.collect()
}

/// A `cloud.conf`, as the cloud provider and the CSI drivers of Kubernetes read it.
pub(super) fn cloud_conf(cloud: &CloudInfo, id: &str, secret: &SecretString) -> ConnectionDetails {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let lines = [
        ("auth-url", Some(cloud.auth_url.as_str())),
        ("application-credential-id", Some(id)),
        ("application-credential-secret", Some(secret.expose_secret())),
        ("region", cloud.region.as_deref()),
    ];
    let lines = lines.iter().filter_map(|(name, value)| Some(format!("{name}={}\n", quoted((*value)?))));
    let file = format!("[Global]\n{}", lines.collect::<String>());
    ConnectionDetails::from([("cloud.conf".to_owned(), file.into())])
}

#[cfg(test)]
mod tests;
