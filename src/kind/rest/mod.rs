//! The defaults of a plain REST collection, written once over JSON.

pub mod listing;
pub mod wire;

use crate::kind::{
    Found, Goal, Info, KindError, MarkerPlace, Step,
    any::{AnyKey, Observed},
    diff::Diff,
    marker::{self, Marker},
    request::{Answer, Keep, Method, Read, Request},
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// A plain collection: POST, GET, PUT or PATCH, DELETE.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// Path of the collection: `networks`, `os-server-groups`.
    pub path: &'static str,
    /// Key of the objects in a list: `networks`, `server_groups`.
    pub items: &'static str,
    /// Key of one object in a body: `network`; empty where the body is the object.
    pub singular: &'static str,
    /// How it is updated; `None` if it can't be.
    pub update: Option<Method>,
    /// Its tags are a resource of their own below it, as everywhere in Neutron, which refuses them in a POST.
    pub tags: bool,
    /// Query that keeps the list to look for a marker in small: the fields to return.
    pub brief: &'static [(&'static str, &'static str)],
}

impl Rest {
    /// A collection of Neutron's, whose objects have tags.
    pub const fn neutron(items: &'static str, singular: &'static str) -> Self {
        let brief = &[("fields", "id"), ("fields", "description")];
        Self { path: items, items, singular, update: Some(Method::Put), tags: true, brief }
    }

    /// A collection of Keystone's.
    pub const fn keystone(items: &'static str, singular: &'static str) -> Self {
        Self { path: items, items, singular, update: Some(Method::Patch), tags: false, brief: &[] }
    }

    /// The object in a body.
    fn inner<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        if self.singular.is_empty() { Some(body) } else { body.get(self.singular) }
    }

    pub(crate) fn inner_mut<'a>(&self, body: &'a mut Value) -> Option<&'a mut Value> {
        if self.singular.is_empty() { Some(body) } else { body.get_mut(self.singular) }
    }

    /// A body that holds the object.
    fn outer(&self, object: Map<String, Value>) -> Value {
        if self.singular.is_empty() { Value::Object(object) } else { json!({ self.singular: object }) }
    }

    /// A collection whose path is its key in a list.
    pub const fn plain(items: &'static str, singular: &'static str) -> Self {
        Self { path: items, items, singular, update: Some(Method::Put), tags: false, brief: &[] }
    }
}

fn item(rest: &Rest, id: &str) -> String {
    format!("/{}/{id}", rest.path)
}

/// One GET by the name that it has or will have; without one, a list to look for the marker in.
pub(crate) fn reads(rest: &Rest, key: &AnyKey<'_>, chosen: Option<&str>) -> Vec<Read> {
    vec![match key.meta.external_name.or(chosen) {
        Some(id) => Read::Get { path: item(rest, id) },
        None => Read::List {
            path: format!("/{}", rest.path),
            query: rest.brief.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            items: rest.items,
            keep: Keep::Marked(key.meta.marker.clone()),
        },
    }]
}

/// The last answer decides: an object, its absence, or the marked ones of a list.
pub(crate) fn parse(rest: &Rest, answers: &[Answer]) -> Result<Found, KindError> {
    let id = |body: &Value| body.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(match answers.last() {
        None | Some(Answer::Gone) => Found::Absent,
        Some(Answer::Body(body)) => {
            let body = rest.inner(body).ok_or(KindError::Missing(rest.singular))?;
            let external_name = id(body).ok_or(KindError::Missing("id"))?;
            Found::One { external_name, body: body.clone() }
        }
        Some(Answer::Items(items)) => {
            let ids: Vec<_> = items.iter().filter_map(id).collect();
            match ids.as_slice() {
                [] => Found::Absent,
                [one] => Found::More(vec![Read::Get { path: item(rest, one) }]),
                [_, _, ..] => Found::Ambiguous(ids),
            }
        }
    })
}

