//! Cinder quotas of a class: <https://docs.openstack.org/api-ref/block-storage/v3/#quota-class-set-extension-os-quota-class-sets>

use super::quota::{self, BlockStorageLimits, BlockStorageLimitsObservation};
use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen, Step,
        request::service::BLOCK_STORAGE,
        rest::{Rest, listing::Listing},
    },
};
use serde_json::{Map, Value};

/// How much the projects of a class may have of Cinder.
pub struct BlockStorageQuotaClass;

impl Kind for BlockStorageQuotaClass {
    type Parameters = BlockStorageLimits;
    type Observation = BlockStorageLimitsObservation;
    const INFO: Info = Info {
        kind: "BlockStorageQuotaClass",
        plural: "blockstoragequotaclasses",
        short: "osblkqc",
        about: "A BlockStorageQuotaClass says how much of OpenStack Cinder a project may have that has no quotas of its own. Cinder can't delete one: it stays when the managed resource goes.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#quota-class-set-extension-os-quota-class-sets",
        columns: &[
            Column { name: "VOLUMES", field: "volumes" },
            Column { name: "GIGABYTES", field: "gigabytes" },
        ],
        external_name: "the name of the class",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const OPTIONS: Options = Options { singleton: true, without: &["projectId"], ..Options::USUAL };
    const REST: Option<Rest> =
        Some(Rest { path: "os-quota-class-sets", ..Rest::plain("quota_class_sets", "quota_class_set") });
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, BlockStorageLimits>) -> Option<String> {
        Some(key.params.class_name.clone().unwrap_or_else(|| "default".to_owned()))
    }

    fn complete_answer(key: &Key<'_, BlockStorageLimits>, limits: &mut Map<String, Value>) {
        let class = key.any.meta.external_name.map(str::to_owned).or_else(|| Self::chosen_name(key));
        quota::told(limits, "class_name", class.as_deref());
    }

    fn complete_update(_: &Key<'_, BlockStorageLimits>, _: &Seen<'_, Self>, limits: &mut Map<String, Value>) {
        quota::said(limits);
    }

    fn before_delete(_: &Key<'_, BlockStorageLimits>, _: &Seen<'_, Self>) -> Option<Step> {
        Some(Step::Done)
    }
}
