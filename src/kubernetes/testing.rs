//! What tests of the backend share, here and in the simulation: a chart's rendering, the tools of a connection, and a player of
//! Kubernetes' controllers.

use super::{
    charts::{Charts, tests::packaged},
    helm::Helm,
    probe::Network,
    tools::Tools,
};
use crate::{release::facts::Probe, runtime::testing::fake::Fake, source::Sources};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{fs, net::IpAddr, path::Path, sync::Arc};

/// What a chart like Keystone's renders to.
pub const KEYSTONE: &str = r#"---
# Source: keystone/templates/secret-etc.yaml
apiVersion: v1
kind: Secret
metadata: {name: keystone-etc}
data: {keystone.conf: W0RFRkFVTFRd}
---
# Source: keystone/templates/secret-admin.yaml
apiVersion: v1
kind: Secret
metadata: {name: keystone-keystone-admin}
data: {OS_PASSWORD: aHVudGVyMg==}
---
# Source: keystone/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: keystone-api}
spec: {ports: [{port: 5000}]}
---
# Source: keystone/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: keystone-api}
spec:
  replicas: 1
  selector: {matchLabels: {application: keystone}}
  template:
    metadata: {labels: {application: keystone}}
    spec: {containers: [{name: api, image: "keystone:1"}]}
---
# Source: keystone/templates/secret-keys.yaml
apiVersion: v1
kind: Secret
metadata:
  name: keystone-fernet-keys
  annotations: {helm.sh/hook: pre-install, helm.sh/resource-policy: keep}
data: {}
---
# Source: keystone/templates/job-db-init.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-db-init, annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "-5"}}
spec: {template: {spec: {containers: [{name: init, image: "keystone:1"}]}}}
---
# Source: keystone/templates/job-db-sync.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-db-sync, annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "-4"}}
spec:
  template:
    spec:
      containers: [{name: sync, image: "keystone:1"}]
      volumes: [{name: etc, secret: {secretName: keystone-etc}}]
"#;

/// A network in which whatever has an address answers.
struct Answering;

#[async_trait]
impl Network for Answering {
    async fn answers_at(&self, _: IpAddr, _: &Probe) -> bool {
        true
    }
}

/// Tools with a chart `keystone` 1.0.0 in a folder of the test's own.
pub fn tools(
    helm: Arc<dyn Helm>,
    folder: &Path,
    now: Box<dyn Fn() -> jiff::Timestamp + Send + Sync>,
) -> Tools {
    let (mounted, chart) = (folder.join("mounted"), "keystone-1.0.0.tgz");
    if !mounted.join(chart).exists() {
        fs::create_dir_all(&mounted).unwrap();
        fs::write(mounted.join(chart), packaged("keystone", "1.0.0", "")).unwrap();
    }
    let charts = Charts::new(Sources::default(), Some(mounted), folder.join("kept"));
    Tools { helm, charts, network: Arc::new(Answering), now }
}

/// A folder for charts.
pub fn folder(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("kupenstack-bed-{}-{name}", std::process::id()))
}

/// What Kubernetes' controllers do: every Job completes, every Deployment becomes ready, every Service gets an address. Returns
/// the Jobs that ran.
pub fn turn(server: &Fake, namespace: &str) -> Vec<Value> {
    let of = |api: &str, plural: &str| format!("{api}/namespaces/{namespace}/{plural}");
    let jobs = of("/apis/batch/v1", "jobs");
    let mut ran = vec![];
    for mut job in server.list(&jobs).into_iter().filter(|job| job["status"].is_null()) {
        job["status"] = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        server.put(&format!("{jobs}/{}", named(&job)), job.clone());
        ran.push(job);
    }
    let deployments = of("/apis/apps/v1", "deployments");
    for mut deployment in server.list(&deployments) {
        let count = &deployment["spec"]["replicas"];
        let status = json!({"readyReplicas": count, "updatedReplicas": count});
        if deployment["status"] != status {
            deployment["status"] = status;
            server.put(&format!("{deployments}/{}", named(&deployment)), deployment);
        }
    }
    let services = of("/api/v1", "services");
    for mut service in server.list(&services).into_iter().filter(|it| it["spec"]["clusterIP"].is_null()) {
        service["spec"]["clusterIP"] = json!("10.96.0.10");
        server.put(&format!("{services}/{}", named(&service)), service);
    }
    ran
}

/// Name of an object.
pub fn named(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().to_owned()
}
