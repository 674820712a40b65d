//! Cinder volumes: <https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes>

mod fields;
mod image_metadata;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, MarkerPlace, Options, Seen, Statuses, Step,
        request::{Method, Microversion, Request, service::BLOCK_STORAGE},
        requests,
        rest::{
            Rest,
            change::{By, Change},
            fault::Fault,
            incremental::Incremental,
            listing::Listing,
        },
    },
};
use serde_json::{Map, Value, json};

/// A disk that lives on its own.
pub struct Volume;

impl Kind for Volume {
    type Parameters = VolumeParameters;
    type Observation = VolumeObservation;
    const INFO: Info = Info {
        kind: "Volume",
        plural: "volumes",
        short: "osvol",
        about: "A Volume is a disk of OpenStack Cinder that lives on its own.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "GIB", field: "size" }],
        // Lets volumes grow in use; earlier, 3.13 tells the group.
        microversion: Some(Microversion(3, 42)),
        marker: MarkerPlace::Metadata,
        requires: &[&["size", "snapshotId", "sourceVolumeId", "backupId"]],
        ..Info::of(&BLOCK_STORAGE)
    };
    const REST: Option<Rest> = Some(Rest {
        asks: &["name"],
        hints: Some("OS-SCH-HNT:scheduler_hints"),
        incremental: Some(Incremental {
            parameter: "updated_at",
            operator: "gte:",
            changed: "updated_at",
            since: Some(Microversion(3, 60)),
        }),
        ..Rest::plain("volumes", "volume")
    });
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> = Some(super::shared::statuses(
        "volume",
        &[
            "available",
            "in-use",
            "reserved",
            "attaching",
            "detaching",
            "uploading",
            "backing-up",
            "awaiting-transfer",
        ],
    ));
    /// Cinder's messages.
    const FAULT: Option<Fault> = Some(super::shared::MESSAGES);
    const NOT_IN_CREATE: &[&str] =
        &["migration_policy", "bootable", "readonly", "image_metadata", "cascade_delete", "force_delete"];
    const CHANGES: Changes<Self> = &[
        Change::new(&["size"], By::Action("os-extend", "new_size")).unless(shrinks),
        Change::new(&["volumeType"], By::ActionWith("os-retype", retype)),
        Change::new(&["bootable"], By::Action("os-set_bootable", "bootable")),
        Change::new(&["readonly"], By::Action("os-update_readonly_flag", "readonly")),
        Change::new(&["imageMetadata"], By::Function(image_metadata::next)),
    ];

    /// A type that the spec names by id can only be compared with what tells the id.
    fn looks_with(key: &Key<'_, VolumeParameters>) -> Option<Microversion> {
        let by_id = key.params.volume_type.as_deref().is_some_and(is_id);
        by_id.then_some(Microversion(3, 63)).or(Self::INFO.microversion)
    }

    /// Says the type as the spec does, by name or id, and flags as flags.
    fn complete_answer(key: &Key<'_, VolumeParameters>, volume: &mut Map<String, Value>) {
        if volume.get("volume_type_id").and_then(Value::as_str) == key.params.volume_type.as_deref() {
            let id = volume.get("volume_type_id").cloned();
            volume.extend(id.map(|id| ("volume_type".to_owned(), id)));
        }
        flags(volume);
        image_metadata::tell(volume);
    }

    /// A restore puts the metadata that the backup has of its volume in the place of the create's, and says at its end which
    /// backup it was.
    fn inherited(key: &Key<'_, VolumeParameters>, seen: &Seen<'_, Self>) -> bool {
        let restored = seen.params.metadata.as_ref().and_then(|metadata| metadata.get("src_backup_id"));
        let at_work = matches!(seen.state.status.as_str(), "creating" | "restoring-backup");
        key.params.backup_id.as_ref().is_some_and(|backup| at_work || restored == Some(backup))
    }

    /// Cinder deletes none that a server uses or that is in a group.
    fn before_delete(key: &Key<'_, VolumeParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let used =
            || Some(Step::Wait(format!("{} to let the volume go", user(seen.state.attachments.first()?))));
        let said = [("cascade", key.params.cascade_delete), ("force", key.params.force_delete)];
        let flags: Vec<_> =
            said.iter().filter(|(_, said)| *said == Some(true)).map(|(flag, _)| *flag).collect();
        let before =
            super::shared::deleting("volume", &seen.state.status).or_else(used).or_else(|| leave(seen));
        before.or_else(|| (!flags.is_empty()).then(|| requests::<Self>(key).delete_by(&flags)))
    }
}

/// Cinder says `bootable` as a text, and puts flags of its own among the metadata.
fn flags(body: &mut Map<String, Value>) {
    let bootable = body.get("bootable").is_some_and(|bootable| bootable == "true");
    body.insert("bootable".to_owned(), json!(bootable));
    let mut readonly = false;
    if let Some(Value::Object(metadata)) = body.get_mut("metadata") {
        metadata.remove("attached_mode");
        readonly = metadata.remove("readonly").is_some_and(|readonly| readonly == "True");
    }
    body.insert("readonly".to_owned(), json!(readonly));
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_id(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// Who uses the volume: a server, or who made an attachment without one.
fn user(attachment: &VolumeAttachment) -> String {
    let VolumeAttachment { server_id, attachment_id, .. } = attachment;
    if server_id.is_empty() { format!("attachment {attachment_id}") } else { format!("server {server_id}") }
}

/// Takes the volume out of its group.
fn leave(seen: &Seen<'_, Volume>) -> Option<Step> {
    let group = seen.params.group_id.as_deref().filter(|group| !group.is_empty())?;
    let body = json!({"group": {"remove_volumes": seen.state.id}});
    let request = Request::new(&BLOCK_STORAGE, Method::Put, format!("/groups/{group}"), Some(body));
    Some(Step::Send(Request { microversion: Volume::INFO.microversion, ..request }))
}

fn shrinks(key: &Key<'_, VolumeParameters>, seen: &Seen<'_, Volume>) -> Option<Step> {
    let refusal = || Step::Refuse("a volume can't shrink: make a new one instead".to_owned());
    (key.params.size < seen.params.size).then(refusal)
}

fn retype(wanted: &VolumeParameters) -> Value {
    let policy = wanted.migration_policy.unwrap_or(MigrationPolicy::Never);
    json!({"new_type": wanted.volume_type, "migration_policy": policy})
}

#[cfg(test)]
mod tests;
