//! How a server is brought to what is wanted of it, request by request.

use super::{PowerState, Server, ServerParameters};
use crate::kind::{
    Goal, Key, Kind, Seen, Step,
    any::Observed,
    diff::Diff,
    marker, plain_step,
    request::{Method, Request, service::COMPUTE},
};
use serde_json::{Value, json};

type Asked<'a> = Key<'a, ServerParameters>;

fn send(key: &Asked<'_>, method: Method, below: &str, body: Value) -> Step {
    let path = format!("/servers/{}/{below}", key.any.meta.external_name.unwrap_or_default());
    let request = Request::new(&COMPUTE, method, path, Some(body));
    Step::Send(Request { microversion: Server::INFO.microversion, ..request })
}

fn act(key: &Asked<'_>, action: &str, how: Value) -> Step {
    send(key, Method::Post, "action", json!({ action: how }))
}

/// What the update takes goes first; all else waits until the server has settled from the change before.
pub(super) fn step(key: &Asked<'_>, seen: &Seen<Server>, observed: Option<&Observed>, diff: &Diff) -> Step {
    let own = ["metadata", "tags", "securityGroups", "flavorId", "powerState", "locked"];
    let (plain, own) = diff.split(&own);
    if !plain.is_empty() {
        return plain_step::<Server>(Goal::Match, key, observed, &plain);
    }
    if let Some(step) = lock(key, seen, &own) {
        return step;
    }
    let (status, task) = (seen.state.status.as_str(), seen.state.task_state.as_str());
    if status == "ERROR" {
        return Step::Refuse("a server whose status is ERROR can't be changed".to_owned());
    }
    let settled = status == "VERIFY_RESIZE" || seen.params.power_state.is_some();
    if !settled || !task.is_empty() {
        let task = if task.is_empty() { String::new() } else { format!(" ({task})") };
        return Step::Wait(format!("the server, whose status is {status}{task}"));
    }
    match own.fields.first().map(String::as_str) {
        _ if status == "VERIFY_RESIZE" && own.fields.iter().any(|f| f == "flavorId") => {
            let right = key.params.flavor_id.as_deref() == Some(&seen.state.resized_to);
            act(key, if right { "confirmResize" } else { "revertResize" }, Value::Null)
        }
        Some("metadata") => {
            let mut metadata = key.params.metadata.clone().unwrap_or_default();
            metadata.insert(marker::METADATA_KEY.to_owned(), key.any.meta.marker.text());
            send(key, Method::Put, "metadata", json!({"metadata": metadata}))
        }
        Some("tags") => send(key, Method::Put, "tags", json!({"tags": key.params.tags})),
        Some("securityGroups") => security_group(key, seen),
        Some("flavorId") if matches!(status, "ACTIVE" | "SHUTOFF") => {
            act(key, "resize", json!({"flavorRef": key.params.flavor_id}))
        }
        Some("flavorId") => Step::Refuse(format!("a server whose status is {status} can't be resized")),
        Some("powerState") => match key.params.power_state.and_then(|wanted| towards(wanted, status)) {
            Some(action) => act(key, action, Value::Null),
            None => Step::Done,
        },
        Some(_) | None => Step::Done,
    }
}

/// A server that the spec locks is unlocked before any other change, and locked after the last.
fn lock(key: &Asked<'_>, seen: &Seen<Server>, own: &Diff) -> Option<Step> {
    match (key.params.locked?, seen.params.locked == Some(true)) {
        (_, true) if !own.is_empty() => Some(act(key, "unlock", Value::Null)),
        (true, false) if own.fields == ["locked"] => Some(act(key, "lock", Value::Null)),
        _ => None,
    }
}

/// New groups first, so that the server is never without any.
fn security_group(key: &Asked<'_>, seen: &Seen<Server>) -> Step {
    let wanted = key.params.security_groups.as_deref().unwrap_or_default();
    let have = seen.params.security_groups.as_deref().unwrap_or_default();
    let missing = wanted.iter().find(|name| !have.contains(name));
    let surplus = have.iter().find(|name| !wanted.contains(name));
    match (missing, surplus) {
        (Some(name), _) => act(key, "addSecurityGroup", json!({"name": name})),
        (None, Some(name)) => act(key, "removeSecurityGroup", json!({"name": name})),
        (None, None) => Step::Done,
    }
}

/// The next action on the way to a power state.
pub(super) fn towards(wanted: PowerState, status: &str) -> Option<&'static str> {
    Some(match (wanted, status) {
        (PowerState::Active, "ACTIVE") | (PowerState::Shutoff, "SHUTOFF") => return None,
        (PowerState::Paused, "PAUSED") | (PowerState::Suspended, "SUSPENDED") => return None,
        (PowerState::Shelved, "SHELVED" | "SHELVED_OFFLOADED") => return None,
        (PowerState::Shelved, "ACTIVE" | "SHUTOFF" | "PAUSED" | "SUSPENDED") => "shelve",
        (PowerState::Shutoff, "ACTIVE") => "os-stop",
        (PowerState::Paused, "ACTIVE") => "pause",
        (PowerState::Suspended, "ACTIVE") => "suspend",
        (_, "SHUTOFF") => "os-start",
        (_, "PAUSED") => "unpause",
        (_, "SUSPENDED") => "resume",
        (_, "SHELVED" | "SHELVED_OFFLOADED") => "unshelve",
        (_, _) => return None,
    })
}

/// What a deletion needs beside, or instead of, the plain DELETE.
pub(super) fn vanish(key: &Asked<'_>, seen: &Seen<Server>) -> Option<Step> {
    let (status, task) = (seen.state.status.as_str(), seen.state.task_state.as_str());
    let stop = key.params.stop_before_delete == Some(true);
    match (key.params.locked, seen.params.locked) {
        (Some(true), Some(true)) => {
            let why = "it is locked: set spec.forProvider.locked to false to let it be deleted";
            return Some(Step::Refuse(why.to_owned()));
        }
        (Some(false), Some(true)) => return Some(act(key, "unlock", Value::Null)),
        _ => {}
    }
    match task {
        "deleting" | "soft-deleting" => Some(Step::Wait("the server's deletion".to_owned())),
        "powering-off" if stop => Some(Step::Wait("the server to stop".to_owned())),
        _ if stop && status == "ACTIVE" => Some(act(key, "os-stop", Value::Null)),
        _ if key.params.force_delete == Some(true) => Some(act(key, "forceDelete", Value::Null)),
        _ => None,
    }
}
