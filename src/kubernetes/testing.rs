//! What tests of the backend share, here and in the simulation: a chart's rendering, the tools of a connection, and a player of
//! Kubernetes' controllers.

use super::{
    charts::{Charts, tests::packaged},
    documents::Documents,
    error::Error,
    helm::{Helm, Template},
    probe::Network,
    tools::Tools,
};
use crate::{
    kind::{
        cloud::{Backend, Cloud, Credentials},
        failure::Failure,
    },
    release::facts::Probe,
    runtime::testing::fake::Fake,
    source::Sources,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, net::IpAddr, path::Path, sync::Arc};

pub mod hosts;

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

/// A Helm that nobody needs.
struct NoHelm;

#[async_trait]
impl Helm for NoHelm {
    fn version(&self) -> &str {
        "v4.1.4"
    }

    async fn template(&self, _: &Template<'_>) -> Result<String, Error> {
        Err(Error::Helm("nothing is rendered here".to_owned()))
    }
}

/// A Helm for tests that render nothing.
pub fn no_helm() -> Arc<dyn Helm> {
    Arc::new(NoHelm)
}

/// The way to no cloud.
struct NoClouds;

#[async_trait]
impl Backend for NoClouds {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Err(Failure::terminal("NoClouds", "there are no clouds here"))
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
    let sources = Sources::allowing(["127.0.0.0/8".parse().unwrap()]);
    let charts = Charts::new(sources.clone(), Some(mounted), folder.join("kept"));
    let documents = Documents::new(sources);
    Tools { helm, charts, documents, network: Arc::new(Answering), openstack: Arc::new(NoClouds), now }
}

/// A folder for charts.
pub fn folder(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("kupenstack-bed-{}-{name}", std::process::id()))
}

/// What Kubernetes' controllers do: every Job completes, every Deployment becomes ready, every Service gets an address, but for
/// what is stuck, by the beginnings of names: the pods of such a Job fail time and again. Returns the Jobs that ran.
pub fn turn(server: &Fake, namespace: &str, stuck: &BTreeSet<String>) -> Vec<Value> {
    let is_stuck = |name: &str| stuck.iter().any(|stem| name.starts_with(stem));
    let ran = run_jobs(server, namespace, &is_stuck);
    let of = |api: &str, plural: &str| format!("{api}/namespaces/{namespace}/{plural}");
    let deployments = of("/apis/apps/v1", "deployments");
    for mut deployment in server.list(&deployments) {
        let name = named(&deployment);
        let none = json!(0);
        let count = if is_stuck(&name) { &none } else { &deployment["spec"]["replicas"] };
        let seen = &deployment["metadata"]["generation"];
        let status = json!({"readyReplicas": count, "updatedReplicas": count, "observedGeneration": seen});
        if deployment["status"] != status {
            deployment["status"] = status;
            server.put(&format!("{deployments}/{name}"), deployment);
        }
    }
    let services = of("/api/v1", "services");
    for mut service in server.list(&services).into_iter().filter(|it| it["spec"]["clusterIP"].is_null()) {
        service["spec"]["clusterIP"] = json!("10.96.0.10");
        server.put(&format!("{services}/{}", named(&service)), service);
    }
    ran
}

fn run_jobs(server: &Fake, namespace: &str, is_stuck: &dyn Fn(&str) -> bool) -> Vec<Value> {
    let jobs = format!("/apis/batch/v1/namespaces/{namespace}/jobs");
    let mut ran = vec![];
    for mut job in server.list(&jobs).into_iter().filter(|job| job["status"].is_null()) {
        let name = named(&job);
        let pod = format!("/api/v1/namespaces/{namespace}/pods/{name}-x7b2p");
        if is_stuck(&name) {
            if server.get(&pod).is_none() {
                server.put(&pod, failing_pod(&name));
            }
            continue;
        }
        if server.get(&pod).is_some() {
            server.remove(&pod);
        }
        job["status"] = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        server.put(&format!("{jobs}/{name}"), job.clone());
        ran.push(job);
    }
    ran
}

/// A pod whose container has ended three times alike.
fn failing_pod(job: &str) -> Value {
    let ended = json!({"terminated": {"exitCode": 1, "reason": "Error", "message": "Access denied"}});
    let waits = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}});
    json!({"kind": "Pod", "spec": {"containers": [{"name": "main"}]},
        "metadata": {"uid": format!("pod-of-{job}"), "ownerReferences": [{"kind": "Job", "name": job, "controller": true}]},
        "status": {"phase": "Running", "containerStatuses": [
            {"name": "main", "restartCount": 3, "state": waits, "lastState": ended}]}})
}

/// Name of an object.
pub fn named(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().to_owned()
}
