//! What is done to a server: <https://docs.openstack.org/api-ref/compute/#servers-run-an-action-servers-action>

use super::servers::{gone, group, settle};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::merged,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

/// Seconds that an action takes.
const WORK: i64 = 1;

/// Action, states in which it can be done, what the server does meanwhile, and the state it leads to.
const POWER: [(&str, &[&str], &str, &str); 9] = [
    ("os-stop", &["ACTIVE", "SHUTOFF"], "powering-off", "SHUTOFF"),
    ("os-start", &["SHUTOFF"], "powering-on", "ACTIVE"),
    ("pause", &["ACTIVE"], "pausing", "PAUSED"),
    ("unpause", &["PAUSED"], "unpausing", "ACTIVE"),
    ("suspend", &["ACTIVE"], "suspending", "SUSPENDED"),
    ("resume", &["SUSPENDED"], "resuming", "ACTIVE"),
    ("shelve", &["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"], "shelving", "SHELVED_OFFLOADED"),
    ("shelveOffload", &["SHELVED"], "shelving_offloading", "SHELVED_OFFLOADED"),
    ("unshelve", &["SHELVED", "SHELVED_OFFLOADED"], "unshelving", "ACTIVE"),
];

pub(super) fn answer(cloud: &mut Cloud, call: &Call, id: &str, what: &str, below: &[&str]) -> Outcome {
    let server = cloud.one("servers", id)?;
    let own = call.who.admin || call.who.project.as_deref() == Some(text(&server, "tenant_id"));
    if !own {
        return Err(crate::collection::not_found("servers", id));
    }
    match (what, call.method.as_str(), below) {
        ("action", "POST", []) => act(cloud, call, &server),
        ("metadata", method, below) => metadata(cloud, call, server, method, below),
        ("tags", "GET", []) => Ok(Done::new(200, json!({"tags": server.get("tags")}))),
        ("tags", "PUT", []) => {
            let tags = call.body.get("tags").filter(|tags| tags.is_array());
            let tags = tags.ok_or_else(|| Refusal::bad("no tags", "'tags' is a required property"))?.clone();
            cloud.store.put("servers", merged(&server, object(json!({ "tags": tags }))));
            Ok(Done::new(200, json!({ "tags": tags })))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn metadata(cloud: &mut Cloud, call: &Call, server: Object, method: &str, below: &[&str]) -> Outcome {
    let have = server.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let sent = || {
        call.object("metadata")
            .ok_or_else(|| Refusal::bad("no metadata", "'metadata' is a required property"))
    };
    let new = match (method, below) {
        ("GET", []) => return Ok(Done::new(200, json!({ "metadata": have }))),
        ("PUT", []) => sent()?,
        ("POST", []) => merged(&have, sent()?),
        _ => return Err(Refusal::no_path()),
    };
    cloud.store.put("servers", merged(&server, object(json!({ "metadata": new }))));
    Ok(Done::new(200, json!({ "metadata": new })))
}

fn act(cloud: &mut Cloud, call: &Call, server: &Object) -> Outcome {
    let (id, status) = (text(server, "id"), text(server, "status"));
    let (action, how) = call
        .body
        .as_object()
        .and_then(|body| body.iter().next())
        .ok_or_else(|| Refusal::bad("no server action", "no action"))?;
    let refuse = || {
        let state = text(server, "OS-EXT-STS:vm_state");
        Refusal::conflict(
            "action in another state",
            format!("Cannot '{action}' instance {id} while it is in vm_state {state}"),
        )
    };
    if action == "forceDelete" {
        cloud.later(0, gone, id);
        return Ok(Done::nothing(202));
    }
    idle(server, action)?;
    if let Some((_, from, task, to)) = POWER.iter().find(|(name, ..)| name == action) {
        if !from.contains(&status) {
            return Err(refuse());
        }
        work(cloud, id, task, to);
        return Ok(Done::nothing(202));
    }
    let word = |key: &str| how.get(key).and_then(Value::as_str);
    match action.as_str() {
        "resize" if matches!(status, "ACTIVE" | "SHUTOFF") => {
            resize(cloud, server, word("flavorRef").unwrap_or_default())?;
        }
        "rebuild" if matches!(status, "ACTIVE" | "SHUTOFF") => {
            return rebuild(cloud, server, word("imageRef"));
        }
        "changePassword" if status == "ACTIVE" => {
            word("adminPass")
                .ok_or_else(|| Refusal::bad("no password", "'adminPass' is a required property"))?;
        }
        "confirmResize" if status == "VERIFY_RESIZE" => {
            let before = text(server, "_before").to_owned();
            settle(cloud, id, &before, json!({}));
            return Ok(Done::nothing(204));
        }
        "revertResize" if status == "VERIFY_RESIZE" => revert(cloud, server),
        "createImage" if matches!(status, "ACTIVE" | "SHUTOFF" | "PAUSED" | "SUSPENDED") => {
            let image = crate::glance::snapshot(cloud, server, how);
            return Ok(Done::new(202, json!({ "image_id": image })));
        }
        "addSecurityGroup" | "removeSecurityGroup" => {
            let group = group(cloud, call, word("name").unwrap_or_default())?;
            regroup(cloud, id, &group, action == "addSecurityGroup");
        }
        "resize" | "confirmResize" | "revertResize" | "rebuild" | "changePassword" | "createImage" => {
            return Err(refuse());
        }
        _ => return Err(Refusal::bad("unknown server action", format!("There is no such action: {action}"))),
    }
    Ok(Done::nothing(202))
}

/// One action at a time.
fn idle(server: &Object, action: &str) -> Outcome<()> {
    let (id, task) = (text(server, "id"), text(server, "OS-EXT-STS:task_state"));
    if task.is_empty() {
        return Ok(());
    }
    let why = format!("Cannot '{action}' instance {id} while it is in task_state {task}");
    Err(Refusal::conflict("action while another is under way", why))
}

fn revert(cloud: &mut Cloud, server: &Object) {
    let change = json!({"flavorRef": server.get("_old")});
    cloud.store.put("servers", merged(server, object(change)));
    work(cloud, text(server, "id"), "resize_reverting", text(server, "_before"));
}

/// The root disk is made anew from an image.
fn rebuild(cloud: &mut Cloud, server: &Object, image: Option<&str>) -> Outcome {
    let (id, before) = (text(server, "id"), text(server, "status"));
    let image = image.ok_or_else(|| Refusal::bad("no image", "'imageRef' is a required property"))?;
    cloud
        .store
        .get("images", image)
        .ok_or_else(|| Refusal::bad("rebuild on no image", format!("Image {image} could not be found.")))?;
    cloud.store.put("servers", merged(server, object(json!({"imageRef": image}))));
    work(cloud, id, "rebuilding", before);
    let server = cloud.one("servers", id)?;
    Ok(Done::new(202, json!({ "server": server })))
}

fn resize(cloud: &mut Cloud, server: &Object, flavor: &str) -> Outcome<()> {
    let none = || Refusal::bad("resize to no flavor", format!("Flavor {flavor} could not be found."));
    cloud.store.get("flavors", flavor).ok_or_else(none)?;
    let before = text(server, "status");
    let change = json!({"_old": server.get("flavorRef"), "_before": before, "flavorRef": flavor});
    cloud.store.put("servers", merged(server, object(change)));
    work(cloud, text(server, "id"), "resize_prep", "VERIFY_RESIZE");
    Ok(())
}

fn regroup(cloud: &mut Cloud, server: &str, group: &str, add: bool) {
    for port in crate::neutron::ports_of(cloud, server) {
        let groups = cloud.store.get_mut("ports", &port).and_then(|port| port.get_mut("security_groups"));
        if let Some(Value::Array(groups)) = groups {
            groups.retain(|have| have != group);
            groups.extend(add.then(|| json!(group)));
        }
    }
}

/// The server does something for a while, and is then in another state.
fn work(cloud: &mut Cloud, id: &str, task: &str, to: &str) {
    let now = cloud.time();
    if let Some(server) = cloud.store.get_mut("servers", id) {
        server.extend(object(json!({"OS-EXT-STS:task_state": task, "updated": now, "_to": to})));
    }
    cloud.later(
        WORK,
        |cloud, id| {
            let to = cloud.store.get_mut("servers", id).and_then(|server| server.remove("_to"));
            if let Some(Value::String(to)) = to {
                settle(cloud, id, &to, json!({}));
            }
        },
        id,
    );
}
