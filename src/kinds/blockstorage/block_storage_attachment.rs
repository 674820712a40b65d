//! Attachments of Cinder's own, for hosts that are no servers of Nova: <https://docs.openstack.org/api-ref/block-storage/v3/#attachments>

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Seen, Statuses, Step,
        diff::Diff,
        plain_step,
        request::{Microversion, service::BLOCK_STORAGE},
        requests,
        rest::{Rest, beside, listing::Listing, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A volume's connection with a host.
pub struct BlockStorageAttachment;

/// What can be wanted of an attachment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageAttachmentParameters {
    /// Id of the volume. Several hosts can have it at once if its type allows multiattach.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "required": true, "immutable": true}))]
    pub volume_id: Option<String>,
    /// Id of the server that the host is for, or any other UUID. Cinder asks Nova about it before it ends the attachment. Of
    /// several attachments of one volume each needs another.
    #[schemars(extend("x-os" = {"ref": "compute.Server", "immutable": true, "wire": "instance"}), regex(pattern = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"))]
    pub instance_id: Option<String>,
    /// Whether the host may write to the volume (rw) or not (ro).
    #[schemars(extend("x-os" = {"immutable": true, "wire": "attach_mode", "since": "3.54", "default": "rw"}))]
    pub mode: Option<AttachMode>,
    /// The host, as its storage client tells of itself. Left out, the volume is only reserved.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}))]
    pub connector: Option<Connector>,
    /// Whether the attachment is marked as done, which makes the volume in-use. Nova, for one, does that itself, once the
    /// host has the disk. Once done, it stays so.
    #[schemars(extend("x-os" = {"createOnly": true, "default": true}))]
    pub complete: Option<bool>,
}

/// What a host may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttachMode {
    /// Read and write.
    Rw,
    /// Only read.
    Ro,
}

/// A host, and how its storage client can be reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("required" = ["host"]))]
pub struct Connector {
    /// Name of the host.
    #[schemars(length(min = 1, max = 255))]
    pub host: Option<String>,
    /// Address of the host.
    pub ip: Option<String>,
    /// Its name for iSCSI, such as iqn.1993-08.org.debian:01:cad181614cec.
    pub initiator: Option<String>,
    /// Its port names for Fibre Channel.
    pub wwpns: Option<Vec<String>>,
    /// Its node names for Fibre Channel.
    pub wwnns: Option<Vec<String>>,
    /// Its name for NVMe.
    pub nqn: Option<String>,
    /// Its id for NVMe.
    pub nvme_hostid: Option<String>,
    /// UUID of the machine.
    #[schemars(extend("x-os" = {"wire": "system uuid"}))]
    pub system_uuid: Option<String>,
    /// Whether it takes several ways to the volume.
    pub multipath: Option<bool>,
    /// Whether it must have several ways to the volume.
    pub enforce_multipath: Option<bool>,
    /// Whether it can reach what is on the volume service's own disks.
    pub do_local_attach: Option<bool>,
    /// Device that the volume becomes, such as /dev/vdb.
    pub mountpoint: Option<String>,
    /// Type of its processor, such as x86_64.
    pub platform: Option<String>,
    /// Its operating system, such as linux.
    pub os_type: Option<String>,
    /// What only the cloud's storage knows.
    pub additional_properties: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of an attachment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockStorageAttachmentObservation {
    /// Id of the attachment.
    pub id: String,
    /// Such as reserved, attaching, attached or error_attaching.
    pub status: String,
    /// How the volume is reached, such as iscsi or rbd.
    pub driver_volume_type: String,
    /// When it was attached, ISO 8601, UTC.
    pub attached_at: String,
}

impl Kind for BlockStorageAttachment {
    type Parameters = BlockStorageAttachmentParameters;
    type Observation = BlockStorageAttachmentObservation;
    const INFO: Info = Info {
        kind: "BlockStorageAttachment",
        plural: "blockstorageattachments",
        short: "osblka",
        about: "A BlockStorageAttachment opens a volume of OpenStack Cinder to a host that is no server of Nova, such as one of bare metal. The host finds in the connection secret, as connection-info, how to reach the volume.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#attachments",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "VIA", field: "driverVolumeType" },
        ],
        // Marks attachments as done.
        microversion: Some(Microversion(3, 44)),
        connection: &["connection-info"],
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    /// Its plain list tells too little.
    const OPTIONS: Options =
        Options { imports: false, seals: &[("connection_info", "connection-info")], ..Options::USUAL };
    /// A volume is attached to one host once.
    const REST: Option<Rest> = Some(Rest {
        unique: Some(&[("volume_id", ""), ("instance", "")]),
        ..Rest::plain("attachments", "attachment")
    });
    /// A list that tells all would have the secrets of everybody's attachments.
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["complete"];

    fn complete(_: &Self::Parameters, attachment: &mut Map<String, Value>) {
        for (told, asked) in
            [("volume_id", "volume_uuid"), ("instance", "instance_uuid"), ("attach_mode", "mode")]
        {
            let value = attachment.remove(told);
            attachment.extend(value.map(|value| (asked.to_owned(), value)));
        }
        if let Some(Value::Object(connector)) = attachment.get_mut("connector") {
            beside::spread(connector, "additional_properties");
        }
    }

    /// The answer to a create has the status of the moment before; and a mode that nobody said is a text.
    fn complete_answer(_: &Key<'_, Self::Parameters>, attachment: &mut Map<String, Value>) {
        let info = attachment.get("connection_info").and_then(Value::as_object);
        let via = info.and_then(|info| info.get("driver_volume_type").cloned());
        if attachment.get("status").is_some_and(|status| status == "reserved") && via.is_some() {
            attachment.insert("status".to_owned(), json!("attaching"));
        }
        attachment.extend(via.map(|via| ("driver_volume_type".to_owned(), via)));
        attachment.retain(|name, value| name != "attach_mode" || value != "null");
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let status = seen.map_or("", |seen| seen.state.status.as_str());
        let connector = wire::encode(&key.any.shapes.params, key.any.params).remove("connector");
        Ok(match (goal, status, connector) {
            (Goal::Exist, "reserved", Some(Value::Object(mut connector))) => {
                beside::spread(&mut connector, "additional_properties");
                requests::<Self>(key).set("connector", Value::Object(connector))
            }
            (Goal::Exist, "attaching", Some(_)) if key.params.complete != Some(false) => {
                requests::<Self>(key).act("os-complete", Value::Null)
            }
            _ => plain_step::<Self>(goal, key, seen, diff),
        })
    }

    fn ready(wanted: &Self::Parameters, seen: &Seen<'_, Self>) -> Ready {
        let usable: &[_] = match (&wanted.connector, wanted.complete) {
            (None, _) => &["reserved", "attaching", "attached"],
            (Some(_), Some(false)) => &["attaching", "attached"],
            (Some(_), _) => &["attached"],
        };
        Statuses::of("attachment", usable).ready(&seen.state.status, "")
    }
}

#[cfg(test)]
mod tests;
