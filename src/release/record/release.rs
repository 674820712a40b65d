//! What Helm writes down of a release, by the names of its own structures. What we don't know of a person's record is
//! kept when it is written again.
//! <https://github.com/helm/helm/blob/v4.1.4/pkg/release/v1/release.go>

use crate::release::{
    manifest::{Hook, Manifest},
    state::{ChartSeen, ReleaseStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One revision of a release.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its revision.
    pub version: i64,
    /// What became of it.
    pub info: Info,
    /// What it was made from.
    pub chart: Chart,
    /// The values that a person gave, secrets included.
    #[serde(deserialize_with = "or_default")]
    pub config: Map<String, Value>,
    /// Text of its objects.
    pub manifest: String,
    /// Its hooks.
    #[serde(deserialize_with = "or_default")]
    pub hooks: Vec<HookRecord>,
    /// `ssa` or `csa`: whether objects were applied by the server or merged by Helm, which is what nothing means.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub apply_method: String,
    /// The rest.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Go writes `null` for what is empty.
fn or_default<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// What became of a revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Info {
    /// When the first revision was deployed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_deployed: Option<String>,
    /// When this revision was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_deployed: Option<String>,
    /// Its status.
    pub status: ReleaseStatus,
    /// For people.
    pub description: String,
    /// The rest: `deleted`, `notes`.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A chart, without its templates: no command of Helm reads them back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chart {
    /// `Chart.yaml`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: Map<String, Value>,
    /// `values.yaml`.
    #[serde(deserialize_with = "or_default")]
    pub values: Map<String, Value>,
    /// The rest: `lock`, `templates`, `schema`, `files`.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A hook.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HookRecord {
    /// Name of the object.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its template.
    pub path: String,
    /// Its text.
    pub manifest: String,
    /// When it is run.
    #[serde(deserialize_with = "or_default")]
    pub events: Vec<String>,
    /// How its last run ended.
    pub last_run: LastRun,
    /// Lower ones run first.
    #[serde(skip_serializing_if = "is_zero")]
    pub weight: i64,
    /// When it is deleted.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub delete_policies: Vec<String>,
    /// When its log is shown.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub output_log_policies: Vec<String>,
    /// The rest.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn is_zero(weight: &i64) -> bool {
    *weight == 0
}

/// How a hook's last run ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastRun {
    /// `Unknown`, `Running`, `Succeeded` or `Failed`; empty before the first.
    pub phase: String,
    /// The rest: `started_at`, `completed_at`.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Annotation of a chart's metadata: digest of its archive. Helm carries these annotations along, so they hold for what
/// people roll back to.
const CHART_DIGEST: &str = "kupenstack.io/chart-digest";
/// Likewise: the OpenStack release that its values are for.
const OPENSTACK_RELEASE: &str = "kupenstack.io/openstack-release";

impl Chart {
    /// A chart that is wanted: its `Chart.yaml` and `values.yaml`, the digest of its archive, and what it is used for.
    pub fn new(
        metadata: Map<String, Value>,
        values: Map<String, Value>,
        digest: &str,
        openstack: Option<&str>,
    ) -> Self {
        let empty = json!({"lock": null, "templates": [], "schema": null, "files": []});
        let other = empty.as_object().cloned().unwrap_or_default();
        let mut chart = Self { metadata, values, other };
        let annotations = chart.metadata.entry("annotations").or_insert_with(|| json!({}));
        if !annotations.is_object() {
            *annotations = json!({});
        }
        if let Value::Object(annotations) = annotations {
            annotations.insert(CHART_DIGEST.to_owned(), json!(digest));
            annotations.extend(openstack.map(|release| (OPENSTACK_RELEASE.to_owned(), json!(release))));
        }
        chart
    }

    /// As a status shows it.
    pub fn seen(&self) -> ChartSeen {
        let text = |key: &str| self.metadata.get(key).and_then(Value::as_str).map(str::to_owned);
        ChartSeen {
            name: text("name").unwrap_or_default(),
            version: text("version").unwrap_or_default(),
            digest: self.annotation(CHART_DIGEST),
            app_version: text("appVersion"),
        }
    }

    /// The OpenStack release that it was used for, where we noted it.
    pub fn openstack_release(&self) -> Option<String> {
        self.annotation(OPENSTACK_RELEASE)
    }

    fn annotation(&self, name: &str) -> Option<String> {
        self.metadata.get("annotations")?.get(name)?.as_str().map(str::to_owned)
    }
}

impl HookRecord {
    fn new(hook: &Hook) -> Self {
        Self {
            name: hook.object.name().to_owned(),
            kind: hook.object.kind().to_owned(),
            path: hook.object.source.clone(),
            manifest: hook.object.text.clone(),
            events: hook.events.iter().map(|event| event.as_str().to_owned()).collect(),
            weight: hook.weight,
            delete_policies: hook.delete_policies.clone(),
            output_log_policies: hook.output_log_policies.clone(),
            ..Self::default()
        }
    }
}

/// The hooks of a manifest, as a record holds them.
pub fn hooks(manifest: &Manifest) -> Vec<HookRecord> {
    manifest.hooks.iter().map(HookRecord::new).collect()
}

impl Release {
    /// All of its text, hooks included, as `helm template` would write it.
    pub fn text(&self) -> String {
        let hooks =
            self.hooks.iter().map(|hook| format!("---\n# Source: {}\n{}\n", hook.path, hook.manifest));
        std::iter::once(self.manifest.clone()).chain(hooks).collect::<Vec<_>>().join("\n")
    }
}
