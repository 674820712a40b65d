//! Nova volume attachments:
//! <https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments>
//!
//! External-name is `<serverId>/<volumeId>`. Nova tells an attachment from the moment it is asked for one; that it is
//! there, only Cinder's volume tells.

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Statuses, Step,
        diff::Diff,
        request::{
            Answer, Method, Microversion, Read, Request,
            service::{BLOCK_STORAGE, COMPUTE},
        },
        rest::{listing::Listing, since},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A volume's place in a server.
pub struct VolumeAttachment;

/// What can be wanted of a volume attachment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeAttachmentParameters {
    /// Id of the server.
    #[schemars(extend("x-os" = {"ref": "compute.Server", "untilReady": true, "required": true, "immutable": true, "wire": "serverId"}))]
    pub server_id: Option<String>,
    /// Id of the volume. Several servers can have it at once if its type allows multiattach.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "required": true, "immutable": true, "wire": "volumeId", "byProvider": true}))]
    pub volume_id: Option<String>,
    /// Device name in the server, such as /dev/vdb. Few hypervisors heed it; status tells the one that Nova chose.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}))]
    pub device: Option<String>,
    /// Tag by which the server can tell the disk.
    #[schemars(extend("x-os" = {"immutable": true, "since": "2.70"}), length(min = 1, max = 60))]
    pub tag: Option<String>,
    /// Whether the volume is deleted with the server. Can be changed from Nova 21 (Ussuri) on.
    #[schemars(extend("x-os" = {"default": false, "since": "2.79"}))]
    pub delete_on_termination: Option<bool>,
}

/// What only the cloud says of a volume attachment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeAttachmentObservation {
    /// Id of the volume, by which Nova knows the attachment.
    pub id: String,
    /// Device name in the server.
    pub device: String,
    /// Status of the volume: in-use once it is attached.
    pub status: String,
    /// Cinder's id of the attachment, once the server has the volume.
    pub attachment_id: String,
    /// Host that it is attached on; told to administrators.
    pub host_name: String,
    /// When it was attached, ISO 8601, UTC.
    pub attached_at: String,
}

impl Kind for VolumeAttachment {
    type Parameters = VolumeAttachmentParameters;
    type Observation = VolumeAttachmentObservation;
    const INFO: Info = Info {
        kind: "VolumeAttachment",
        plural: "volumeattachments",
        short: "osva",
        about: "A VolumeAttachment gives a volume of OpenStack Cinder to a server of Nova.",
        docs: "https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "DEVICE", field: "device" }],
        // Attaches a volume to several servers.
        microversion: Some(Microversion(2, 60)),
        external_name: "the ids of server and volume: <server>/<volume>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const LISTING: Listing = Listing::None;

    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let Some((server, volume)) = names(key) else { return vec![] };
        vec![
            Read::Get { path: path(server, volume) },
            Read::OtherService { service: &BLOCK_STORAGE, path: format!("/volumes/{volume}") },
        ]
    }

    /// The answer to a create comes alone.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some((server, volume)) = names(key) else { return Ok(Found::Absent) };
        let external_name = format!("{server}/{volume}");
        Ok(match answers {
            [Answer::Body(attachment), told] => {
                let attachment =
                    attachment.get("volumeAttachment").ok_or(KindError::Missing("volumeAttachment"))?;
                Found::One { external_name, body: shown(server, volume, attachment, told) }
            }
            [Answer::Body(created)] if created.get("volumeAttachment").is_some() => {
                Found::Named(external_name)
            }
            [Answer::Body(_)] => return Err(KindError::Missing("volumeAttachment")),
            _ => Found::Absent,
        })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let (server, volume) = names(key).ok_or(KindError::Missing("serverId and volumeId"))?;
        let VolumeAttachmentParameters { device, tag, delete_on_termination, .. } = key.params;
        let send = |method, path, fields: Option<Value>| {
            let needed = match method {
                Method::Post => since::newest(&key.any.shapes.params, key.any.params),
                Method::Put => Some((CHANGES, "deleteOnTermination".to_owned())),
                Method::Get | Method::Patch | Method::Delete => None,
            };
            let because = needed.as_ref().map(|(_, field)| field.clone());
            let microversion = Self::INFO.microversion.max(needed.map(|(since, _)| since));
            let body = fields.map(|fields| json!({"volumeAttachment": fields}));
            Step::Send(Request { microversion, because, ..Request::new(&COMPUTE, method, path, body) })
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => {
                let wanted = [
                    ("volumeId", json!(volume)),
                    ("device", json!(device)),
                    ("tag", json!(tag)),
                    ("delete_on_termination", json!(delete_on_termination)),
                ];
                let fields = wanted.into_iter().filter(|(_, value)| !value.is_null());
                let fields = fields.map(|(name, value)| (name.to_owned(), value)).collect();
                send(
                    Method::Post,
                    format!("/servers/{server}/os-volume_attachments"),
                    Some(Value::Object(fields)),
                )
            }
            // With the same volume, else Nova would exchange it.
            (Goal::Match, Some(_)) if !diff.is_empty() => {
                let fields = json!({"volumeId": volume, "delete_on_termination": delete_on_termination});
                send(Method::Put, path(server, volume), Some(fields))
            }
            (Goal::Vanish, Some(seen)) if seen.state.status == "detaching" => {
                Step::Wait("the server to let the volume go".to_owned())
            }
            (Goal::Vanish, Some(_)) => send(Method::Delete, path(server, volume), None),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }

    fn ready(_: &VolumeAttachmentParameters, seen: &Seen<'_, Self>) -> Ready {
        match seen.state.status.as_str() {
            _ if !seen.state.attachment_id.is_empty() => Ready::Yes,
            "" => Ready::Not("the volume can't be seen".to_owned()),
            status => Statuses::of("volume", &[]).ready(status, ""),
        }
    }
}

/// Lets `deleteOnTermination` be changed.
const CHANGES: Microversion = Microversion(2, 85);

fn path(server: &str, volume: &str) -> String {
    format!("/servers/{server}/os-volume_attachments/{volume}")
}

/// Server and volume, by the external-name or else by the parameters.
fn names<'a>(key: &'a Key<'_, VolumeAttachmentParameters>) -> Option<(&'a str, &'a str)> {
    match key.any.meta.external_name {
        Some(name) => name.split_once('/'),
        None => Some((key.params.server_id.as_deref()?, key.params.volume_id.as_deref()?)),
    }
}

/// Nova's attachment, and what Cinder's volume says of it. Cinder lists those that are done.
fn shown(server: &str, volume: &str, attachment: &Value, told: &Answer) -> Value {
    let told = match told {
        Answer::Body(body) => body.get("volume"),
        Answer::Items(_) | Answer::Compared { .. } | Answer::Gone => None,
    };
    let all = told.and_then(|volume| volume.get("attachments")?.as_array()).into_iter().flatten();
    let done = all.into_iter().find(|one| one.get("server_id").and_then(Value::as_str) == Some(server));
    let of = |field: &str| done.and_then(|done| done.get(field));
    json!({
        "id": volume, "serverId": server, "volumeId": volume, "device": attachment.get("device"),
        "tag": attachment.get("tag"), "delete_on_termination": attachment.get("delete_on_termination"),
        "status": told.and_then(|volume| volume.get("status")), "attachment_id": of("attachment_id"),
        "host_name": of("host_name"), "attached_at": of("attached_at"),
    })
}

#[cfg(test)]
mod tests;
