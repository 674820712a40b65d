//! Cinder volumes: <https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes>

mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, Found, Goal, ID, Info, Key, Kind, KindError, MarkerPlace, Ready, Rights, Seen, Step,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Keep, Microversion, Read, service::BLOCK_STORAGE},
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
            look::in_detail,
        },
    },
    kinds::{
        fault::{Fault, text},
        hints,
    },
};
use serde_json::{Map, Value, json};

/// A disk that lives on its own.
pub struct Volume;

impl Kind for Volume {
    type Parameters = VolumeParameters;
    type Observation = VolumeObservation;
    const INFO: Info = Info {
        service: &BLOCK_STORAGE,
        kind: "Volume",
        plural: "volumes",
        short: "osvol",
        about: "A Volume is a disk of OpenStack Cinder that lives on its own.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "GIB", field: "size" }],
        // Tells the type's id; earlier, 3.42 lets volumes grow in use and 3.47 restores backups.
        microversion: Some(Microversion(3, 63)),
        external_name: ID,
        connection: &[],
        rights: Rights::Project,
        marker: MarkerPlace::Metadata,
        requires: &[&["size", "snapshotId", "sourceVolumeId", "backupId"]],
    };
    const REST: Option<Rest> = Some(Rest::plain("volumes", "volume"));
    const LISTING: Listing = Listing::Detail(&[]);
    /// One action, once the volume has settled from the one before.
    const CHANGES: Changes<Self> = &[
        Change::new(
            &["size"],
            By::Action("os-extend", |wanted: &VolumeParameters| json!({"new_size": wanted.size})),
        )
        .unless(|key, seen| busy(key, seen).or_else(|| shrinks(key, seen))),
        Change::new(&["volumeType"], By::Action("os-retype", retype)).unless(busy),
        Change::new(
            &["bootable"],
            By::Action("os-set_bootable", |wanted: &VolumeParameters| json!({"bootable": wanted.bootable})),
        )
        .unless(busy),
        Change::new(
            &["readonly"],
            By::Action(
                "os-update_readonly_flag",
                |wanted: &VolumeParameters| json!({"readonly": wanted.readonly}),
            ),
        )
        .unless(busy),
    ];

    /// The plain list leaves metadata out.
    fn reads(key: &Key<'_, VolumeParameters>) -> Vec<Read> {
        in_detail(plain_reads::<Self>(key))
    }

    /// Of a volume that failed, Cinder's messages say why.
    fn parse(key: &Key<'_, VolumeParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        FAULT.explain(answers, |answers| plain_parse::<Self>(key, answers))
    }

    /// Says the type as the spec does, by name or id, and flags as flags.
    fn complete_answer(key: &Key<'_, VolumeParameters>, volume: &mut Map<String, Value>) {
        if volume.get("volume_type_id").and_then(Value::as_str) == key.params.volume_type.as_deref() {
            let id = volume.get("volume_type_id").cloned();
            volume.extend(id.map(|id| ("volume_type".to_owned(), id)));
        }
        flags(volume);
    }

    fn complete(_: &VolumeParameters, body: &mut Map<String, Value>) {
        for later in ["migration_policy", "bootable", "readonly"] {
            body.remove(later);
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, VolumeParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let step = || plain_step::<Self>(goal, key, seen, diff);
        Ok(match (goal, seen) {
            (Goal::Exist, None) => hints::beside(step(), "volume", "OS-SCH-HNT:scheduler_hints"),
            (Goal::Vanish, Some(seen)) => in_use(&seen.state).map_or_else(step, Step::Wait),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => step(),
        })
    }

    fn ready(_: &VolumeParameters, seen: &Seen<'_, Self>) -> Ready {
        match (seen.state.status.as_str(), seen.state.fault.as_str()) {
            (status, "") if status.starts_with("error") => {
                Ready::Failed(format!("volume status is {status}"))
            }
            (status, why) if status.starts_with("error") => {
                Ready::Failed(format!("volume status is {status}: {why}"))
            }
            (
                "available" | "in-use" | "reserved" | "attaching" | "detaching" | "uploading" | "backing-up",
                _,
            ) => Ready::Yes,
            (status, _) => Ready::Not(format!("volume status is {status}")),
        }
    }
}

const FAULT: Fault = Fault {
    failed: |volume| text(volume, "status").starts_with("error"),
    list: messages,
    text: "user_message",
    field: "fault",
    silence: None,
};

fn messages(volume: &str) -> Read {
    let keep = Keep::Equals("resource_uuid", volume.to_owned());
    Read::List { path: "/messages".to_owned(), query: vec![], items: "messages", keep }
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

type Asked<'a> = Key<'a, VolumeParameters>;

fn busy(_: &Asked<'_>, seen: &Seen<'_, Volume>) -> Option<Step> {
    let status = seen.state.status.as_str();
    let works = status.ends_with("ing") && !matches!(status, "attaching" | "detaching");
    works.then(|| Step::Wait(format!("the volume, which is {status}")))
}

fn shrinks(key: &Asked<'_>, seen: &Seen<'_, Volume>) -> Option<Step> {
    let refusal = || Step::Refuse("a volume can't shrink: make a new one instead".to_owned());
    (key.params.size < seen.params.size).then(refusal)
}

fn retype(wanted: &VolumeParameters) -> Value {
    let policy = wanted.migration_policy.unwrap_or(MigrationPolicy::Never);
    json!({"new_type": wanted.volume_type, "migration_policy": policy})
}

/// What a deletion waits for.
fn in_use(state: &VolumeObservation) -> Option<String> {
    if state.status == "deleting" {
        return Some("the volume's deletion".to_owned());
    }
    Some(format!("server {} to let the volume go", state.attachments.first()?.server_id))
}

#[cfg(test)]
mod tests;
