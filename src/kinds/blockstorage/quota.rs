//! What quotas of projects and of classes share: limits of volumes, in all and of each volume type.

use crate::kind::rest::beside;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What can be wanted of quotas: most that there may be at a time, -1 for any number. What is left out is not managed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageLimits {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Name of the class. Cinder takes the limits of all projects without quotas of their own from the class default.
    #[schemars(extend("x-os" = {"immutable": true, "default": "default"}), length(min = 1, max = 255))]
    pub class_name: Option<String>,
    /// Volumes.
    #[schemars(range(min = -1))]
    pub volumes: Option<i32>,
    /// Snapshots of volumes.
    #[schemars(range(min = -1))]
    pub snapshots: Option<i32>,
    /// Size of all volumes and snapshots in GiB.
    #[schemars(range(min = -1))]
    pub gigabytes: Option<i32>,
    /// Size of each volume in GiB.
    #[schemars(range(min = -1))]
    pub per_volume_gigabytes: Option<i32>,
    /// Backups.
    #[schemars(range(min = -1))]
    pub backups: Option<i32>,
    /// Size of all backups in GiB.
    #[schemars(range(min = -1))]
    pub backup_gigabytes: Option<i32>,
    /// Groups of volumes.
    #[schemars(range(min = -1))]
    pub groups: Option<i32>,
    /// Limits of volume types: `volumes_`, `snapshots_` or `gigabytes_` and the type's name. Only those named here are
    /// managed.
    #[schemars(extend("x-os" = {"merge": true}))]
    pub volume_type_limits: Option<BTreeMap<String, i32>>,
}

/// What only the cloud says of quotas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageLimitsObservation {
    /// Id of the project, or name of the class.
    pub id: String,
}

const LIMITS: &str = "volume_type_limits";

/// Says whose they are, which the answer to an update does not, and puts the types' limits together.
pub(super) fn told(limits: &mut Map<String, Value>, owner: &str, name: Option<&str>) {
    let of_type =
        |limit: &str| ["volumes_", "snapshots_", "gigabytes_"].iter().any(|of| limit.starts_with(of));
    let types: Map<_, _> = limits
        .iter()
        .filter(|(limit, _)| of_type(limit))
        .map(|(limit, most)| (limit.clone(), most.clone()))
        .collect();
    limits.insert(LIMITS.to_owned(), Value::Object(types));
    limits.extend(["id", owner].map(|field| (field.to_owned(), json!(name))));
}

/// The types' limits stand beside the others.
pub(super) fn said(limits: &mut Map<String, Value>) {
    beside::spread(limits, LIMITS);
}

#[cfg(test)]
mod tests;
