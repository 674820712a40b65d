//! Nova quotas: <https://docs.openstack.org/api-ref/compute/#quota-sets-os-quota-sets>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen,
        request::{Microversion, service::COMPUTE},
        rest::{Rest, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How much a project may have of Nova.
pub struct ComputeQuota;

/// What can be wanted of a project's quotas: most that it may have at a time, -1 for any number. What is left out is not
/// managed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ComputeQuotaParameters {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Servers.
    #[schemars(range(min = -1))]
    pub instances: Option<i32>,
    /// Virtual processors of all servers.
    #[schemars(range(min = -1))]
    pub cores: Option<i32>,
    /// Memory of all servers in MiB.
    #[schemars(range(min = -1))]
    pub ram: Option<i32>,
    /// Key pairs of each user.
    #[schemars(range(min = -1))]
    pub key_pairs: Option<i32>,
    /// Metadata of each server.
    #[schemars(range(min = -1))]
    pub metadata_items: Option<i32>,
    /// Server groups.
    #[schemars(range(min = -1))]
    pub server_groups: Option<i32>,
    /// Servers of each server group.
    #[schemars(range(min = -1))]
    pub server_group_members: Option<i32>,
    /// Files that a server is created with.
    #[schemars(range(min = -1))]
    pub injected_files: Option<i32>,
    /// Bytes of each such file.
    #[schemars(range(min = -1))]
    pub injected_file_content_bytes: Option<i32>,
    /// Characters of each such file's path.
    #[schemars(range(min = -1))]
    pub injected_file_path_bytes: Option<i32>,
    /// Whether a quota may be set below what the project uses already.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub force: Option<bool>,
}

/// What only the cloud says of a project's quotas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ComputeQuotaObservation {
    /// Id of the project.
    pub id: String,
}

impl Kind for ComputeQuota {
    type Parameters = ComputeQuotaParameters;
    type Observation = ComputeQuotaObservation;
    const INFO: Info = Info {
        kind: "ComputeQuota",
        plural: "computequotas",
        short: "oscmpq",
        about: "A ComputeQuota says how much of OpenStack Nova a project may have. Deleted, it leaves the cloud's defaults.",
        docs: "https://docs.openstack.org/api-ref/compute/#quota-sets-os-quota-sets",
        columns: &[
            Column { name: "INSTANCES", field: "instances" },
            Column { name: "CORES", field: "cores" },
            Column { name: "RAM", field: "ram" },
        ],
        // No more quotas of networks, which are Neutron's, and still those of files.
        microversion: Some(Microversion(2, 36)),
        external_name: "the id of the project",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest { path: "os-quota-sets", ..Rest::plain("quota_sets", "quota_set") });
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, ComputeQuotaParameters>) -> Option<String> {
        key.params.project_id.clone()
    }

    /// The answer to an update does not say whose they are.
    fn complete_answer(key: &Key<'_, ComputeQuotaParameters>, quotas: &mut Map<String, Value>) {
        let project = key.any.meta.external_name.map(str::to_owned).or_else(|| Self::chosen_name(key));
        quotas.extend(["id", "project_id"].map(|name| (name.to_owned(), json!(project))));
    }

    fn complete_update(
        key: &Key<'_, ComputeQuotaParameters>,
        _: &Seen<'_, Self>,
        quotas: &mut Map<String, Value>,
    ) {
        quotas.extend(key.params.force.map(|force| ("force".to_owned(), json!(force))));
    }
}