/// POST while it does not exist, one update of all that differs, DELETE.
pub(crate) fn step(
    info: &Info,
    rest: &Rest,
    goal: Goal,
    key: &AnyKey<'_>,
    observed: Option<&Observed>,
    diff: &Diff,
) -> Step {
    let send = |method, path, body: Option<Map<String, Value>>| {
        let body = body.map(|fields| rest.outer(fields));
        let request = Request::new(info.service, method, path, body);
        Step::Send(Request { microversion: info.microversion, ..request })
    };
    let path = || item(rest, key.meta.external_name.unwrap_or_default());
    let step = match (goal, observed) {
        (Goal::Exist, None) => {
            send(Method::Post, format!("/{}", rest.path), Some(create_body(info, rest, key)))
        }
        // A create can't carry them, so that they are part of it all the same, and no update.
        (Goal::Exist, Some(_)) if key.meta.creating && tags_differ(rest, diff) => {
            put_tags(info, key, &path())
        }
        (Goal::Match, Some(_)) if tags_differ(rest, diff) => put_tags(info, key, &path()),
        (Goal::Match, Some(_)) if !diff.is_empty() => match rest.update {
            Some(method) => send(method, path(), Some(update_body(info, key, diff))),
            None => Step::Refuse(format!("OpenStack can't change {}", diff.fields.join(", "))),
        },
        (Goal::Vanish, Some(_)) => send(Method::Delete, path(), None),
        (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
    };
    match goal {
        Goal::Exist => with_secrets(step, rest, key.secrets.iter()),
        Goal::Match => {
            let changed = |wire: &str| {
                key.shapes.params.fields.iter().any(|f| f.wire == wire && diff.fields.contains(&f.name))
            };
            with_secrets(step, rest, key.secrets.iter().filter(|(wire, _)| changed(wire)))
        }
        Goal::Vanish => step,
    }
}

/// Secrets stand beside the body, each with the place in the object that the API has for it.
fn with_secrets<'a>(
    mut step: Step,
    rest: &Rest,
    secrets: impl Iterator<Item = (&'a String, &'a SecretString)>,
) -> Step {
    if let Step::Send(request) = &mut step
        && request.body.as_ref().is_some_and(|body| body.get(rest.singular).is_some())
    {
        let placed = secrets.map(|(wire, value)| (format!("/{}/{wire}", rest.singular), value.clone()));
        request.secrets.extend(placed);
    }
    step
}

fn tags_differ(rest: &Rest, diff: &Diff) -> bool {
    rest.tags && diff.fields.iter().any(|field| field == "tags")
}

fn put_tags(info: &Info, key: &AnyKey<'_>, path: &str) -> Step {
    let tags = json!({"tags": key.params.get("tags")});
    Step::Send(Request::new(info.service, Method::Put, format!("{path}/tags"), Some(tags)))
}

/// All parameters; the name is the managed resource's unless set; and the marker, where it can stand.
fn create_body(info: &Info, rest: &Rest, key: &AnyKey<'_>) -> Map<String, Value> {
    let mut body = wire::encode(&key.shapes.params, key.params);
    if rest.tags {
        body.remove("tags");
    }
    if key.shapes.params.field("name").is_some() {
        body.entry("name").or_insert_with(|| json!(key.meta.name));
    }
    match info.marker {
        MarkerPlace::Description => {
            let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
            let marked = key.meta.marker.append_to(description);
            body.insert("description".to_owned(), json!(marked));
        }
        MarkerPlace::Metadata => mark_metadata(&mut body, key.meta.marker),
        MarkerPlace::Tags => mark_tags(&mut body, key.meta.marker),
        MarkerPlace::NaturalKey | MarkerPlace::None => {}
    }
    body
}

fn mark_metadata(body: &mut Map<String, Value>, marker: &Marker) {
    let metadata = body.entry("metadata").or_insert_with(|| json!({}));
    if let Value::Object(metadata) = metadata {
        metadata.insert(marker::METADATA_KEY.to_owned(), json!(marker.text()));
    }
}

fn mark_tags(body: &mut Map<String, Value>, marker: &Marker) {
    if let Value::Array(tags) = body.entry("tags").or_insert_with(|| json!([])) {
        tags.push(json!(marker.text()));
    }
}

/// Just the fields that differ. Where one of them carries the marker, it is ours from now on: one that somebody wiped
/// out is put back, an adopted object is marked.
fn update_body(info: &Info, key: &AnyKey<'_>, diff: &Diff) -> Map<String, Value> {
    let mut changed = key.params.clone();
    changed.retain(|name, _| diff.fields.contains(name));
    let mut body = wire::encode(&key.shapes.params, &changed);
    let marker = key.meta.marker;
    match info.marker {
        MarkerPlace::Description => {
            if let Some(Value::String(text)) = body.get_mut("description") {
                *text = marker.append_to(text);
            }
        }
        MarkerPlace::Metadata if body.contains_key("metadata") => mark_metadata(&mut body, marker),
        MarkerPlace::Tags if body.contains_key("tags") => mark_tags(&mut body, marker),
        MarkerPlace::Metadata | MarkerPlace::Tags | MarkerPlace::NaturalKey | MarkerPlace::None => {}
    }
    body
}
