//! Offers of Cinder volumes to other projects:
//! <https://docs.openstack.org/api-ref/block-storage/v3/#volume-transfers-volume-transfers-3-55-or-later>

use crate::{
    api::crd::Column,
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
        cloud::CloudInfo,
        diff::Diff,
        plain_parse, plain_step,
        request::{Answer, Microversion, Read, service::BLOCK_STORAGE},
        requests,
        rest::{Rest, Update, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A volume on offer to whoever has the key.
pub struct VolumeTransfer;

/// What can be wanted of a transfer. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTransferParameters {
    /// Id of the volume, which nobody may use. A Volume whose managementPolicies have Create makes another one once this one
    /// is given away.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "required": true, "immutable": true}))]
    pub volume_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "trimmed", "default": "the managed resource's name"}), length(max = 255))]
    pub name: Option<String>,
    /// Whether the volume's snapshots stay where they are. Encrypted volumes are given away with theirs only.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub no_snapshots: Option<bool>,
}

/// What only the cloud says of a transfer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTransferObservation {
    /// Id of the transfer.
    pub id: String,
    /// Whether it is over: the volume is no longer in the project.
    pub accepted: bool,
    /// Id of the project that offers the volume.
    pub source_project_id: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
}

impl Kind for VolumeTransfer {
    type Parameters = VolumeTransferParameters;
    type Observation = VolumeTransferObservation;
    const INFO: Info = Info {
        kind: "VolumeTransfer",
        plural: "volumetransfers",
        short: "osvtrf",
        about: "A VolumeTransfer offers a volume of OpenStack Cinder to another project, which accepts it with id and key from the connection secret. Deleted before that, it takes the offer back.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#create-a-volume-transfer-for-a-volume",
        columns: &[
            Column { name: "VOLUME", field: "volumeId" },
            Column { name: "ACCEPTED", field: "accepted" },
        ],
        // Has pages: an older list takes the page that is asked for to be a filter, and is empty.
        microversion: Some(Microversion(3, 59)),
        connection: &["auth-key", "id"],
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const OPTIONS: Options =
        Options { seals: &[("auth_key", "auth-key")], tells_once: true, ..Options::USUAL };
    /// A volume is offered once at a time. Encrypted ones need the newest microversion.
    const REST: Option<Rest> = Some(Rest {
        path: "volume-transfers",
        asks: &["name"],
        update: Update::None,
        create: Some(Microversion(3, 70)),
        unique: Some(&[("volume_id", ""), ("name", "")]),
        ..Rest::plain("transfers", "transfer")
    });
    const LISTING: Listing = Listing::Detail(&[]);

    /// Cinder forgets what was accepted: then the volume tells.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let (Some(name), Some(volume)) = (key.any.meta.external_name, &key.params.volume_id) else {
            return plain_parse::<Self>(key, answers);
        };
        Ok(match answers {
            [Answer::Gone] => Found::More(vec![Read::Get { path: format!("/volumes/{volume}") }]),
            [Answer::Gone, told] if !is_own(key, Some(told)) => {
                let body = json!({"id": name, "volume_id": volume, "accepted": true});
                Found::One { external_name: name.to_owned(), body }
            }
            [Answer::Gone, _] => Found::Absent,
            _ => return plain_parse::<Self>(key, answers),
        })
    }

    /// One whose key is lost with the answer to its create is of no use to anybody.
    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let lost = |seen: &&Seen<'_, Self>| seen.any.sealed.0.is_empty() && !seen.state.accepted;
        Ok(match (goal, seen.filter(lost)) {
            (Goal::Exist, Some(_)) if key.any.meta.creating => requests::<Self>(key).delete(),
            _ => plain_step::<Self>(goal, key, seen, diff),
        })
    }

    fn left_to_others(seen: &Seen<'_, Self>) -> &'static [&'static str] {
        if seen.state.accepted { &["name", "noSnapshots"] } else { &[] }
    }

    fn before_delete(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        seen.state.accepted.then_some(Step::Leave)
    }

    /// Both, or none where the key is not known any more: what was published stays.
    fn connection(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        let mut details = seen.any.sealed.0.clone();
        if !details.is_empty() {
            details.insert("id".to_owned(), seen.state.id.clone().into());
        }
        details
    }
}

/// Is the volume in the project of the credentials?
pub(super) fn is_own<P>(key: &Key<'_, P>, told: Option<&Answer>) -> bool {
    let Some(Answer::Body(body)) = told else { return false };
    let project = body.pointer("/volume/os-vol-tenant-attr:tenant_id").and_then(|id| id.as_str());
    project.is_none() || project == key.any.cloud.project_id.as_deref()
}

#[cfg(test)]
mod tests;
