//! How a server is brought to what is wanted of it, request by request.

use super::{ImageChange, PowerState, ServerObservation, ServerParameters, interfaces};
use crate::kind::{
    Key, Step, TypedObserved,
    rest::{
        change::{By, Change},
        requests::Requests,
    },
};
use serde_json::{Value, json};

type Asked<'a> = Key<'a, ServerParameters>;
type Seen<'a> = TypedObserved<'a, ServerParameters, ServerObservation>;

/// What needs requests of its own, and is never refused.
const OWN: &[&str] = &["metadata", "tags", "securityGroups", "powerState", "locked"];

/// A server that the spec locks is unlocked before any other change that is not refused, and locked after the last. All
/// else waits until the server has settled from the change before; a resize that waits to be confirmed is ended first.
pub(super) const CHANGES: &[Change<ServerParameters, ServerObservation>] = &[
    Change::new(OWN, By::Function(unlock)).at_once(),
    Change::new(&["flavorId"], By::Function(end_resize)),
    Change::new(&["metadata"], By::SubResource("metadata")),
    Change::new(&["tags"], By::SubResource("tags")),
    Change::new(&["securityGroups"], By::Function(security_group)),
    Change::new(&["interfaces"], By::Function(unlock)).unless(interfaces::fixed),
    Change::new(&["interfaces"], By::Function(interfaces::next)).unless(interfaces::fixed),
    Change::new(&["flavorId"], By::Function(unlock)).unless(fixed_size),
    Change::new(&["flavorId"], By::Action("resize", "flavorRef")).unless(fixed_size),
    Change::new(&["imageId"], By::Function(unlock)).unless(fixed_image),
    Change::new(&["imageId"], By::Function(rebuild)).unless(fixed_image),
    Change::new(&["adminPassSecretRef"], By::Function(unlock)).unless(stopped),
    Change::new(&["adminPassSecretRef"], By::SecretAction("changePassword", "adminPass")).unless(stopped),
    Change::new(&["powerState"], By::Function(power)),
    Change::new(&["locked"], By::Function(lock)).at_once(),
];

fn fixed_size(_: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let status = seen.state.status.as_str();
    let refusal = || Step::Refuse(format!("a server whose status is {status} can't be resized"));
    (!matches!(status, "ACTIVE" | "SHUTOFF")).then(refusal)
}

fn fixed_image(key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let status = seen.state.status.as_str();
    match key.params.image_change {
        Some(ImageChange::Rebuild) if matches!(status, "ACTIVE" | "SHUTOFF") => None,
        Some(ImageChange::Rebuild) => {
            Some(Step::Refuse(format!("a server whose status is {status} can't be rebuilt")))
        }
        Some(ImageChange::Refuse) | None => {
            let why = "another image would clear the server's root disk: set spec.forProvider.imageChange to rebuild to have that";
            Some(Step::Refuse(why.to_owned()))
        }
    }
}

/// With the password, or Nova would make up another one.
fn rebuild(server: &Requests<'_>, key: &Asked<'_>, _: &Seen<'_>) -> Option<Step> {
    let mut step = server.act("rebuild", json!({"imageRef": key.params.image_id}));
    if let (Step::Send(request), Some(password)) = (&mut step, key.any.secrets.get("adminPass")) {
        request.secrets.insert("/rebuild/adminPass".to_owned(), password.clone());
    }
    Some(step)
}

/// Its guest is asked to change the password.
fn stopped(_: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let status = seen.state.status.as_str();
    let refusal = || Step::Refuse(format!("a server whose status is {status} can't change its password"));
    (status != "ACTIVE").then(refusal)
}

/// For a server of which nothing else can be changed there is no need to.
fn unlock(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let needed = match key.params.locked {
        Some(true) => seen.state.status != "ERROR",
        Some(false) => true,
        None => false,
    };
    (needed && seen.params.locked == Some(true)).then(|| server.act("unlock", Value::Null))
}

fn lock(server: &Requests<'_>, key: &Asked<'_>, _: &Seen<'_>) -> Option<Step> {
    (key.params.locked == Some(true)).then(|| server.act("lock", Value::Null))
}

fn end_resize(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let right = key.params.flavor_id.as_deref() == Some(&seen.state.resized_to);
    let action = if right { "confirmResize" } else { "revertResize" };
    let end = || unlock(server, key, seen).unwrap_or_else(|| server.act(action, Value::Null));
    (seen.state.status == "VERIFY_RESIZE").then(end)
}

/// New groups first, so that the server is never without any.
fn security_group(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let wanted = key.params.security_groups.as_deref().unwrap_or_default();
    let have = seen.params.security_groups.as_deref().unwrap_or_default();
    let missing = wanted.iter().find(|name| !have.contains(name)).map(|name| ("addSecurityGroup", name));
    let surplus = || have.iter().find(|name| !wanted.contains(name));
    let (action, name) = missing.or_else(|| Some(("removeSecurityGroup", surplus()?)))?;
    Some(server.act(action, json!({"name": name})))
}

fn power(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    Some(server.act(towards(key.params.power_state?, &seen.state.status)?, Value::Null))
}

/// The next action on the way to a power state.
pub(super) fn towards(wanted: PowerState, status: &str) -> Option<&'static str> {
    Some(match (wanted, status) {
        (PowerState::Active, "ACTIVE") | (PowerState::Shutoff, "SHUTOFF") => return None,
        (PowerState::Paused, "PAUSED") | (PowerState::Suspended, "SUSPENDED") => return None,
        (PowerState::Shelved, "SHELVED" | "SHELVED_OFFLOADED") => return None,
        (PowerState::ShelvedOffloaded, "SHELVED_OFFLOADED") => return None,
        (PowerState::ShelvedOffloaded, "SHELVED") => "shelveOffload",
        (
            PowerState::Shelved | PowerState::ShelvedOffloaded,
            "ACTIVE" | "SHUTOFF" | "PAUSED" | "SUSPENDED",
        ) => "shelve",
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
pub(super) fn before_delete(server: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_>) -> Option<Step> {
    let (status, task) = (seen.state.status.as_str(), seen.state.task_state.as_str());
    let stop = key.params.stop_before_delete == Some(true);
    match (key.params.locked, seen.params.locked) {
        (Some(true), Some(true)) => {
            let why = "it is locked: set spec.forProvider.locked to false to let it be deleted";
            return Some(Step::Refuse(why.to_owned()));
        }
        (Some(false), Some(true)) => return Some(server.act("unlock", Value::Null)),
        _ => {}
    }
    match task {
        "deleting" | "soft-deleting" => Some(Step::Wait("the server's deletion".to_owned())),
        "powering-off" if stop => Some(Step::Wait("the server to stop".to_owned())),
        _ if stop && status == "ACTIVE" => Some(server.act("os-stop", Value::Null)),
        _ if key.params.force_delete == Some(true) => Some(server.act("forceDelete", Value::Null)),
        _ => None,
    }
}
