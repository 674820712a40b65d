//! A stand-in for Helm with one chart: hooks of several weights, plain objects of each kind that is treated in its own way.

use crate::kubernetes::{
    error::Error,
    helm::{Helm, Template},
    testing::KEYSTONE,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Beside what the backend's own tests render: a hook before and one after all others, a plain Job, data, and a Deployment
/// whose pods say which configuration they have read, as those of OpenStack-Helm do.
const MORE: &str = r#"---
# Source: keystone/templates/configmap-bin.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: keystone-bin}
data: {start.sh: "true"}
---
# Source: keystone/templates/pvc.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: keystone-data, annotations: {helm.sh/resource-policy: keep}}
spec: {resources: {requests: {storage: 1Gi}}}
---
# Source: keystone/templates/deployment-worker.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: keystone-worker}
spec:
  replicas: 1
  selector: {matchLabels: {application: keystone-worker}}
  template:
    metadata: {labels: {application: keystone-worker}, annotations: {configmap-etc-hash: "HASH"}}
    spec: {containers: [{name: worker, image: "keystone:1"}]}
---
# Source: keystone/templates/job-bootstrap.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-bootstrap}
spec: {template: {spec: {containers: [{name: bootstrap, image: "keystone:1"}]}}}
---
# Source: keystone/templates/job-fernet-setup.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-fernet-setup, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}}
spec: {template: {spec: {containers: [{name: setup, image: "keystone:1"}]}}}
---
# Source: keystone/templates/job-clean.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-credential-cleanup, annotations: {helm.sh/hook: pre-delete}}
spec: {template: {spec: {containers: [{name: clean, image: "keystone:1"}]}}}
"#;

/// An agent of which nodes with a label have a configuration of their own.
const AGENT: &str = r#"---
# Source: keystone/templates/daemonset-agent.yaml
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: NAME}
spec:
  selector: {matchLabels: {application: keystone, component: agent}}
  template:
    metadata: {labels: {application: keystone, component: agent}, annotations: {configmap-etc-hash: "OWN"}}
    spec: {containers: [{name: agent, image: "keystone:1"}]}
"#;

/// As OpenStack-Helm makes them: a DaemonSet for each label and one for all other nodes, whose names tell which labels there are. None
/// unless the values speak of overrides.
fn agents(values: &Value) -> String {
    let Some(labels) = values.pointer("/conf/overrides/keystone_agent/labels").and_then(Value::as_array)
    else {
        return String::new();
    };
    let digest = |text: String| HEXLOWER.encode(&Sha256::digest(text))[..8].to_owned();
    let of = |label: &Value| label["label"]["key"].as_str().unwrap_or_default().to_owned();
    let all = labels.iter().map(of).collect::<Vec<_>>().join(" ");
    let begin = if all.is_empty() { String::new() } else { digest(all) + "-" };
    let others = [("default".to_owned(), String::new())];
    let own = labels.iter().map(|label| (of(label), label["conf"].to_string()));
    let made = others.into_iter().chain(own).map(|(name, conf)| {
        AGENT.replace("NAME", &format!("keystone-agent-{begin}{name}")).replace("OWN", &digest(conf))
    });
    made.collect()
}

/// The stand-in, which counts how often it renders.
#[derive(Default)]
pub struct Renderer(pub AtomicUsize);

#[async_trait]
impl Helm for Renderer {
    fn version(&self) -> &str {
        "v4.1.4"
    }

    /// The value `fault` says what is wrong with the chart.
    async fn template(&self, template: &Template<'_>) -> Result<String, Error> {
        let run = self.0.fetch_add(1, Ordering::SeqCst);
        let values: Value = serde_json::from_str(template.values.expose_secret()).unwrap();
        let text = |pointer: &str, usual: &str| {
            values.pointer(pointer).and_then(Value::as_str).unwrap_or(usual).to_owned()
        };
        let mut conf =
            text("/conf/ini", "[DEFAULT]") + &text("/endpoints/oslo_db/auth/keystone/password", "");
        match text("/fault", "").as_str() {
            "misformatted" => conf.push_str("workers = %!s(float64=4)"),
            "random" => conf.push_str(&format!("key = {run}")),
            "broken" => return Err(Error::Rendering("keystone/templates/a.yaml: no value for b".to_owned())),
            _ => {}
        }
        let password = text("/endpoints/identity/auth/admin/password", "");
        let image = format!("{:?}", text("/images/tags/keystone_api", "keystone:1"));
        let agents = agents(&values);
        Ok(format!("{KEYSTONE}{MORE}{agents}")
            .replace("HASH", &HEXLOWER.encode(&Sha256::digest(&conf)))
            .replace("W0RFRkFVTFRd", &STANDARD.encode(conf))
            .replace("aHVudGVyMg==", &STANDARD.encode(password))
            .replace("\"keystone:1\"", &image)
            .replace("keystone-", &format!("{}-", template.release)))
    }
}
