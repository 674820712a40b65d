//! One object of a manifest: its identity, its place in Helm's order, and what Helm's annotations say of it.

use serde_json::Value;
use std::fmt;

/// An object as a chart renders it.
#[derive(Clone, PartialEq)]
pub struct Object {
    /// Its text, without the comment that says where it comes from.
    pub text: String,
    /// The template that it comes from: `keystone/templates/job-db-sync.yaml`.
    pub source: String,
    /// The object.
    pub value: Value,
}

/// What tells one object from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// API group and version: `apps/v1`, `v1`.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace; `None` for what is cluster-scoped.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl Identity {
    /// The API group; empty for the core.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Do both name one object? It can be said in several versions of its group.
    pub fn is_same(&self, other: &Self) -> bool {
        let place = self.namespace == other.namespace && self.name == other.name;
        place && self.kind == other.kind && self.group() == other.group()
    }
}

/// `Kind/name`, as messages and statuses name it.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// Manifests hold Secrets.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind(), self.name())
    }
}

impl Object {
    /// A text at a pointer; empty if there is none.
    fn at(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its `apiVersion`.
    pub fn api_version(&self) -> &str {
        self.at("/apiVersion")
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.at("/kind")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.at("/metadata/name")
    }

    /// The namespace that it names, if any.
    pub fn named_namespace(&self) -> Option<&str> {
        Some(self.at("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.value.pointer("/metadata/annotations")?.get(name)?.as_str()
    }

    /// Does a namespace hold it? A kind that nobody knows is taken for one of a namespace.
    pub fn is_namespaced(&self) -> bool {
        !CLUSTER_SCOPED.contains(&self.kind())
    }

    /// What tells it from others, in a release of this namespace.
    pub fn identity(&self, namespace: &str) -> Identity {
        Identity {
            api_version: self.api_version().to_owned(),
            kind: self.kind().to_owned(),
            namespace: self.is_namespaced().then(|| self.named_namespace().unwrap_or(namespace).to_owned()),
            name: self.name().to_owned(),
        }
    }

    /// Does it stay when the release no longer has it?
    pub fn is_kept(&self) -> bool {
        self.annotation("helm.sh/resource-policy")
            .is_some_and(|policy| policy.trim().eq_ignore_ascii_case("keep"))
    }

    /// Is it removed with the release, or when the release no longer has it? Not what holds data: a claim goes by the
    /// policy for data alone.
    pub fn is_removable(&self) -> bool {
        !self.is_kept() && self.kind() != "PersistentVolumeClaim"
    }

    /// Its pod template, if it makes pods; a pod is its own.
    pub fn pod_template(&self) -> Option<&Value> {
        match self.kind() {
            "Pod" => Some(&self.value),
            "CronJob" => self.value.pointer("/spec/jobTemplate/spec/template"),
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "ReplicaSet" | "ReplicationController" => {
                self.value.pointer("/spec/template")
            }
            _ => None,
        }
    }

    /// Where it stands when a release is installed. Removal is the reverse.
    pub fn order(&self) -> (usize, &str) {
        let kind = self.kind();
        // Kinds that are not in the list come last, by name.
        INSTALL_ORDER
            .iter()
            .position(|known| *known == kind)
            .map_or((INSTALL_ORDER.len(), kind), |at| (at, ""))
    }
}

/// Kinds that belong to no namespace.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CSIDriver",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttributesClass",
];

/// Helm's order: <https://github.com/helm/helm/blob/v4.1.4/pkg/release/v1/util/kind_sorter.go>
const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];
