//! Acceptances of Cinder volumes that are offered:
//! <https://docs.openstack.org/api-ref/block-storage/v3/#volume-transfers-volume-transfers-3-55-or-later>
//!
//! Nobody sees another project's offer, and an accepted one is gone: only the volume tells.

use super::volume_transfer::is_own;
use crate::{
    api::{crd::Column, secret::SecretRef},
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Step,
        diff::Diff,
        request::{Answer, Method, Microversion, Read, Request, service::BLOCK_STORAGE},
        rest::listing::Listing,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A volume that was on offer, and is the project's.
pub struct VolumeTransferAcceptance;

/// What can be wanted of an acceptance. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTransferAcceptanceParameters {
    /// Id of the transfer.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeTransfer", "required": true, "createOnly": true, "immutable": true}))]
    pub transfer_id: Option<String>,
    /// Id of the volume, by which it is known that it came.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "required": true, "immutable": true}))]
    pub volume_id: Option<String>,
    /// Secret with the key of the transfer.
    #[schemars(extend("x-os" = {"secret": "text", "required": true, "createOnly": true}))]
    pub auth_key_secret_ref: Option<SecretRef>,
}

/// What only the cloud says of an acceptance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTransferAcceptanceObservation {
    /// Id of the volume.
    pub id: String,
    /// Name of the volume.
    pub volume_name: String,
    /// Status of the volume.
    pub volume_status: String,
}

impl Kind for VolumeTransferAcceptance {
    type Parameters = VolumeTransferAcceptanceParameters;
    type Observation = VolumeTransferAcceptanceObservation;
    const INFO: Info = Info {
        kind: "VolumeTransferAcceptance",
        plural: "volumetransferacceptances",
        short: "osvtrfa",
        about: "A VolumeTransferAcceptance takes a volume of OpenStack Cinder that another project offers into the project of the credentials. Deleted, it leaves the volume there.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#accept-a-volume-transfer",
        columns: &[
            Column { name: "VOLUME", field: "volumeName" },
            Column { name: "STATUS", field: "volumeStatus" },
        ],
        microversion: Some(Microversion(3, 55)),
        external_name: "the id of the volume",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        key.params.volume_id.clone()
    }

    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let id = key.any.meta.external_name.or(key.params.volume_id.as_deref());
        id.map(|id| Read::Get { path: format!("/volumes/{id}") }).into_iter().collect()
    }

    /// An administrator sees the volume before it came.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let of = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if let Some(volume) = of("/transfer/volume_id") {
            return Ok(Found::Named(volume));
        }
        let id = of("/volume/id").ok_or(KindError::Missing("volume"))?;
        let (name, status) = (of("/volume/name"), of("/volume/status"));
        let came = is_own(key, answers.last()) && status.as_deref() != Some("awaiting-transfer");
        let body = json!({"id": id, "volume_id": id, "volume_name": name, "volume_status": status});
        Ok(if came { Found::One { external_name: id, body } } else { Found::Absent })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(match (goal, seen) {
            (Goal::Exist, None) => {
                let transfer = key.params.transfer_id.as_deref().ok_or(KindError::Missing("transferId"))?;
                let path = format!("/volume-transfers/{transfer}/accept");
                let body = Some(json!({"accept": {}}));
                let mut request = Request::new(&BLOCK_STORAGE, Method::Post, path, body);
                request.microversion = Self::INFO.microversion;
                let secret = key.any.secrets.get("auth_key");
                request.secrets.extend(secret.map(|value| ("/accept/auth_key".to_owned(), value.clone())));
                Step::Send(request)
            }
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::unchangeable(diff),
            (Goal::Vanish, Some(_)) => Step::Leave,
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

#[cfg(test)]
mod tests;
