//! What people write into an `OpenStackCloud`, and what became of an entry after all layers were merged.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// `spec` of a cloud.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CloudSpec {
    /// Release of OpenStack.
    pub release: String,
    /// Where charts are from, of all components that do not say it themselves.
    pub chart: Map<String, Value>,
    /// Registry and distribution of images, likewise.
    pub images: Map<String, Value>,
    /// Profiles; later ones win.
    pub profiles: Vec<ProfileReference>,
    /// Whose rights the components are installed with.
    pub provider_config_ref: Option<Value>,
    /// Entries of components, above all profiles.
    pub components: Map<String, Value>,
    /// Nodes by name.
    pub nodes: Vec<NodeEntry>,
    /// Nodes by label.
    pub node_pools: Vec<NodePool>,
    /// Are changes carried out at once?
    pub changes: Changes,
    /// How upgrades are carried out.
    pub upgrade: Upgrade,
    /// Which generation passwords should be of.
    pub rotation: RotationSpec,
    /// What deleting the cloud leaves.
    pub deletion: Deletion,
    /// Set by Crossplane in composite resources that are claimed.
    pub claim_ref: Option<ClaimReference>,
}

/// Parts of an entry that go to a chart as they are. There a null removes something.
const FREE: [&str; 3] = ["conf", "resources", "values"];

impl CloudSpec {
    /// What people wrote. A null says nothing, but for what goes to a chart: Crossplane makes one of a claim's map that loses its
    /// last entry.
    ///
    /// # Errors
    /// Something has another type than it should.
    pub fn of(mut spec: Map<String, Value>) -> Result<Self, serde_json::Error> {
        drop_nulls(&mut spec);
        serde_json::from_value(Value::Object(spec))
    }
}

fn drop_nulls(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !value.is_null());
    for (_, value) in fields.iter_mut().filter(|(name, _)| !FREE.contains(&name.as_str())) {
        match value {
            Value::Object(inner) => drop_nulls(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(drop_nulls),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// A profile by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProfileReference {
    /// Its name.
    pub name: String,
    /// Its namespace; the cloud's own unless given.
    pub namespace: Option<String>,
}

/// A node that is named.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NodeEntry {
    /// Name of the Node.
    pub name: String,
    /// What it is there for. Unless said, the control plane's Nodes are control, and all others compute.
    pub roles: Vec<String>,
    /// Nova puts no servers on it.
    pub disabled: bool,
    /// The profile whose configuration its agents have.
    pub profile: Option<String>,
    /// How its servers leave it.
    pub maintenance: Map<String, Value>,
}

/// Nodes by their labels.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NodePool {
    /// Which Nodes.
    pub selector: PoolSelector,
    /// What they are there for.
    pub roles: Vec<String>,
    /// The profile whose configuration their agents have.
    pub profile: Option<String>,
}

/// Which Nodes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PoolSelector {
    /// Labels that they have, all of them.
    pub match_labels: BTreeMap<String, String>,
}

/// Are changes carried out at once?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Changes {
    /// Yes.
    #[default]
    Automatic,
    /// Only after somebody approved of them.
    Manual,
}

/// How upgrades are carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Upgrade {
    /// No further component begins.
    pub paused: bool,
    /// How long a component may be unready before the upgrade halts.
    pub stage_timeout: Option<String>,
}

/// Which generation passwords should be of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RotationSpec {
    /// Those of all accounts of services.
    pub generation: Option<u16>,
    /// Those that are named after single components, other passwords than those of accounts included.
    pub components: BTreeMap<String, u16>,
}

/// What deleting the cloud leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Deletion {
    /// `Retain` or `Delete`.
    pub data: Option<String>,
}

/// Who claims a composite resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClaimReference {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The entry of a component, all layers merged.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentEntry {
    /// Is it part of the cloud?
    pub enabled: Option<bool>,
    /// Its own release.
    pub release: Option<String>,
    /// Its own chart.
    pub chart: Map<String, Value>,
    /// Replicas of its workloads.
    pub replicas: Map<String, Value>,
    /// Its own images.
    pub images: Map<String, Value>,
    /// Resources of its workloads.
    pub resources: Map<String, Value>,
    /// Files of its service's configuration, as the chart's value `conf`.
    pub conf: Option<Map<String, Value>>,
    /// Values of the chart.
    pub values: Map<String, Value>,
    /// Values of the chart as text, over `values`.
    pub values_text: Option<String>,
    /// Paths of the chart's values that are cleared.
    pub unset: Vec<String>,
    /// Somebody else's.
    pub external: Option<External>,
}

impl ComponentEntry {
    /// The entry in a document of merged layers; an empty one where there is none.
    pub fn of(document: &Map<String, Value>, key: &str) -> Self {
        let entry = document.get(key).cloned().unwrap_or_default();
        // Types were checked when the layers were read.
        serde_json::from_value(entry).unwrap_or_default()
    }
}

/// A component that is not composed but used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct External {
    /// The Secret that a component of ours would write as its connection secret.
    pub secret_name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_null_says_nothing_but_for_what_goes_to_a_chart() {
        let spec = |value: Value| CloudSpec::of(serde_json::from_value(value).unwrap()).unwrap();
        let empty = json!({"chart": {"oci": "o", "url": null}, "upgrade": null, "rotation": {"components": null}, "components": {
            "nova": null, "keystone": {"values": null, "replicas": {"api": null}, "images": {"tags": null}},
            "glance": {"conf": {"glance": {"DEFAULT": null}}, "values": {"pod": null}, "resources": {"api": null}}},
            "nodes": [{"name": "a", "maintenance": null}], "changes": null});
        let told = spec(
            json!({"chart": {"oci": "o"}, "components": {"keystone": {"replicas": {}, "images": {}},
            "glance": {"conf": {"glance": {"DEFAULT": null}}, "values": {"pod": null}, "resources": {"api": null}}},
            "rotation": {}, "nodes": [{"name": "a"}]}),
        );
        assert_eq!(spec(empty), told);
        assert!(CloudSpec::of(serde_json::from_value(json!({"upgrade": 7})).unwrap()).is_err());
    }
}
