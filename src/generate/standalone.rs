//! The provider in a cluster without Crossplane: one file with all that Crossplane's package manager and its RBAC manager
//! make of the package.

use super::{error::Error, origin::Origin, packages::Package, rights};
use crate::{kind::provider::Provider, xpkg};
use serde_json::{Value, json};

/// Where the provider runs: also where the examples have their credentials.
const NAMESPACE: &str = "crossplane-system";
/// As Crossplane runs providers: nobody's user.
const USER: u32 = 2000;
const METRICS: u16 = 8080;
const HEALTH: u16 = 8081;

const HEAD: &str = "\
# The provider in a cluster without Crossplane: CRDs, rights, Deployment and Service. There is no package manager then, and no
# compositions; and never install it beside the package: two would change the same objects. Put your registry in the image's
# name, then: kubectl apply --server-side -f package/standalone.yaml
";

/// The file.
pub(super) fn file(package: &Package, provider: &Provider) -> Result<String, Error> {
    let mut text = HEAD.to_owned();
    for object in objects(package, provider)? {
        text.push_str("---\n");
        text.push_str(&xpkg::yaml("standalone", &object)?);
    }
    Ok(text)
}

/// Its objects, in the order in which they need each other.
pub(super) fn objects(package: &Package, provider: &Provider) -> Result<Vec<Value>, Error> {
    let (name, origin) = (provider.package(), Origin::default());
    let mut all = vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})];
    all.extend(package.objects(&origin)?);
    all.push(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": place(&name)}));
    all.extend(rights::user_roles(provider));
    all.extend([rights::cluster_role(provider), binding(&name)]);
    all.push(deployment(&name, &format!("{}:{}", origin.package(&name), origin.version)));
    all.push(service(&name));
    Ok(all)
}

fn place(name: &str) -> Value {
    json!({"name": name, "namespace": NAMESPACE, "labels": labels(name)})
}

fn labels(name: &str) -> Value {
    json!({"app.kubernetes.io/name": name})
}

fn binding(name: &str) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}]})
}

/// With a lease, so that an update or a second replica never means that two work.
fn deployment(name: &str, image: &str) -> Value {
    let probe = |path: &str| json!({"httpGet": {"path": path, "port": "health"}});
    let container = json!({
        "name": "provider", "image": image, "args": ["--leader-election"],
        "env": [{"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
        "ports": [{"name": "metrics", "containerPort": METRICS}, {"name": "health", "containerPort": HEALTH}],
        "livenessProbe": probe("/healthz"), "readinessProbe": probe("/readyz"),
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]}},
    });
    let user = json!({"runAsNonRoot": true, "runAsUser": USER, "runAsGroup": USER,
        "seccompProfile": {"type": "RuntimeDefault"}});
    let pod = json!({"serviceAccountName": name, "securityContext": user, "containers": [container]});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place(name), "spec": {
        "replicas": 1, "selector": {"matchLabels": labels(name)},
        "template": {"metadata": {"labels": labels(name)}, "spec": pod}}})
}

fn service(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": place(name), "spec": {
        "selector": labels(name), "ports": [{"name": "metrics", "port": METRICS, "targetPort": "metrics"}]}})
}
