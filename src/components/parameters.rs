//! What can be wanted of a component: one struct for all of them.

use crate::api::secret::TextSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What can be wanted of a component.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(bound = "R: JsonSchema + Default + Serialize")]
pub struct ComponentParameters<R> {
    /// Where the Helm chart is, and which version of it. Its digest is recorded with the release: other bytes under the
    /// same version are refused until the digest is named here.
    #[schemars(extend("x-os" = {"required": true}))]
    pub chart: Option<ChartSource>,
    /// OpenStack release that is wanted, such as 2025.2. It chooses the images, where `images` says how they are named,
    /// and is what the status compares with.
    #[schemars(regex(pattern = r"^20[0-9]{2}\.[12]$"))]
    pub openstack_release: Option<String>,
    /// How images are named; the chart's own unless set.
    pub images: Option<Images>,
    /// How many pods there are of what. `kubectl scale` sets the first of them.
    pub replicas: Option<R>,
    /// Requests and limits of containers, by the chart's name for the component, such as api.
    pub resources: Option<Map<String, Value>>,
    /// Secret with the address and the administrator's login of a database: `endpoint`, `port`, `username` and
    /// `password`, as the connection secret of a MariaDB has them.
    #[schemars(extend("x-os" = {"ref": "component.MariaDB", "yields": "connectionSecret", "secret": "document"}))]
    pub database_connection: Option<String>,
    /// Secret with the address and the administrator's login of a message broker: `endpoint`, `port`, `username` and
    /// `password`, as the connection secret of a RabbitMQ has them.
    #[schemars(extend("x-os" = {"ref": "component.RabbitMQ", "yields": "connectionSecret", "secret": "document"}))]
    pub messaging_connection: Option<String>,
    /// Secret with the address of a cache, and the key that what is kept there is encrypted with: `endpoint`, `port` and
    /// `secretKey`, as the connection secret of a Memcached has them.
    #[schemars(extend("x-os" = {"ref": "component.Memcached", "yields": "connectionSecret", "secret": "document"}))]
    pub cache_connection: Option<String>,
    /// Secret with the address and the administrator's login of an identity service, as the connection secret of a
    /// Keystone has them.
    #[schemars(extend("x-os" = {"ref": "component.Keystone", "yields": "connectionSecret", "secret": "document"}))]
    pub identity_connection: Option<String>,
    /// Secret with the component's own passwords, as a GeneratedSecret makes them.
    #[schemars(extend("x-os" = {"ref": "component.GeneratedSecret", "yields": "connectionSecret", "secret": "document"}))]
    pub passwords: Option<String>,
    /// Which generation of its passwords it uses, by their names, such as `db-nova: 2`; the first unless set. Its accounts at databases,
    /// message brokers and Keystone are named after the generation from the second on, such as nova_2, and are made before its
    /// pods are replaced, so that old and new pods can log in. A password that can't be renewed is refused.
    pub password_generations: Option<BTreeMap<String, u16>>,
    /// What becomes of its accounts of earlier generations; Keep unless set. Set Remove when no other component uses them
    /// any more: they are removed once all pods of this one are of the newest generation.
    pub former_accounts: Option<FormerAccounts>,
    /// Values from ConfigMaps and Secrets of this namespace, YAML, one after the other, before `values`.
    #[schemars(extend("x-os" = {"secret": "texts"}))]
    pub values_from: Option<Vec<TextSource>>,
    /// Values of the chart. Maps are merged, lists replaced. `kubectl apply` on the client's side drops nulls: use
    /// `unset` for them.
    pub values: Option<Map<String, Value>>,
    /// Values of the chart as YAML text, over `values`; nulls are kept.
    pub values_text: Option<String>,
    /// Dotted paths of values that become null, by which Helm drops a chart's default.
    pub unset: Option<Vec<String>>,
    /// Added to the names of ClusterRoles and ClusterRoleBindings, so that a chart which names them without its
    /// namespace can be installed in several.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub cluster_scoped_suffix: Option<String>,
    /// What is done where there is a choice.
    pub policy: Option<ComponentPolicy>,
}

