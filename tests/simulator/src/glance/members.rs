//! With whom an image is shared: <https://docs.openstack.org/api-ref/image/v2/#sharing>

use crate::{
    call::Call,
    cloud::Cloud,
    collection::{merged, not_found},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

const STORE: &str = "members";

pub(super) fn answer(cloud: &mut Cloud, call: &Call, image: &str, rest: &[&str]) -> Outcome {
    let found = cloud.one("images", image)?;
    let project = call.who.project.as_deref();
    let owns = call.who.admin || project == Some(text(&found, "owner"));
    let member = |cloud: &Cloud, id: &str| {
        let known = cloud.store.get(STORE, &format!("{image}/{id}")).cloned();
        known.ok_or_else(|| {
            Refusal::new(
                404,
                "no such member",
                format!("{id} not found in the member list of the image {image}."),
            )
        })
    };
    match (call.method.as_str(), rest) {
        ("POST", []) if !owns => Err(not_found("images", image)),
        ("POST", []) => share(cloud, call, &found),
        ("GET", [id]) if owns || project == Some(*id) => Ok(Done::new(200, shown(member(cloud, id)?))),
        ("GET" | "PUT", [_]) if !owns && rest.first().copied() != project => Err(not_found("images", image)),
        ("PUT", [id]) => {
            let known = member(cloud, id)?;
            if project != Some(*id) && !call.who.admin {
                return Err(Refusal::forbidden("answer for another project", "modify_member"));
            }
            let status = call.body.get("status").and_then(Value::as_str).unwrap_or_default();
            if !["pending", "accepted", "rejected"].contains(&status) {
                return Err(Refusal::bad(
                    "unknown status of a member",
                    "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".",
                ));
            }
            let new = merged(&known, object(json!({"status": status, "updated_at": cloud.time()})));
            cloud.store.put(STORE, new.clone());
            Ok(Done::new(200, shown(new)))
        }
        ("DELETE", [id]) if owns => {
            member(cloud, id)?;
            cloud.store.remove(STORE, &format!("{image}/{id}"));
            Ok(Done::nothing(204))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn share(cloud: &mut Cloud, call: &Call, image: &Object) -> Outcome {
    let id = text(image, "id");
    let member = call.body.get("member").and_then(Value::as_str).unwrap_or_default();
    if text(image, "visibility") != "shared" {
        return Err(Refusal::forbidden("member of an image that is not shared", "add_member"));
    }
    let key = format!("{id}/{member}");
    if cloud.store.get(STORE, &key).is_some() {
        let why = format!("Member {member} is duplicated for image {id}");
        return Err(Refusal::conflict("member twice", why));
    }
    let now = cloud.time();
    let new = object(
        json!({"id": key, "image_id": id, "member_id": member, "status": "pending", "created_at": now,
        "updated_at": now, "schema": "/v2/schemas/member"}),
    );
    cloud.store.put(STORE, new.clone());
    Ok(Done::new(200, shown(new)))
}

fn shown(mut member: Object) -> Value {
    member.remove("id");
    Value::Object(member)
}
