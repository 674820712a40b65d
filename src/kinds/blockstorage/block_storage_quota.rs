//! Cinder quotas of a project: <https://docs.openstack.org/api-ref/block-storage/v3/#quota-sets-extension-os-quota-sets>

use super::quota::{self, BlockStorageLimits, BlockStorageLimitsObservation};
use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen,
        request::service::BLOCK_STORAGE,
        rest::{Rest, listing::Listing},
    },
};
use serde_json::{Map, Value};

/// How much a project may have of Cinder.
pub struct BlockStorageQuota;

impl Kind for BlockStorageQuota {
    type Parameters = BlockStorageLimits;
    type Observation = BlockStorageLimitsObservation;
    const INFO: Info = Info {
        kind: "BlockStorageQuota",
        plural: "blockstoragequotas",
        short: "osblkq",
        about: "A BlockStorageQuota says how much of OpenStack Cinder a project may have. Deleted, it leaves the cloud's defaults.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#quota-sets-extension-os-quota-sets",
        columns: &[
            Column { name: "VOLUMES", field: "volumes" },
            Column { name: "GIGABYTES", field: "gigabytes" },
        ],
        external_name: "the id of the project",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const OPTIONS: Options = Options { singleton: true, without: &["className"], ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest { path: "os-quota-sets", ..Rest::plain("quota_sets", "quota_set") });
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, BlockStorageLimits>) -> Option<String> {
        key.params.project_id.clone()
    }

    fn complete_answer(key: &Key<'_, BlockStorageLimits>, limits: &mut Map<String, Value>) {
        let project = key.any.meta.external_name.or(key.params.project_id.as_deref());
        quota::told(limits, "project_id", project);
    }

    fn complete_update(_: &Key<'_, BlockStorageLimits>, _: &Seen<'_, Self>, limits: &mut Map<String, Value>) {
        quota::said(limits);
    }
}
