//! Glance images: <https://docs.openstack.org/api-ref/image/v2/#images>
//!
//! First the record, then its data. Properties lie beside the other fields on the wire; updates are JSON patches.

mod data;
mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Step,
        any::Observed,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Keep, Method, Read, Request, service::IMAGE},
        rest::{Rest, listing::Listing, wire},
    },
};
use serde_json::{Map, Value, json};

/// What disks of servers are made from.
pub struct Image;

impl Kind for Image {
    type Parameters = ImageParameters;
    type Observation = ImageObservation;
    const INFO: Info = Info {
        service: &IMAGE,
        kind: "Image",
        plural: "images",
        about: "An Image is what OpenStack Glance keeps to make disks of servers from.",
        docs: "https://docs.openstack.org/api-ref/image/v2/#images",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "BYTES", field: "size" }],
        microversion: None,
        // A property would be inherited by every snapshot of a server that was made from the image.
        marker: MarkerPlace::Tags,
        requires: &[],
    };
    const REST: Rest =
        Rest { path: "images", items: "images", singular: "", update: None, tags: false, brief: &[] };

    /// A plain list leaves hidden images out.
    const LISTING: Listing = Listing::None;

    /// A cloud may have thousands of images; the marker's own text finds ours.
    fn reads(key: &Key<'_, ImageParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        if let Some(Read::List { query, .. }) = reads.first_mut() {
            query.push(("tag".to_owned(), key.any.meta.marker.text()));
        }
        reads
    }

    /// Of an image whose import failed, the last failed task says why.
    fn parse(_: &Key<'_, ImageParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let looked = answers.iter().rposition(|answer| !matches!(answer, Answer::Items(_)));
        let (looked, tasks) = answers.split_at(looked.map_or(answers.len(), |at| at + 1));
        let found = plain_parse::<Self>(looked)?;
        let Found::One { external_name, body: Value::Object(mut body) } = found else { return Ok(found) };
        if matches!(text(&body, "status"), "deleted" | "pending_delete") {
            return Ok(Found::Absent);
        }
        let failed = text(&body, "status") == "queued" && !text(&body, "os_glance_failed_import").is_empty();
        match tasks.first() {
            None if failed => return Ok(Found::More(vec![failures(&external_name)])),
            Some(Answer::Items(tasks)) if failed => {
                body.insert("os_glance_fault".to_owned(), json!(fault(tasks)));
            }
            None | Some(_) => {}
        }
        body.insert("properties".to_owned(), Value::Object(properties(&body)));
        Ok(Found::One { external_name, body: Value::Object(body) })
    }

    /// Lists leave hidden images out, where a lost create would then not be found: it is hidden once it is there.
    fn complete(_: &ImageParameters, body: &mut Map<String, Value>) {
        for later in ["os_glance_source", "os_hidden"] {
            body.remove(later);
        }
        if let Some(Value::Object(properties)) = body.remove("properties") {
            body.extend(properties.into_iter().filter(|(_, value)| value != ""));
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ImageParameters>,
        seen: Option<&Seen<Self>>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(match (goal, seen) {
            (Goal::Exist, Some(seen)) => data::step(key, seen, observed.is_some_and(|o| o.marker.is_some())),
            (Goal::Match, Some(seen)) if !diff.is_empty() => patch(key, seen, diff),
            (Goal::Vanish, Some(seen)) if seen.params.protected == Some(true) => match key.params.protected {
                Some(false) => send(key, json!([{"op": "replace", "path": "/protected", "value": false}])),
                Some(true) | None => Step::Refuse(
                    "the image is protected: set spec.forProvider.protected to false to let it be deleted"
                        .to_owned(),
                ),
            },
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => plain_step::<Self>(goal, key, observed, diff),
        })
    }

    fn ready(params: &ImageParameters, seen: &Seen<Self>) -> Ready {
        let ImageObservation { status, fault, .. } = &seen.state;
        match status.as_str() {
            "active" => data::verdict(params.source.as_ref(), &seen.state),
            "queued" if !fault.is_empty() => Ready::Failed(format!("the image's import failed: {fault}")),
            "queued" if params.source.is_none() => {
                Ready::Not("image status is queued: it has no data until somebody uploads them".to_owned())
            }
            "killed" | "deactivated" => Ready::Failed(format!("image status is {status}")),
            _ => Ready::Not(format!("image status is {status}")),
        }
    }
}

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The fields of the API; whatever else an image has is a property.
const FIELDS: [&str; 24] = [
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "created_at",
    "updated_at",
    "tags",
    "direct_url",
    "min_ram",
    "min_disk",
    "self",
    "file",
    "stores",
    "schema",
];

/// Those that people set: texts, and none of Glance's own.
fn properties(body: &Map<String, Value>) -> Map<String, Value> {
    let free = |name: &str| !FIELDS.contains(&name) && !name.starts_with("os_glance_");
    let ours = body.iter().filter(|(name, value)| value.is_string() && free(name));
    ours.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn failures(image: &str) -> Read {
    let keep = Keep::Equals("status", "failure".to_owned());
    Read::List { path: format!("/images/{image}/tasks"), query: vec![], items: "tasks", keep }
}

/// What the newest failed task says.
fn fault(tasks: &[Value]) -> &str {
    let of = |task: &'_ Value, field: &str| task.get(field).and_then(Value::as_str).map(str::to_owned);
    let newest = tasks.iter().max_by_key(|task| of(task, "created_at"));
    let said = newest.and_then(|task| task.get("message")?.as_str()).map(str::trim);
    said.filter(|said| !said.is_empty()).unwrap_or("Glance does not say why")
}

fn send(key: &Key<'_, ImageParameters>, changes: Value) -> Step {
    let path = format!("/images/{}", key.any.meta.external_name.unwrap_or_default());
    let request = Request::new(&IMAGE, Method::Patch, path, Some(changes));
    Step::Send(Request { content_type: "application/openstack-images-v2.1-json-patch", ..request })
}

/// All that differs in one patch. To add a property that is there is to replace it.
fn patch(key: &Key<'_, ImageParameters>, seen: &Seen<Image>, diff: &Diff) -> Step {
    let mut changed = key.any.params.clone();
    changed.retain(|name, _| diff.fields.contains(name));
    let mut fields = wire::encode(&key.any.shapes.params, &changed);
    if let Some(Value::Array(tags)) = fields.get_mut("tags") {
        tags.push(json!(key.any.meta.marker.text()));
    }
    let properties = fields.remove("properties");
    let mut changes: Vec<Value> = fields
        .into_iter()
        .map(|(name, value)| json!({"op": "replace", "path": format!("/{name}"), "value": value}))
        .collect();
    let have = seen.params.properties.clone().unwrap_or_default();
    for (name, value) in properties.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        match have.get(name) {
            Some(_) if value == "" => changes.push(json!({"op": "remove", "path": path})),
            Some(old) if value == old => {}
            None if value == "" => {}
            Some(_) | None => changes.push(json!({"op": "add", "path": path, "value": value})),
        }
    }
    send(key, Value::Array(changes))
}

#[cfg(test)]
mod tests;
