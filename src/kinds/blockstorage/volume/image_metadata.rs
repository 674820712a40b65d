//! What a server takes from a volume as it would from an image: <https://docs.openstack.org/api-ref/block-storage/v3/#set-image-metadata-for-a-volume>

use super::fields::{VolumeObservation, VolumeParameters};
use crate::kind::{Key, Step, TypedObserved, rest::requests::Requests};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What tells the image that the volume was made from, and is nobody's to change.
const OF_THE_IMAGE: [&str; 8] =
    ["checksum", "container_format", "disk_format", "image_id", "image_name", "min_disk", "min_ram", "size"];

/// Says it beside what only the cloud says.
pub(super) fn tell(volume: &mut Map<String, Value>) {
    let all = volume.get("volume_image_metadata").and_then(Value::as_object).cloned();
    let own = all.into_iter().flatten().filter(|(name, _)| !OF_THE_IMAGE.contains(&name.as_str()));
    let own: Map<_, _> = own.collect();
    volume.insert("image_metadata".to_owned(), Value::Object(own));
}

/// All that differ are set at once, and those that are too much taken away one by one.
pub(super) fn next(
    requests: &Requests<'_>,
    key: &Key<'_, VolumeParameters>,
    seen: &TypedObserved<'_, VolumeParameters, VolumeObservation>,
) -> Option<Step> {
    let wanted = key.params.image_metadata.as_ref()?;
    let have = seen.params.image_metadata.clone().unwrap_or_default();
    let differ: BTreeMap<_, _> =
        wanted.iter().filter(|(name, value)| have.get(*name) != Some(*value)).collect();
    if !differ.is_empty() {
        return Some(requests.act("os-set_image_metadata", json!({ "metadata": differ })));
    }
    let surplus = have.keys().find(|name| !wanted.contains_key(*name))?;
    Some(requests.act("os-unset_image_metadata", json!({ "key": surplus })))
}
