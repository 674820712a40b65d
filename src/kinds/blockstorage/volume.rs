//! Cinder volumes: <https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes>

mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Step,
        any::Observed,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Keep, Method, Microversion, Read, Request, service::BLOCK_STORAGE},
        rest::{Rest, listing::Listing},
    },
    kinds::hints,
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
        about: "A Volume is a disk of OpenStack Cinder that lives on its own.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "GIB", field: "size" }],
        // Tells the type's id; earlier, 3.42 lets volumes grow in use and 3.47 restores backups.
        microversion: Some(Microversion(3, 63)),
        marker: MarkerPlace::Metadata,
        requires: &[&["size", "snapshotId", "sourceVolumeId", "backupId"]],
    };
    const REST: Rest = Rest::plain("volumes", "volume");
    const LISTING: Listing = Listing::Detail(&[]);

    /// The plain list leaves metadata out.
    fn reads(key: &Key<'_, VolumeParameters>) -> Vec<Read> {
        plain_reads::<Self>(key).into_iter().map(Read::in_detail).collect()
    }

    /// Says the type as the spec does, by name or id, and of a failed volume what Cinder's messages say.
    fn parse(key: &Key<'_, VolumeParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let looked = answers.iter().rposition(|answer| !matches!(answer, Answer::Items(_)));
        let (looked, told) = answers.split_at(looked.map_or(answers.len(), |at| at + 1));
        let found = plain_parse::<Self>(looked)?;
        let Found::One { external_name, body: Value::Object(mut body) } = found else { return Ok(found) };
        let broken = body.get("status").and_then(Value::as_str).is_some_and(|s| s.starts_with("error"));
        match told.first() {
            None if broken => return Ok(Found::More(vec![messages(&external_name)])),
            Some(Answer::Items(items)) => body.extend(fault(items)),
            None | Some(Answer::Body(_) | Answer::Gone) => {}
        }
        if body.get("volume_type_id").and_then(Value::as_str) == key.params.volume_type.as_deref() {
            let id = body.get("volume_type_id").cloned();
            body.extend(id.map(|id| ("volume_type".to_owned(), id)));
        }
        flags(&mut body);
        Ok(Found::One { external_name, body: Value::Object(body) })
    }

    fn complete(_: &VolumeParameters, body: &mut Map<String, Value>) {
        for later in ["migration_policy", "bootable", "readonly"] {
            body.remove(later);
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, VolumeParameters>,
        seen: Option<&Seen<Self>>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let (plain, actions) = diff.split(&["size", "volumeType", "bootable", "readonly"]);
        Ok(match (goal, seen) {
            (Goal::Exist, None) => {
                let create = plain_step::<Self>(goal, key, observed, diff);
                hints::beside(create, "volume", "OS-SCH-HNT:scheduler_hints")
            }
            (Goal::Match, Some(seen)) if plain.is_empty() && !actions.is_empty() => {
                change(key, seen, &actions)
            }
            (Goal::Vanish, Some(seen)) if seen.state.status == "deleting" => {
                Step::Wait("the volume's deletion".to_owned())
            }
            (Goal::Vanish, Some(seen)) => match seen.state.attachments.first() {
                Some(used) => Step::Wait(format!("server {} to let the volume go", used.server_id)),
                None => plain_step::<Self>(goal, key, observed, diff),
            },
            (Goal::Exist | Goal::Match, _) | (Goal::Vanish, None) => {
                plain_step::<Self>(goal, key, observed, &plain)
            }
        })
    }

    fn ready(_: &VolumeParameters, seen: &Seen<Self>) -> Ready {
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

fn messages(volume: &str) -> Read {
    let keep = Keep::Equals("resource_uuid", volume.to_owned());
    Read::List { path: "/messages".to_owned(), query: vec![], items: "messages", keep }
}

/// The newest message.
fn fault(messages: &[Value]) -> Option<(String, Value)> {
    let at = |message: &Value| message.get("created_at").and_then(Value::as_str).map(str::to_owned);
    let newest = messages.iter().max_by_key(|message| at(message))?;
    Some(("fault".to_owned(), newest.get("user_message")?.clone()))
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

/// One action, once the volume has settled from the one before.
fn change(key: &Key<'_, VolumeParameters>, seen: &Seen<Volume>, actions: &Diff) -> Step {
    let wanted = key.params;
    let status = seen.state.status.as_str();
    if status.ends_with("ing") && !matches!(status, "attaching" | "detaching") {
        return Step::Wait(format!("the volume, which is {status}"));
    }
    let action = match actions.fields.first().map(String::as_str) {
        Some("bootable") => json!({"os-set_bootable": {"bootable": wanted.bootable}}),
        Some("readonly") => json!({"os-update_readonly_flag": {"readonly": wanted.readonly}}),
        Some("size") if wanted.size < seen.params.size => {
            return Step::Refuse("a volume can't shrink: make a new one instead".to_owned());
        }
        Some("size") => json!({"os-extend": {"new_size": wanted.size}}),
        _ => {
            let policy = wanted.migration_policy.unwrap_or(MigrationPolicy::Never);
            json!({"os-retype": {"new_type": wanted.volume_type, "migration_policy": policy}})
        }
    };
    let path = format!("/volumes/{}/action", key.any.meta.external_name.unwrap_or_default());
    let request = Request::new(&BLOCK_STORAGE, Method::Post, path, Some(action));
    Step::Send(Request { microversion: Volume::INFO.microversion, ..request })
}

#[cfg(test)]
mod tests;