impl<R> ComponentParameters<R> {
    /// Generation of a password that is used.
    pub fn generation(&self, password: &str) -> u16 {
        let generations = self.password_generations.as_ref();
        generations.and_then(|all| all.get(password)).copied().unwrap_or(1).max(1)
    }
}

/// Where a chart is: in a registry, a repository, behind an address, or in a folder of the provider's pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "[has(self.oci), has(self.repository), has(self.url), has(self.bundled)].filter(set, set).size() == 1",
    "message": "one of oci, repository, url and bundled says where the chart is"}, {
    "rule": "has(self.url) ? has(self.sha256) : has(self.version)",
    "message": "a version is required, and with url the sha256 of the archive"}]))]
pub struct ChartSource {
    /// Chart in an OCI registry, such as `oci://registry.example.org/charts/keystone`.
    #[schemars(regex(pattern = r"^oci://.+"))]
    pub oci: Option<String>,
    /// Address of a chart repository: the folder of its index.yaml.
    #[schemars(regex(pattern = r"^https?://.+"))]
    pub repository: Option<String>,
    /// Address of a chart's archive.
    #[schemars(regex(pattern = r"^https?://.+"))]
    pub url: Option<String>,
    /// Whether it is an archive in the folder that the provider was started with.
    #[schemars(extend("enum" = [true]))]
    pub bundled: Option<bool>,
    /// Name in the repository or folder; the component's chart unless set.
    pub name: Option<String>,
    /// Version of the chart. It says nothing about the OpenStack release.
    pub version: Option<String>,
    /// Digest that the chart must have, sha256 and 64 digits; of a registry that of its manifest's layer.
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    pub digest: Option<String>,
    /// SHA-256 of the archive behind `url`, 64 digits.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: Option<String>,
}

/// How images are named: `<registry>/<project>:<release>-<distribution>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Images {
    /// Registry and folder, such as `registry.example.org/openstack`.
    pub registry: Option<String>,
    /// What stands behind the release, such as `ubuntu_noble`.
    pub distribution: Option<String>,
    /// Whole references by the chart's name for them, such as `keystone_api`; before all that follows from the rest.
    pub tags: Option<BTreeMap<String, String>>,
}

/// What becomes of accounts of earlier generations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FormerAccounts {
    /// They stay, and their passwords are accepted.
    #[default]
    Keep,
    /// They are removed.
    Remove,
}

/// What is done where there is a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentPolicy {
    /// What is done about objects that somebody changed by hand; Correct unless set.
    pub drift: Option<DriftPolicy>,
    /// How many revisions `helm history` keeps; 5 unless set.
    #[schemars(range(min = 1, max = 100))]
    pub max_history: Option<i32>,
    /// What becomes of PersistentVolumeClaims and key Secrets when the component is deleted; Retain unless set. With Delete the Jobs
    /// run that the chart has before a deletion, which clear data away.
    pub data: Option<DataPolicy>,
    /// How long the component may be unready until its status says that it is stalled, such as 45m, which is what it is
    /// unless set.
    pub patience: Option<String>,
}

/// What is done about objects that somebody changed by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DriftPolicy {
    /// They are applied again.
    #[default]
    Correct,
    /// The condition UpToDate names them.
    Warn,
    /// Nothing.
    Off,
}

/// What becomes of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DataPolicy {
    /// It stays, and a later installation finds it again.
    #[default]
    Retain,
    /// It is deleted.
    Delete,
}

/// A struct of replicas, every field optional; the doc comments are what `kubectl explain` shows.
macro_rules! replicas {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            $($(#[$field_doc])* #[schemars(range(min = 0, max = 1000))] pub $field: Option<i32>,)*
        }
    };
}
pub(crate) use replicas;

replicas! {
    /// Numbers of pods are values of the chart, or follow from the nodes.
    NoReplicas {}
}
