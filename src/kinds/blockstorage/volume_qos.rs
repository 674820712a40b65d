//! Cinder QoS specs: <https://docs.openstack.org/api-ref/block-storage/v3/#quality-of-service-qos-specifications-qos-specs>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
        diff::Diff,
        plain_step,
        request::{Method, service::BLOCK_STORAGE},
        rest::{
            Rest, beside,
            change::{By, Change},
            listing::Listing,
            requests::Requests,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How fast volumes may be.
pub struct VolumeQoS;

/// What can be wanted of QoS specs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeQoSParameters {
    /// Name in OpenStack, unique among the cloud's QoS specs.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Who keeps to the specs.
    #[schemars(extend("x-os" = {"default": "back-end"}))]
    pub consumer: Option<VolumeQoSConsumer>,
    /// The specs, such as total_iops_sec; a map replaces all that there are. It can't have name and consumer.
    pub specs: Option<BTreeMap<String, String>>,
}

/// Who keeps to QoS specs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeQoSConsumer {
    /// The hypervisor.
    FrontEnd,
    /// The storage.
    BackEnd,
    /// Both.
    Both,
}

/// What only the cloud says of QoS specs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeQoSObservation {
    /// Id of the QoS specs.
    pub id: String,
}

impl Kind for VolumeQoS {
    type Parameters = VolumeQoSParameters;
    type Observation = VolumeQoSObservation;
    const INFO: Info = Info {
        kind: "VolumeQoS",
        plural: "volumeqoses",
        short: "osvqos",
        about: "A VolumeQoS says how fast volumes of OpenStack Cinder may be whose type is associated with it.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#quality-of-service-qos-specifications-qos-specs",
        columns: &[Column { name: "CONSUMER", field: "consumer" }],
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "qos-specs",
        unique: Some(&[("name", "")]),
        ..Rest::plain("qos_specs", "qos_specs")
    });
    const LISTING: Listing = Listing::Plain(&[]);
    const CHANGES: Changes<Self> = &[Change::new(&["specs"], By::Function(specs))];

    /// Specs that are called like fields of their own can't lie beside those.
    fn step(
        goal: Goal,
        key: &Key<'_, VolumeQoSParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let specs = key.params.specs.iter().flat_map(BTreeMap::keys);
        let field = specs.into_iter().find(|name| ["name", "consumer"].contains(&name.as_str()));
        let writes = goal == Goal::Match || (goal == Goal::Exist && seen.is_none());
        Ok(match field.filter(|_| writes) {
            Some(field) => Step::Refuse(format!("specs can't have {field}: it is a field beside them")),
            None => plain_step::<Self>(goal, key, seen, diff),
        })
    }

    /// The specs lie beside the other fields.
    fn complete(_: &VolumeQoSParameters, body: &mut Map<String, Value>) {
        beside::spread(body, "specs");
    }

    fn recognises(key: &Key<'_, VolumeQoSParameters>, seen: &Seen<'_, Self>) -> bool {
        let specs = |params: &VolumeQoSParameters| params.specs.clone().unwrap_or_default();
        specs(key.params) == specs(&seen.params)
    }
}

/// New ones first.
fn specs(qos: &Requests<'_>, key: &Key<'_, VolumeQoSParameters>, seen: &Seen<'_, VolumeQoS>) -> Option<Step> {
    let wanted = key.params.specs.as_ref()?;
    let have = seen.params.specs.clone().unwrap_or_default();
    let new = wanted.iter().filter(|(name, value)| have.get(*name) != Some(*value));
    let new: Map<_, _> = new.map(|(name, value)| (name.clone(), json!(value))).collect();
    let gone: Vec<_> = have.keys().filter(|name| !wanted.contains_key(*name)).collect();
    if new.is_empty() {
        let delete = || qos.below(Method::Put, "delete_keys", Some(json!({ "keys": gone })));
        return (!gone.is_empty()).then(delete);
    }
    Some(qos.set_all(new))
}

#[cfg(test)]
mod tests;
