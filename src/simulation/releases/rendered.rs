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
            text("/conf/keystone", "[DEFAULT]") + &text("/endpoints/oslo_db/auth/keystone/password", "");
        match text("/fault", "").as_str() {
            "misformatted" => conf.push_str("workers = %!s(float64=4)"),
            "random" => conf.push_str(&format!("key = {run}")),
            "broken" => return Err(Error::Rendering("keystone/templates/a.yaml: no value for b".to_owned())),
            _ => {}
        }
        let password = text("/endpoints/identity/auth/admin/password", "");
        let image = format!("{:?}", text("/images/tags/keystone_api", "keystone:1"));
        Ok(format!("{KEYSTONE}{MORE}")
            .replace("HASH", &HEXLOWER.encode(&Sha256::digest(&conf)))
            .replace("W0RFRkFVTFRd", &STANDARD.encode(conf))
            .replace("aHVudGVyMg==", &STANDARD.encode(password))
            .replace("\"keystone:1\"", &image)
            .replace("keystone-", &format!("{}-", template.release)))
    }
}
