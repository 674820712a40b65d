//! Cinder groups of volumes: <https://docs.openstack.org/api-ref/block-storage/v3/#generic-volume-groups-groups>

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Seen, Statuses, Step,
        awaited::Awaited,
        diff::Diff,
        plain_step,
        request::{Microversion, service::BLOCK_STORAGE},
        requests,
        rest::{Rest, fault::Fault, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Volumes that are kept together.
pub struct VolumeGroup;

/// What can be wanted of a group of volumes. Which volumes are in it, they say themselves, by their groupId.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the group type. A group that is made from another one has its type.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeGroupType", "immutable": true, "excludes": ["groupSnapshotId", "sourceGroupId"], "needs": ["volumeTypes"]}))]
    pub group_type: Option<String>,
    /// Ids of the types that its volumes may have.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "immutable": true, "set": true, "needs": ["groupType"]}), length(min = 1, max = 100))]
    pub volume_types: Option<Vec<String>>,
    /// Availability zone.
    #[schemars(extend("x-os" = {"immutable": true, "excludes": ["groupSnapshotId", "sourceGroupId"], "default": "the cloud's choice"}), length(max = 255))]
    pub availability_zone: Option<String>,
    /// Id of the group's snapshot to make it from, volumes included.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeGroupSnapshot", "untilReady": true, "immutable": true, "excludes": ["sourceGroupId"]}))]
    pub group_snapshot_id: Option<String>,
    /// Id of the group to clone, volumes included. The managed resources of this namespace that are to be in it are waited
    /// for.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeGroup", "untilReady": true, "immutable": true}))]
    pub source_group_id: Option<String>,
    /// Whether the volumes that are in it are deleted with it. A group that has some is not deleted otherwise.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub delete_volumes: Option<bool>,
}

/// What only the cloud says of a group of volumes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeGroupObservation {
    /// Id of the group.
    pub id: String,
    /// Such as available, creating or error.
    pub status: String,
    /// What Cinder says about an error.
    pub fault: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
}

impl Kind for VolumeGroup {
    type Parameters = VolumeGroupParameters;
    type Observation = VolumeGroupObservation;
    const INFO: Info = Info {
        kind: "VolumeGroup",
        plural: "volumegroups",
        short: "osvgrp",
        about: "A VolumeGroup is a set of volumes of OpenStack Cinder that are kept together, so that there are snapshots of all at one moment.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#generic-volume-groups-groups",
        columns: &[Column { name: "STATUS", field: "status" }],
        // Groups from other groups; earlier, 3.13 brought them.
        microversion: Some(Microversion(3, 14)),
        requires: &[&["groupType", "groupSnapshotId", "sourceGroupId"]],
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> = Some(Rest::plain("groups", "group"));
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> = Some(super::shared::statuses("group", &["available"]));
    /// Cinder's messages.
    const FAULT: Option<Fault> = Some(super::shared::MESSAGES);
    const NOT_IN_CREATE: &[&str] = &["delete_volumes"];

    /// A clone of a part of the group would look as if it were whole.
    fn awaits(params: &Self::Parameters) -> Vec<Awaited> {
        super::shared::volumes_of(params.source_group_id.as_deref())
    }

    /// One that is made from another has an action of its own.
    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        let copied = key.params.group_snapshot_id.is_some() || key.params.source_group_id.is_some();
        if let (Goal::Exist, None, true, Step::Send(request)) = (goal, seen, copied, &mut step)
            && let Some(group) = request.body.as_mut().and_then(|body| body.get_mut("group"))
        {
            request.body = Some(json!({ "create-from-src": group.take() }));
            request.path = "/groups/action".to_owned();
        }
        Ok(step)
    }

    /// There is no DELETE.
    fn before_delete(key: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let volumes: Value = json!(key.params.delete_volumes.unwrap_or_default());
        let delete = || requests::<Self>(key).act("delete", json!({ "delete-volumes": volumes }));
        super::shared::deleting("group", &seen.state.status).or_else(|| Some(delete()))
    }
}

#[cfg(test)]
mod tests;
